import type { LedgerRecord } from '../containment/ledger';
import type { Entry, Incident } from '../incident/incident';
import { clocksOf } from './clocks';
import { lessonsOf } from './lessons';
import { measuresFor, measuresForCause } from './measures';
import { techniquesOfRule } from './techniques';

/** Lines as a list in Markdown, with everything that others wrote made inert; `none` where there are none. */
type Bullets = (lines: readonly string[], none: string) => string;

const NOTHING = 'Nothing in the record says so.';
const GENERAL =
  'No known technique is behind the finding: look at what the evidence shows, and at which alarm would have seen it earlier';

/** What let them in comes first. */
const measures = ({ witnesses, decision, rootCause }: Incident): readonly string[] => {
  if (decision?.action === 'false_positive') return [];
  const found = new Set([
    ...measuresForCause(rootCause?.cause ?? ''),
    ...measuresFor(Object.values(witnesses).flatMap(({ rule }) => techniquesOfRule(rule))),
  ]);
  return found.size === 0 ? [GENERAL] : [...found];
};

/** What is to be learned from it: how it went, what prevents it, and which times may run. */
export const learnSections = (
  incident: Incident,
  ledger: readonly LedgerRecord[],
  history: readonly Entry[],
  bullets: Bullets,
): string => {
  const { well, badly, luckily } = lessonsOf(incident, ledger, history);
  return `## What went well
${bullets(well, NOTHING)}

## What went badly
${bullets(badly, NOTHING)}

## What went luckily
${bullets(luckily, NOTHING)}

## What would prevent it
${bullets(measures(incident), 'Nothing: it was called a false positive.')}

## Notices that may be due
Questions for people, with the times from the record. No legal claim, and nothing is sent.

${bullets(clocksOf(incident), 'The record has no time to count from.')}
`;
};
