import { type LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { type Finding, type FunctionFinding, hasSuspect, type RoleSession } from '../findings/finding';
import { ONLY_NAMED } from '../findings/named';
import { lower } from '../policy/mode';
import { describeSuspect } from './describe';
import { type FunctionArn, parseFunctionArn, roleNameOf } from './functionArn';

/** Account and region in which functions are looked for: a role is known in every region, its functions are not. */
export type Home = { readonly ownAccountId: string; readonly ownRegion: string };

/** Whom a finding is about, once roles were looked up. */
export type Located =
  | { readonly kind: 'one'; readonly finding: FunctionFinding }
  /** No function of ours has the role. */
  | { readonly kind: 'nobody'; readonly because: string }
  /** Which of these it was cannot be told. `roleArn` is null where they have several roles. */
  | {
      readonly kind: 'several';
      readonly functionNames: readonly string[];
      readonly roleArn: string | null;
      readonly because: string;
    };

type Candidate = { readonly name: FunctionArn; readonly roleArn: string };

/** So many names are shown; the rest is counted. */
const MOST_SHOWN = 20;

/** Lambda names the session of a function's credentials after the function. Null where there is none of that name and role. */
const namesake = async (
  { roleName, session }: RoleSession,
  { ownAccountId, ownRegion }: Home,
  partition: string,
  lambda: LambdaClient,
): Promise<Candidate | null> => {
  const name = parseFunctionArn(
    `arn:${partition}:lambda:${ownRegion}:${ownAccountId}:function:${session ?? ''}`,
  );
  const found = name === null ? null : await describeSuspect(name, lambda);
  return name !== null && found !== null && roleNameOf(found.roleArn) === roleName
    ? { name: { ...name, qualifier: null }, roleArn: found.roleArn }
    : null;
};

/** Every function that runs under the role of one of some sessions. Needs `lambda:ListFunctions`. */
const listOf = async (
  sessions: readonly RoleSession[],
  lambda: LambdaClient,
): Promise<readonly Candidate[]> => {
  const wanted = new Set(sessions.map(({ roleName }) => roleName));
  const found: Candidate[] = [];
  for await (const page of paginateListFunctions({ client: lambda }, {})) {
    for (const { FunctionArn = '', Role = '' } of page.Functions ?? []) {
      const name = wanted.has(roleNameOf(Role)) ? parseFunctionArn(FunctionArn) : null;
      if (name !== null) found.push({ name, roleArn: Role });
    }
  }
  return found;
};

/** Of the functions under a session's role the one that it is named after, else all of them. */
const ofSession = (
  { roleName, session }: RoleSession,
  candidates: readonly Candidate[],
): readonly Candidate[] => {
  const under = candidates.filter(({ roleArn }) => roleNameOf(roleArn) === roleName);
  const itself = under.filter(({ name }) => name.functionName === session);
  return itself.length > 0 ? itself : under;
};

const functionsOf = async (
  sessions: readonly RoleSession[],
  home: Home,
  partition: string,
  lambda: LambdaClient,
): Promise<readonly Candidate[]> => {
  const [only, another] = sessions;
  if (only === undefined) return [];
  if (another === undefined) {
    // The common case without a list of all functions.
    const itself = await namesake(only, home, partition, lambda);
    if (itself !== null) return [itself];
  }
  const candidates = await listOf(sessions, lambda);
  return sessions.flatMap((session) => ofSession(session, candidates));
};

const rolesText = (sessions: readonly RoleSession[]): string => {
  const names = [...new Set(sessions.map(({ roleName }) => roleName))];
  return names.length === 1 ? `the role ${names[0] ?? ''}` : `${names.length} roles`;
};

const shown = (names: readonly string[]): string =>
  names.length <= MOST_SHOWN
    ? names.join(', ')
    : `${names.slice(0, MOST_SHOWN).join(', ')} and ${names.length - MOST_SHOWN} more`;

/** A finding that only names its function never goes past a question (invariant 11). */
const asNamed = (finding: Finding, suspect: FunctionArn): FunctionFinding => ({
  ...finding,
  suspect,
  bound: {
    most: lower(finding.bound?.most ?? 'ask', 'ask'),
    because: finding.bound?.because ?? ONLY_NAMED,
  },
});

/**
 * Maps a finding about a role to the function that it is about:
 *
 * - the session is named after a function that has the role: that function;
 * - exactly one function has the role: that function;
 * - several have it: nobody can say which, and none is contained for it;
 * - none has it: it is no function's.
 *
 * A finding that names its function is given back as it is. Errors of AWS fly.
 */
export const locate = async (finding: Finding, home: Home, lambda: LambdaClient): Promise<Located> => {
  if (hasSuspect(finding)) return { kind: 'one', finding };
  const { sessions = [], functions = [] } = finding.named ?? {};
  const ours = sessions.filter(({ accountId }) => accountId === home.ownAccountId);
  const partition = functions[0]?.partition ?? partitionOf(home.ownRegion);
  const acted = await functionsOf(ours, home, partition, lambda);
  const found = new Map([
    ...functions.map((name) => [name.arn, name] as const),
    ...acted.map(({ name }) => [name.arn, name] as const),
  ]);
  const [only, another] = found.values();
  if (only === undefined)
    return {
      kind: 'nobody',
      because:
        ours.length === 0
          ? `${rolesText(sessions)} is another account's: this deployment guards ${home.ownAccountId}`
          : `no function in ${home.ownRegion} runs under ${rolesText(ours)}`,
    };
  if (another === undefined) {
    return {
      kind: 'one',
      finding: acted.length === 0 ? asNamed(finding, only) : { ...finding, suspect: only },
    };
  }
  const functionNames = [...found.values()].map(({ functionName }) => functionName);
  const roleArns = new Set(acted.map(({ roleArn }) => roleArn));
  return {
    kind: 'several',
    functionNames,
    roleArn: roleArns.size === 1 ? ([...roleArns][0] ?? null) : null,
    because: `the finding does not say which of ${found.size} functions it is about${acted.length === 0 ? '' : `, which run under ${rolesText(ours)}`}: ${shown(functionNames)}. None is contained for it; look at them`,
  };
};

/** A region's partition, as ARNs have it (IAM user guide, "Amazon Resource Names"). */
const partitionOf = (region: string): string =>
  region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
