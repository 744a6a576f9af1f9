import { text } from '../detection/fields';
import { matches } from '../policy/wildcard';
import type { Evidence } from './evidenceOf';
import { hostsIn } from './hosts';
import type { Observation, ObservationId } from './observation';
import { markedIn } from './observe/code';
import { diffPackages } from './packageDiff';
import { outsideCalls } from './unusual';

/** Something to look for elsewhere. It is what was seen, and not a judgement: a build's address may be among them. */
export type Indicator = {
  readonly kind: 'address' | 'domain' | 'file-sha256' | 'access-key' | 'principal' | 'dependency' | 'layer';
  readonly value: string;
  readonly artifact: string;
  /** Where and why, as a clause. */
  readonly from: string;
  /** The entry of the package or layer whose digest it is, or that names it. */
  readonly file?: string;
};

const MOST = 200;

/** Names and addresses so written that nothing follows them by itself (the usual defanging: `[.]`, `hxxp`). */
export const defang = (text: string): string =>
  text.replaceAll(/\bhttp(s?):\/\//gi, 'hxxp$1://').replaceAll(/(?<=[\w\]])\.(?=\w)/g, '[.]');

/** Dependencies that are bad themselves, not those that run a script at installation. */
const BAD_DEPENDENCY: readonly ObservationId[] = [
  'dependency-marked',
  'dependency-rewritten',
  'dependency-lookalike',
];
/** Strangers. A principal that always deploys is none: of its misuse the address is what tells. */
const STRANGER: readonly ObservationId[] = ['deployer-unknown', 'role-assumed-foreign', 'layer-foreign'];

const SAID_OF: Readonly<Partial<Record<ObservationId, string>>> = {
  'deployer-unknown': 'it deployed the code, and is no known deployer',
  'role-assumed-foreign': 'it assumed the role, from another account',
  'layer-foreign': 'it added a layer of another account, where a layer bears marks',
};

/** What the observations name: who did it, with which dependency or layer, from where. */
const observed = (
  { id, artifacts: [artifact], dependency, principal, address }: Observation,
  { layers, knownDeployers }: Evidence,
  observations: readonly Observation[],
): readonly Indicator[] => {
  const isUsual = (arn: string): boolean =>
    knownDeployers.some(
      (pattern) => matches(pattern, arn) || matches(pattern, arn.split('/').at(-1) ?? arn),
    ) || observations.some((one) => one.id === 'deployer-usual' && one.principal === arn);
  const isStranger =
    STRANGER.includes(id) &&
    // A layer of another account is ordinary: vendors give theirs so.
    (id !== 'layer-foreign' || observations.some((one) => one.id === 'layer-marked'));
  const layer = layers.find((one) => one.artifact === artifact)?.arn ?? null;
  return [
    ...(id === 'layer-marked' && layer !== null
      ? [{ kind: 'layer' as const, value: layer, artifact, from: 'its files bear marks' }]
      : []),
    ...(BAD_DEPENDENCY.includes(id) && dependency !== undefined
      ? [{ kind: 'dependency' as const, value: dependency, artifact, from: 'the package has it' }]
      : []),
    ...(isStranger && principal !== undefined && !isUsual(principal)
      ? [{ kind: 'principal' as const, value: principal, artifact, from: SAID_OF[id] ?? 'it acted' }]
      : []),
    ...(id === 'deployer-elsewhere' && address !== undefined
      ? [{ kind: 'address' as const, value: address, artifact, from: 'the code was deployed from it' }]
      : []),
  ];
};

/** What can be looked for in other functions and accounts, each once. */
export const indicatorsIn = (
  evidence: Evidence,
  observations: readonly Observation[],
): readonly Indicator[] => {
  const { current, good, layers, said } = evidence;
  const found: Indicator[] = observations.flatMap((one) => observed(one, evidence, observations));
  for (const { call, artifact } of outsideCalls(evidence)) {
    if (call.address !== null)
      found.push({
        kind: 'address',
        value: call.address,
        artifact,
        from: "the role's credentials were used from it",
      });
    const key = text(call.record, 'userIdentity.accessKeyId');
    if (key !== null)
      found.push({ kind: 'access-key', value: key, artifact, from: 'it was used outside Lambda' });
  }
  const packages = [
    ...(current === null
      ? []
      : [{ one: current, paths: pathsOf(diffPackages(good?.inventory ?? null, current.inventory)) }]),
    ...layers.map((one) => ({ one, paths: [...one.inventory.files.keys()] })),
  ];
  for (const { one, paths } of packages)
    for (const { path } of markedIn(one, paths)) {
      const facts = one.inventory.files.get(path);
      if (facts === undefined) continue;
      const from = `the file ${JSON.stringify(path.slice(0, 120))}`;
      found.push({ kind: 'file-sha256', value: facts.sha256, artifact: one.artifact, from, file: path });
      for (const host of facts.hosts) found.push({ ...host, artifact: one.artifact, from, file: path });
    }
  // Last: whoever calls the function writes them, and must not crowd out the others.
  const ofLines = (said ?? []).flatMap(({ text: line, artifact, title }) =>
    hostsIn(line).map((host) => ({ ...host, artifact, from: `a line of the log (${title})` })),
  );
  found.push(...ofLines);
  const seen = new Set<string>();
  return found
    .filter(({ kind, value }) => {
      const key = `${kind} ${value}`;
      return seen.has(key) ? false : seen.add(key) !== null;
    })
    .slice(0, MOST);
};

const pathsOf = ({ added, changed }: ReturnType<typeof diffPackages>): readonly string[] => [
  ...added,
  ...changed,
];
