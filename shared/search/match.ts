import type { Sought, SoughtKind } from './sought';

/** A function of the Region, as ListFunctions has it. */
export type Listed = {
  readonly functionName: string;
  readonly functionArn: string;
  readonly codeSha256: string;
  /** In bytes. */
  readonly codeSize: number;
  readonly layers: readonly string[];
  /** ISO 8601, UTC. */
  readonly lastModified: string;
};

/** A successful change of a function, as CloudTrail has it. */
export type Changed = {
  readonly functionArn: string;
  readonly event: string;
  readonly at: string;
  readonly principal: string | null;
  readonly accessKey: string | null;
  readonly address: string | null;
};

/** What was found inside another function's package. */
export type LookedInto = {
  readonly functionArn: string;
  /** `name@version` */
  readonly dependencies: ReadonlySet<string>;
  /** SHA-256 of the files that bear a mark beside that of being a program. */
  readonly marked: ReadonlySet<string>;
  /** Hosts that those files name. */
  readonly hosts: ReadonlySet<string>;
};

export type Facts = {
  readonly functions: readonly Listed[];
  readonly changes: readonly Changed[];
  readonly packages: readonly LookedInto[];
};

/** `strong`: the same bytes run there. `moderate`: the same hand, the same host, or the same name and version. */
export type Confidence = 'strong' | 'moderate';

export const CONFIDENCE: Readonly<Record<SoughtKind, Confidence>> = {
  'code-digest': 'strong',
  layer: 'strong',
  'file-sha256': 'strong',
  dependency: 'moderate',
  host: 'moderate',
  principal: 'moderate',
  'access-key': 'moderate',
  address: 'moderate',
};

/** One function that has one thing that was looked for. */
export type Match = {
  readonly functionName: string;
  readonly functionArn: string;
  readonly kind: SoughtKind;
  readonly value: string;
  readonly confidence: Confidence;
  /** Where it was found, as a clause. */
  readonly where: string;
};

const OF_CHANGES: Readonly<Partial<Record<SoughtKind, 'principal' | 'accessKey' | 'address'>>> = {
  principal: 'principal',
  'access-key': 'accessKey',
  address: 'address',
};

/** Where a function has it; null where it does not, as far as the facts go. */
const whereIn = (
  { kind, value }: Sought,
  one: Listed,
  changes: readonly Changed[],
  looked: LookedInto | undefined,
): string | null => {
  const key = OF_CHANGES[kind];
  if (key !== undefined) {
    const [change] = changes
      .filter((made) => made[key] === value)
      .toSorted((a, b) => b.at.localeCompare(a.at));
    return change === undefined ? null : `${change.event} at ${change.at}`;
  }
  switch (kind) {
    case 'code-digest':
      return one.codeSha256 === value ? 'its code' : null;
    case 'layer':
      return one.layers.includes(value) ? 'its layers' : null;
    case 'file-sha256':
      return looked?.marked.has(value) === true ? 'a file of its package' : null;
    case 'host':
      return looked?.hosts.has(value) === true ? 'a marked file of its package' : null;
    default:
      return looked?.dependencies.has(value) === true ? 'its package' : null;
  }
};

/**
 * Which functions have what was looked for: the strong ones first, then by name. Neither the suspect itself nor one of
 * ours is a match.
 */
export const matchesIn = (
  sought: readonly Sought[],
  { functions, changes, packages }: Facts,
  isExcluded: (one: Listed) => boolean,
): readonly Match[] => {
  const changesOf = new Map<string, Changed[]>();
  for (const change of changes) {
    const others = changesOf.get(change.functionArn);
    if (others === undefined) changesOf.set(change.functionArn, [change]);
    else others.push(change);
  }
  const lookedInto = new Map(packages.map((one) => [one.functionArn, one]));
  const found = functions
    .filter((one) => !isExcluded(one))
    .flatMap((one) =>
      sought.flatMap((wanted): readonly Match[] => {
        const { functionName, functionArn } = one;
        const { kind, value } = wanted;
        const where = whereIn(wanted, one, changesOf.get(functionArn) ?? [], lookedInto.get(functionArn));
        return where === null
          ? []
          : [{ functionName, functionArn, kind, value, confidence: CONFIDENCE[kind], where }];
      }),
    );
  const rank = ({ confidence }: Match): number => (confidence === 'strong' ? 0 : 1);
  return found.toSorted((a, b) => rank(a) - rank(b) || a.functionName.localeCompare(b.functionName));
};
