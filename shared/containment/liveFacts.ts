import { GetRoleCommand, NoSuchEntityException, paginateListAttachedRolePolicies } from '@aws-sdk/client-iam';
import {
  GetFunctionCommand,
  paginateListAliases,
  paginateListVersionsByFunction,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import type { Suspect } from '../suspect/describe';
import { roleNameOf } from '../suspect/functionArn';
import type { ControlTools } from './control';

/** Something that was read, or why it could not be. */
export type Known<T> = { readonly value: T } | { readonly notKnown: string };

export const reasonOf = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

export const attempt = async <T>(work: () => Promise<T>): Promise<Known<T>> => {
  try {
    return { value: await work() };
  } catch (error) {
    return { notKnown: reasonOf(error) };
  }
};

export type FunctionFacts = {
  readonly state: string;
  readonly stateReason: string;
  readonly updateStatus: string;
  readonly updateReason: string;
  readonly reserved: number | null;
  /** Those that govern its network; none where it is in no VPC. */
  readonly securityGroups: readonly string[];
};

export type RoleFacts = {
  /** Who may assume it, as the trust policy names them: `Service lambda.amazonaws.com`. */
  readonly principals: readonly string[];
  readonly denied: boolean;
};

/** What the plan says about a function as a whole, read once. `null`: it is gone. */
export type LiveFacts = {
  readonly function: Known<FunctionFacts | null>;
  readonly role: Known<RoleFacts | null>;
  readonly aliases: Known<readonly string[]>;
  readonly versions: Known<readonly string[]>;
};

const readFunction = async (
  { arn }: Suspect,
  { lambda }: Pick<ControlTools, 'lambda'>,
): Promise<FunctionFacts | null> => {
  try {
    const { Configuration, Concurrency } = await lambda.send(new GetFunctionCommand({ FunctionName: arn }));
    return {
      state: Configuration?.State ?? 'Active',
      stateReason: Configuration?.StateReason ?? '',
      updateStatus: Configuration?.LastUpdateStatus ?? 'Successful',
      updateReason: Configuration?.LastUpdateStatusReason ?? '',
      reserved: Concurrency?.ReservedConcurrentExecutions ?? null,
      securityGroups: Configuration?.VpcConfig?.SecurityGroupIds ?? [],
    };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  }
};

type TrustStatement = { readonly Effect?: string; readonly Principal?: unknown };

/** The principals of an Allow statement, as `kind name`. */
export const principalsOf = ({ Effect, Principal }: TrustStatement): readonly string[] => {
  if (Effect !== 'Allow' || Principal === undefined) return [];
  if (typeof Principal === 'string') return [Principal === '*' ? 'anybody' : Principal];
  return Object.entries(Principal as Record<string, unknown>).flatMap(([kind, names]) =>
    [names].flat().map((name) => (name === '*' ? 'anybody' : `${kind} ${String(name)}`)),
  );
};

const readRole = async (
  { roleArn }: Suspect,
  { iam, denyPolicyArn }: Pick<ControlTools, 'iam' | 'denyPolicyArn'>,
): Promise<RoleFacts | null> => {
  const RoleName = roleNameOf(roleArn);
  try {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    // IAM gives policy documents URL-encoded (RFC 3986).
    const trust = JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '{}')) as {
      Statement?: TrustStatement | readonly TrustStatement[];
    };
    const principals = [trust.Statement ?? []].flat().flatMap(principalsOf);
    for await (const page of paginateListAttachedRolePolicies({ client: iam }, { RoleName })) {
      if (page.AttachedPolicies?.some(({ PolicyArn }) => PolicyArn === denyPolicyArn))
        return { principals, denied: true };
    }
    return { principals, denied: false };
  } catch (error) {
    if (error instanceof NoSuchEntityException) return null;
    throw error;
  }
};

const readAliases = async (
  { arn }: Suspect,
  { lambda }: Pick<ControlTools, 'lambda'>,
): Promise<readonly string[]> => {
  const names: string[] = [];
  for await (const page of paginateListAliases({ client: lambda }, { FunctionName: arn }))
    names.push(...(page.Aliases ?? []).flatMap(({ Name }) => (Name === undefined ? [] : [Name])));
  return names;
};

/** Published versions, the newest first. */
const readVersions = async (
  { arn }: Suspect,
  { lambda }: Pick<ControlTools, 'lambda'>,
): Promise<readonly string[]> => {
  const names: string[] = [];
  for await (const page of paginateListVersionsByFunction({ client: lambda }, { FunctionName: arn }))
    names.push(
      ...(page.Versions ?? []).flatMap(({ Version = '$LATEST' }) => (Version === '$LATEST' ? [] : [Version])),
    );
  return names.toSorted((a, b) => Number(b) - Number(a));
};

/** Reads what the plan says about the function as a whole; what cannot be read is not known, and loses nothing else. */
export const readLiveFacts = async (
  suspect: Suspect,
  tools: Pick<ControlTools, 'lambda' | 'iam' | 'denyPolicyArn'>,
): Promise<LiveFacts> => {
  const [live, role, aliases, versions] = await Promise.all([
    attempt(() => readFunction(suspect, tools)),
    attempt(() => readRole(suspect, tools)),
    attempt(() => readAliases(suspect, tools)),
    attempt(() => readVersions(suspect, tools)),
  ]);
  return { function: live, role, aliases, versions };
};
