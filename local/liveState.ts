import {
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import {
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetFunctionUrlConfigCommand,
  GetPolicyCommand,
  ListEventSourceMappingsCommand,
  ListFunctionEventInvokeConfigsCommand,
  ListTagsCommand,
} from '@aws-sdk/client-lambda';
import type { LocalClients } from './clients';

/** Answers about a function, as AWS gives them, by the name of the call. */
export type LiveState = Readonly<Record<string, unknown>>;

const without = (answer: object, ...keys: readonly string[]): unknown =>
  Object.fromEntries(Object.entries(answer).filter(([key]) => key !== '$metadata' && !keys.includes(key)));

const orAbsent = async <T extends object>(call: Promise<T>): Promise<T | { absent: true }> => {
  try {
    return await call;
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return { absent: true };
    throw error;
  }
};

/** What changes with every write or every deployment, and is not what a restore is about. */
const TIMES = [
  'LastModified',
  'LastModifiedTime',
  'RevisionId',
  'LastUpdateStatus',
  'LastUpdateStatusReason',
  'LastUpdateStatusReasonCode',
  // Why it is in its state: empty or absent for one that is active.
  'StateReason',
  'StateReasonCode',
];
const CODE = ['CodeSha256', 'CodeSize'];

/** Everything about a function that containment could have changed, read straight from AWS. */
export const readLiveState = async (
  { lambda, iam }: LocalClients,
  functionArn: string,
): Promise<LiveState> => {
  const FunctionName = functionArn;
  const configuration = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const RoleName = configuration.Role?.split('/').at(-1) ?? '';
  const [concurrency, mappings, events, url, policy, tags, attached, inline] = await Promise.all([
    lambda.send(new GetFunctionConcurrencyCommand({ FunctionName })),
    lambda.send(new ListEventSourceMappingsCommand({ FunctionName })),
    lambda.send(new ListFunctionEventInvokeConfigsCommand({ FunctionName })),
    orAbsent(lambda.send(new GetFunctionUrlConfigCommand({ FunctionName }))),
    orAbsent(lambda.send(new GetPolicyCommand({ FunctionName }))),
    lambda.send(new ListTagsCommand({ Resource: functionArn })),
    iam.send(new ListAttachedRolePoliciesCommand({ RoleName })),
    iam.send(new ListRolePoliciesCommand({ RoleName })),
  ]);
  const documents = await Promise.all(
    (inline.PolicyNames ?? []).map((PolicyName) =>
      iam.send(new GetRolePolicyCommand({ RoleName, PolicyName })),
    ),
  );
  return {
    GetFunctionConfiguration: without(configuration, ...TIMES, ...CODE),
    GetFunctionConcurrency: without(concurrency),
    ListEventSourceMappings: (mappings.EventSourceMappings ?? []).map((mapping) =>
      without(mapping, 'LastModified', 'LastProcessingResult', 'StateTransitionReason'),
    ),
    ListFunctionEventInvokeConfigs: (events.FunctionEventInvokeConfigs ?? []).map((config) =>
      without(config, 'LastModified'),
    ),
    GetFunctionUrlConfig: without(url, 'LastModifiedTime'),
    GetPolicy: without(policy, 'RevisionId'),
    ListTags: without(tags),
    ListAttachedRolePolicies: attached.AttachedPolicies ?? [],
    GetRolePolicy: documents.map(({ PolicyName, PolicyDocument }) => ({ PolicyName, PolicyDocument })),
  };
};

/** The calls whose answers differ. */
export const differences = (before: LiveState, after: LiveState): readonly string[] =>
  Object.keys(before).filter((call) => JSON.stringify(before[call]) !== JSON.stringify(after[call]));
