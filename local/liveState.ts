import { paginateDescribeScalableTargets } from '@aws-sdk/client-application-auto-scaling';
import {
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import {
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetFunctionScalingConfigCommand,
  GetFunctionUrlConfigCommand,
  GetPolicyCommand,
  ListEventSourceMappingsCommand,
  ListTagsCommand,
  type ProvisionedConcurrencyConfigListItem,
  paginateListProvisionedConcurrencyConfigs,
  paginateListVersionsByFunction,
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

/** Provisioned concurrency and what scales it. */
const provisioned = async ({ lambda, scaling }: LocalClients, FunctionName: string): Promise<LiveState> => {
  const configs: ProvisionedConcurrencyConfigListItem[] = [];
  const ResourceIds: string[] = [];
  for await (const page of paginateListProvisionedConcurrencyConfigs({ client: lambda }, { FunctionName })) {
    for (const config of page.ProvisionedConcurrencyConfigs ?? []) {
      configs.push(config);
      ResourceIds.push(config.FunctionArn?.split(':').slice(5).join(':') ?? '');
    }
  }
  // The order of a list says nothing, and what was put back is at its end.
  configs.sort((one, other) => (one.FunctionArn ?? '').localeCompare(other.FunctionArn ?? ''));
  const targets: unknown[] = [];
  const all = { ServiceNamespace: 'lambda', ResourceIds } as const;
  if (ResourceIds.length > 0) {
    for await (const page of paginateDescribeScalableTargets({ client: scaling }, all))
      targets.push(...(page.ScalableTargets ?? []));
  }
  return {
    ListProvisionedConcurrencyConfigs: configs.map((config) => without(config, 'LastModified')),
    DescribeScalableTargets: targets,
  };
};

/** How the versions are scaled on managed instances. */
const scalingOfVersions = async (
  { lambda }: LocalClients,
  FunctionName: string,
): Promise<readonly unknown[]> => {
  const answers: unknown[] = [];
  for await (const page of paginateListVersionsByFunction({ client: lambda }, { FunctionName })) {
    for (const { Version: Qualifier } of page.Versions ?? []) {
      if (Qualifier === undefined || Qualifier === '$LATEST') continue;
      const call = lambda.send(new GetFunctionScalingConfigCommand({ FunctionName, Qualifier }));
      answers.push(without(await orAbsent(call)));
    }
  }
  return answers;
};

/** Everything about a function that containment could have changed, read straight from AWS. */
export const readLiveState = async (clients: LocalClients, functionArn: string): Promise<LiveState> => {
  const { lambda, iam } = clients;
  const FunctionName = functionArn;
  const configuration = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const RoleName = configuration.Role?.split('/').at(-1) ?? '';
  const [concurrency, mappings, url, policy, tags, attached, inline] = await Promise.all([
    lambda.send(new GetFunctionConcurrencyCommand({ FunctionName })),
    lambda.send(new ListEventSourceMappingsCommand({ FunctionName })),
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
  const managed = configuration.CapacityProviderConfig !== undefined;
  return {
    ...(await provisioned(clients, functionArn)),
    GetFunctionScalingConfig: managed ? await scalingOfVersions(clients, functionArn) : [],
    GetFunctionConfiguration: without(
      // One that was made a moment ago becomes active by itself.
      { ...configuration, State: configuration.State === 'Pending' ? 'Active' : configuration.State },
      ...TIMES,
      ...CODE,
    ),
    GetFunctionConcurrency: without(concurrency),
    ListEventSourceMappings: (mappings.EventSourceMappings ?? []).map((mapping) =>
      without(mapping, 'LastModified', 'LastProcessingResult', 'StateTransitionReason'),
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
