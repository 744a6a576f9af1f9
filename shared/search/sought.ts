import { isIP } from 'node:net';
import type { Conclusions } from '../investigation/findings';
import { isPrivate } from '../investigation/hosts';
import type { Hypothesis } from '../investigation/hypotheses';
import type { Indicator } from '../investigation/indicators';
import type { ObservationId } from '../investigation/observation';

/** What other functions can be searched for. */
export const SOUGHT_KINDS = [
  'code-digest',
  'layer',
  'file-sha256',
  'dependency',
  'host',
  'principal',
  'access-key',
  'address',
] as const;
export type SoughtKind = (typeof SOUGHT_KINDS)[number];

export type Sought = {
  readonly kind: SoughtKind;
  readonly value: string;
  /** Why it is bad, as a clause. */
  readonly because: string;
  readonly artifact: string;
};

/** What to look for, and since when somebody's other changes count; and what is not looked for, as sentences. */
export type Search = {
  readonly sought: readonly Sought[];
  /** ISO 8601, UTC. */
  readonly since: string;
  readonly gaps: readonly string[];
};

type Concluded = Pick<Conclusions, 'hypotheses' | 'indicators'>;

/** The package itself bears it: whoever runs the same bytes runs the same. A name alone is no such thing. */
const IN_CODE: readonly ObservationId[] = ['own-code-marked', 'dependency-marked', 'dependency-rewritten'];

/** An indicator is looked for where one of these reasons stands. */
const REASONS: Readonly<Partial<Record<SoughtKind, readonly ObservationId[]>>> = {
  layer: ['layer-marked'],
  'file-sha256': [...IN_CODE, 'layer-marked'],
  host: [...IN_CODE, 'layer-marked'],
  dependency: ['dependency-marked', 'dependency-rewritten', 'dependency-lookalike'],
  principal: ['deployer-unknown', 'role-assumed-foreign', 'layer-foreign'],
  'access-key': ['used-outside'],
  address: ['used-outside', 'deployer-elsewhere'],
};

/**
 * Artifacts whose text others write: what a caller sends stands in a function's log. Addresses in it are not looked for,
 * or a caller could have any function asked about (invariant 11).
 */
const OF_CALLERS = 'behaviour/logs.jsonl';

/** What goes before "not known". Where the likeliest is a false alarm, nothing does. */
export const standing = (hypotheses: readonly Hypothesis[]): readonly Hypothesis[] => {
  if (hypotheses[0]?.cause === 'false-positive') return [];
  const unknown = hypotheses.findIndex(({ cause }) => cause === 'unknown');
  return hypotheses
    .slice(0, unknown === -1 ? hypotheses.length : unknown)
    .filter(({ cause }) => cause !== 'false-positive');
};

/** How long before the beginning somebody's other changes count: who came in did not begin here, perhaps. */
const BEFORE_MS = 24 * 3_600_000;
/** Values of one kind beyond that are not looked for. */
const MOST_OF_A_KIND = 50;

const namesSomebody = (address: string): boolean => isIP(address) !== 0 && !isPrivate(address);

/** As what an indicator is looked for; null where it is for nothing. `files`: those that a hypothesis stands on. */
const kindOf = (
  { kind, value, artifact, file }: Indicator,
  files: ReadonlySet<string>,
): SoughtKind | null => {
  // What a caller sends stands in there.
  if (artifact === OF_CALLERS) return null;
  if (file !== undefined && !files.has(file)) return null;
  if (kind !== 'domain' && kind !== 'address') return kind;
  // What a file names is where it connects to: another file may be made of other bytes, and connect there too.
  if (file !== undefined) return 'host';
  // Of calls. A name that CloudTrail gives for an address (a service of AWS acted for somebody) is none.
  return artifact.startsWith('behaviour/') && namesSomebody(value) ? 'address' : null;
};

/** What the conclusions of an incident give to look for elsewhere. `digest`: CodeSha256 of the contained code. */
export const soughtOf = (
  { hypotheses, indicators }: Concluded,
  { digest, openedAt }: { readonly digest: string | null; readonly openedAt: string },
): Search => {
  const reasons = standing(hypotheses);
  const [top] = reasons;
  const began = Date.parse(top?.startedAt?.at ?? openedAt);
  const since = new Date((Number.isNaN(began) ? Date.parse(openedAt) : began) - BEFORE_MS).toISOString();
  if (top === undefined)
    return {
      sought: [],
      since,
      gaps: [
        hypotheses[0]?.cause === 'false-positive'
          ? 'nothing was looked for: the likeliest is a false alarm'
          : 'nothing was looked for: the cause is not known',
      ],
    };
  const supports = reasons.flatMap((one) => one.supports);
  const has = (ids: readonly ObservationId[]) => supports.find(({ id }) => ids.includes(id));
  const files = new Set(reasons.flatMap((one) => one.files));
  const inCode = has(IN_CODE);
  const found: readonly Sought[] = [
    ...(inCode === undefined || digest === null || digest === ''
      ? []
      : [
          {
            kind: 'code-digest' as const,
            value: digest,
            because: 'the package with this digest bears what the incident is about',
            artifact: inCode.artifacts[0],
          },
        ]),
    ...indicators.flatMap((indicator): readonly Sought[] => {
      const { value, from, artifact } = indicator;
      const kind = kindOf(indicator, files);
      if (kind === null || has(REASONS[kind] ?? []) === undefined) return [];
      return [{ kind, value, because: from, artifact }];
    }),
  ];
  const sought = SOUGHT_KINDS.flatMap((kind) =>
    found.filter((one) => one.kind === kind).slice(0, MOST_OF_A_KIND),
  );
  const hosts = indicators.filter(
    ({ kind, value }) =>
      (kind === 'domain' || kind === 'address') &&
      !sought.some((one) => (one.kind === kind || one.kind === 'host') && one.value === value),
  ).length;
  return {
    sought,
    since,
    gaps: [
      ...(sought.length < found.length
        ? [
            `${found.length - sought.length} more indicators were not looked for: at most ${MOST_OF_A_KIND} of a kind are`,
          ]
        : []),
      ...(hosts === 0
        ? []
        : [`${hosts} domains and addresses that log lines and other files name were not looked for`]),
    ],
  };
};
