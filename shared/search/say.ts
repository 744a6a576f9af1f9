import type { FoundElsewhere, SearchSummary } from '../incident/incident';
import { defang } from '../investigation/indicators';
import { type Found, plain } from './open';
import type { Sought } from './sought';

/** A record is no place for hundreds: all of it is in `search.json` of the evidence. */
const MOST_KEPT = 30;
const MOST_SAID = 15;

const elsewhere = ({ functionName, matches, outcome }: Found): FoundElsewhere => {
  const [first] = matches;
  return {
    functionName,
    by: matches
      .slice(0, 3)
      .map(({ kind, value, where }) => `${kind} ${defang(plain(value))} in ${plain(where)}`),
    confidence: first?.confidence ?? 'moderate',
    outcome,
  };
};

/** What the record keeps. */
export const summaryOf = (
  at: string,
  sought: readonly Sought[],
  found: readonly Found[],
  gaps: readonly string[],
  searched: number,
): SearchSummary => ({
  at,
  searched,
  sought: sought.slice(0, MOST_KEPT).map(({ kind, value }) => `${kind} ${defang(plain(value))}`),
  found: found.slice(0, MOST_KEPT).map(elsewhere),
  more: Math.max(0, found.length - MOST_KEPT),
  gaps: gaps.slice(0, 10).map((gap) => gap.slice(0, 300)),
});

const OUTCOME: Readonly<Record<Found['outcome'], string>> = {
  opened: 'an incident of its own was asked for',
  before: 'found before: not asked about again',
  told: 'told here alone',
};

/** In sentences, for the thread, the terminal and the post-mortem. */
export const saySearch = (search: SearchSummary | undefined): readonly string[] => {
  if (search === undefined) return [];
  const { found, more, gaps, sought, searched } = search;
  return [
    ...(sought.length === 0
      ? []
      : [
          `${searched} functions of the Region were searched for ${sought.slice(0, 5).join(', ')}${sought.length > 5 ? ` and ${sought.length - 5} more` : ''}`,
        ]),
    ...found
      .slice(0, MOST_SAID)
      .map(
        ({ functionName, by, confidence, outcome }) =>
          `${functionName}: ${by.join('; ')} (${confidence}; ${OUTCOME[outcome]})`,
      ),
    ...(found.length + more > MOST_SAID
      ? [`and ${found.length + more - MOST_SAID} more functions: search.json of the evidence`]
      : []),
    ...(sought.length > 0 && found.length === 0 ? ['No other function has it'] : []),
    ...gaps.map((gap) => `Not searched: ${gap}`),
  ];
};
