import type { RootCause } from '../incident/incident';
import type { Made } from './changes';
import type { Conclusions } from './findings';
import type { Hypothesis } from './hypotheses';
import { defang } from './indicators';

/** A record and a message are no place for hundreds: all of it is in `hypotheses.json` of the evidence. */
const MOST_REASONS = 6;
const MOST_STEPS = 8;
const MOST_INDICATORS = 20;
const MOST_CHANGES = 10;
const LONGEST = 600;

/** At most so long, and without a link that anybody could follow. */
const cut = (line: string): string => {
  const safe = line.replaceAll(/\bhttp(s?):\/\//gi, 'hxxp$1://');
  return safe.length > LONGEST ? `${safe.slice(0, LONGEST)}…` : safe;
};

const few = (lines: readonly string[], most: number): readonly string[] => [
  ...lines.slice(0, most).map(cut),
  ...(lines.length > most ? [`and ${lines.length - most} more: hypotheses.json of the evidence`] : []),
];

const reasonsOf = (reasons: Hypothesis['supports']): readonly string[] =>
  few(
    reasons.map(
      ({ what, artifacts, points }) => `${points > 0 ? '+' : ''}${points}: ${what} [${artifacts.join(', ')}]`,
    ),
    MOST_REASONS,
  );

const startOf = ({ startedAt }: Hypothesis): string =>
  startedAt === null ? 'when it began is not known' : `it began at ${startedAt.at}`;

/** In two or three sentences, for the message and the record. Names in them are others'. */
export const sayHypotheses = ({ hypotheses }: Conclusions): readonly string[] => {
  const [top, ...others] = hypotheses;
  if (top === undefined) return [];
  if (top.cause === 'unknown') return [`${top.title}${guessesOf(others)}`];
  const [reason] = top.supports;
  return [
    cut(
      `Likely cause: ${top.title} (score ${top.score}; ${startOf(top)}${top.principal === null ? '' : `; by ${top.principal.arn}`})`,
    ),
    ...(reason === undefined ? [] : [cut(`Because: ${reason.what} [${reason.artifacts.join(', ')}]`)]),
    ...others
      .filter(({ cause, score }) => cause !== 'unknown' && score > 0)
      .slice(0, 2)
      .map(({ title, score }) => `Or: ${title} (score ${score})`),
  ];
};

const guessesOf = (others: readonly Hypothesis[]): string => {
  const guesses = others.filter(({ score }) => score > 0).slice(0, 2);
  return guesses.length === 0
    ? ''
    : `. Guesses: ${guesses.map(({ title, score }) => `${title} (score ${score})`).join('; ')}`;
};

/** Whoever may tag a function can set a tag: it is what it says, and proves nothing. */
const sayApproval = (approval: Made['approval']): string => {
  if (approval === null) return '';
  const said = Object.entries(approval).map(([key, value]) => `${key.slice(0, 40)}=${value.slice(0, 60)}`);
  return said.length === 0
    ? ', no tag names an approval'
    : `, approved as its tags say: ${said.slice(0, 3).join(', ')}`;
};

/** Changes by roles of this deployment, by their name, come last: a containment must not crowd out what led to it. */
const ownLast = (made: readonly Made[], ours: string): readonly Made[] => {
  const isOurs = ({ by }: Made): boolean => by?.includes(`::${ours}`) === true;
  return [...made.filter((one) => !isOurs(one)), ...made.filter(isOurs)];
};

/**
 * What the record keeps for the post-mortem: bounded, and each reason with its artifacts. ARNs of the deployment's
 * roles have `ours` after their partition: `123456789012:role/tourniquet-prod-`.
 */
export const rootCauseOf = (conclusions: Conclusions, ours: string): RootCause => {
  const { hypotheses, when, changed, timeline, indicators, gaps } = conclusions;
  const [top] = hypotheses;
  const code = changed.code;
  return {
    title: top?.title ?? 'The cause is not known',
    cause: top?.cause ?? 'unknown',
    score: top?.score ?? 0,
    startedAt: top?.startedAt?.at ?? null,
    knownBy:
      top === undefined || top.startedAt === null
        ? null
        : cut(`${top.startedAt.knownBy.what} [${top.startedAt.knownBy.artifacts.join(', ')}]`),
    principal: top?.principal?.arn ?? null,
    dependency: top?.dependency ?? null,
    files: few(top?.files ?? [], MOST_CHANGES),
    supports: reasonsOf(top?.supports ?? []),
    contradicts: reasonsOf(top?.contradicts ?? []),
    others: hypotheses.slice(1, 4).map(({ title, score }) => `${title} (score ${score})`),
    when: [
      ...(when.lastDeployment === null
        ? []
        : [
            `Last deployment before the first sign: ${when.lastDeployment.at} [${when.lastDeployment.artifact}]`,
          ]),
      ...(when.firstUnusual === null
        ? []
        : [`First unusual act: ${when.firstUnusual.at} [${when.firstUnusual.artifact}]`]),
      ...few(
        when.shifts.map(
          ({ metric, at, before, after, artifact }) =>
            `${metric} shifts from ${before.toFixed(1)} to ${after.toFixed(1)} at ${at} [${artifact}]`,
        ),
        3,
      ),
    ],
    changed: [
      ...(code === null
        ? []
        : [
            `${code.added.length} file(s) added, ${code.changed.length} changed, ${code.removed.length} removed since the version before [${code.artifacts.join(', ')}]`,
            ...few(
              code.dependencies.map(
                ({ name, before, after, kind }) =>
                  `Dependency ${name}: ${kind}, ${before ?? 'none'} to ${after ?? 'none'} [${code.artifacts.join(', ')}]`,
              ),
              MOST_CHANGES,
            ),
          ]),
      ...few(
        ownLast(changed.made, ours).map(
          ({ at, event, by, client, from, approval, artifact }) =>
            `${at} ${event} by ${by ?? 'somebody CloudTrail does not name'} with ${client.split(' ')[0] ?? ''} from ${from ?? 'unknown'}${sayApproval(approval)} [${artifact}]`,
        ),
        MOST_CHANGES,
      ),
    ],
    did: few(
      timeline.map(
        ({ first, action, calls, refused, from, techniques, bytesOut, artifact }) =>
          `${first} ${action}, ${calls} call(s)${refused === 0 ? '' : `, ${refused} refused`}, from ${defang(from)}${bytesOut === null ? '' : `, ${bytesOut} bytes out`}${techniques.length === 0 ? '' : ` (${techniques.join(', ')})`} [${artifact}]`,
      ),
      MOST_STEPS,
    ),
    indicators: few(
      indicators.map(({ kind, value, from, artifact }) => `${kind} ${defang(value)}: ${from} [${artifact}]`),
      MOST_INDICATORS,
    ),
    gaps: few(gaps, 5),
  };
};
