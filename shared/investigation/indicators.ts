import { text } from '../detection/fields';
import type { Evidence } from './evidenceOf';
import { hostsIn } from './hosts';
import { markedIn } from './observe/code';
import { diffPackages } from './packageDiff';
import { outsideCalls } from './unusual';

/** Something to look for elsewhere. It is what was seen, and not a judgement: a build's address may be among them. */
export type Indicator = {
  readonly kind: 'address' | 'domain' | 'file-sha256' | 'access-key' | 'principal' | 'dependency';
  readonly value: string;
  readonly artifact: string;
  /** Where and why, as a clause. */
  readonly from: string;
};

const MOST = 200;

/** Names and addresses so written that nothing follows them by itself (the usual defanging: `[.]`, `hxxp`). */
export const defang = (text: string): string =>
  text.replaceAll(/\bhttp(s?):\/\//gi, 'hxxp$1://').replaceAll(/(?<=[\w\]])\.(?=\w)/g, '[.]');

/** What can be looked for in other functions and accounts, each once. */
export const indicatorsIn = (evidence: Evidence): readonly Indicator[] => {
  const { current, good, layers, said } = evidence;
  const found: Indicator[] = [];
  const ofLines = (said ?? []).flatMap(({ text: line, artifact, title }) =>
    hostsIn(line).map((host) => ({ ...host, artifact, from: `a line of the log (${title})` })),
  );
  found.push(...ofLines);
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
      found.push({ kind: 'file-sha256', value: facts.sha256, artifact: one.artifact, from });
      for (const host of facts.hosts) found.push({ ...host, artifact: one.artifact, from });
    }
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
