import {
  type ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
} from '@aws-sdk/client-application-auto-scaling';
import {
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import {
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetFunctionScalingConfigCommand,
  GetPolicyCommand,
  type LambdaClient,
  ListEventSourceMappingsCommand,
  ListFunctionEventInvokeConfigsCommand,
  ListProvisionedConcurrencyConfigsCommand,
  ListTagsCommand,
  paginateListFunctionUrlConfigs,
} from '@aws-sdk/client-lambda';
import { listAliases, listVersions } from '../shared/containment/qualifiers';
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
  // `Pending` just after it was made, and why: empty or absent for one that is active.
  'State',
  'StateReason',
  'StateReasonCode',
];
const CODE = ['CodeSha256', 'CodeSize'];

const compare = (one: string, other: string): number => (one < other ? -1 : 1);

/** The function's own URL and those of its aliases. */
const readUrls = async (FunctionName: string, client: LambdaClient): Promise<readonly unknown[]> => {
  const urls: { readonly FunctionArn: string | undefined }[] = [];
  for await (const page of paginateListFunctionUrlConfigs({ client }, { FunctionName }))
    urls.push(...(page.FunctionUrlConfigs ?? []));
  return urls
    .sort((one, other) => compare(one.FunctionArn ?? '', other.FunctionArn ?? ''))
    .map((url) => without(url, 'LastModifiedTime'));
};

/** Statements by their ids: AWS promises no order, and one that was removed and added again comes last. */
const inOrder = (policy: string | undefined): unknown => {
  const document = JSON.parse(policy ?? '{}') as { Statement?: readonly { readonly Sid?: string }[] };
  const statements = [...(document.Statement ?? [])];
  return {
    ...document,
    Statement: statements.sort((one, other) => compare(one.Sid ?? '', other.Sid ?? '')),
  };
};

/** The function, its aliases and its versions have a policy each. */
const readPolicies = async (
  FunctionName: string,
  client: LambdaClient,
): Promise<Readonly<Record<string, unknown>>> => {
  const qualifiers = [
    ...(await listAliases(FunctionName, client)),
    ...(await listVersions(FunctionName, client)),
  ];
  const policies = await Promise.all(
    [undefined, ...qualifiers].map(async (Qualifier) => {
      const answer = await orAbsent(client.send(new GetPolicyCommand({ FunctionName, Qualifier })));
      return [Qualifier ?? '', 'absent' in answer ? answer : inOrder(answer.Policy)] as const;
    }),
  );
  return Object.fromEntries(policies);
};

/** The function's aliases and versions may be scaled each. */
const readTargets = async (functionArn: string, client: ApplicationAutoScalingClient) => {
  const { ScalableTargets = [] } = await client.send(
    new DescribeScalableTargetsCommand({ ServiceNamespace: 'lambda' }),
  );
  const prefix = `function:${functionArn.split(':')[6]}:`;
  return { ScalableTargets: ScalableTargets.filter(({ ResourceId }) => ResourceId?.startsWith(prefix)) };
};

/** How the versions are scaled on managed instances. */
const readScaling = async (FunctionName: string, client: LambdaClient): Promise<readonly unknown[]> => {
  const versions = await listVersions(FunctionName, client);
  return Promise.all(
    versions.map(async (Qualifier) =>
      without(await orAbsent(client.send(new GetFunctionScalingConfigCommand({ FunctionName, Qualifier })))),
    ),
  );
};

/** Everything about a function that containment could have changed, read straight from AWS. */
export const readLiveState = async (
  { lambda, iam, scaling }: LocalClients,
  functionArn: string,
): Promise<LiveState> => {
  const FunctionName = functionArn;
  const configuration = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const RoleName = configuration.Role?.split('/').at(-1) ?? '';
  const [concurrency, mappings, provisioned, targets, events, urls, policies, tags, attached, inline] =
    await Promise.all([
      lambda.send(new GetFunctionConcurrencyCommand({ FunctionName })),
      lambda.send(new ListEventSourceMappingsCommand({ FunctionName })),
      lambda.send(new ListProvisionedConcurrencyConfigsCommand({ FunctionName })),
      readTargets(FunctionName, scaling),
      lambda.send(new ListFunctionEventInvokeConfigsCommand({ FunctionName })),
      readUrls(FunctionName, lambda),
      readPolicies(FunctionName, lambda),
      lambda.send(new ListTagsCommand({ Resource: functionArn })),
      iam.send(new ListAttachedRolePoliciesCommand({ RoleName })),
      iam.send(new ListRolePoliciesCommand({ RoleName })),
    ]);
  const documents = await Promise.all(
    (inline.PolicyNames ?? []).map((PolicyName) =>
      iam.send(new GetRolePolicyCommand({ RoleName, PolicyName })),
    ),
  );
  // The order of a list says nothing, and what was put back is at its end.
  const configs = [...(provisioned.ProvisionedConcurrencyConfigs ?? [])].sort((one, other) =>
    compare(one.FunctionArn ?? '', other.FunctionArn ?? ''),
  );
  return {
    GetFunctionScalingConfig:
      configuration.CapacityProviderConfig === undefined ? [] : await readScaling(FunctionName, lambda),
    GetFunctionConfiguration: without(configuration, ...TIMES, ...CODE),
    GetFunctionConcurrency: without(concurrency),
    ListEventSourceMappings: (mappings.EventSourceMappings ?? []).map((mapping) =>
      without(mapping, 'LastModified', 'LastProcessingResult', 'StateTransitionReason'),
    ),
    ListProvisionedConcurrencyConfigs: configs.map((config) => without(config, 'LastModified')),
    DescribeScalableTargets: (targets.ScalableTargets ?? []).map((target) => without(target, 'CreationTime')),
    ListFunctionEventInvokeConfigs: (events.FunctionEventInvokeConfigs ?? []).map((config) =>
      without(config, 'LastModified'),
    ),
    ListFunctionUrlConfigs: urls,
    GetPolicy: policies,
    ListTags: without(tags),
    ListAttachedRolePolicies: attached.AttachedPolicies ?? [],
    GetRolePolicy: documents.map(({ PolicyName, PolicyDocument }) => ({ PolicyName, PolicyDocument })),
  };
};

/** The calls whose answers differ. */
export const differences = (before: LiveState, after: LiveState): readonly string[] =>
  Object.keys(before).filter((call) => JSON.stringify(before[call]) !== JSON.stringify(after[call]));
