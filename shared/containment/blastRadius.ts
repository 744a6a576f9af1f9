import { type CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import {
  type EventBridgeClient,
  ListEventBusesCommand,
  ListRuleNamesByTargetCommand,
} from '@aws-sdk/client-eventbridge';
import {
  type FunctionConfiguration,
  GetPolicyCommand,
  type LambdaClient,
  paginateListEventSourceMappings,
  paginateListFunctions,
  paginateListFunctionUrlConfigs,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import type { Suspect } from '../suspect/describe';
import { type Known, type LiveFacts, reasonOf } from './liveFacts';
import type { BlastPart } from './planned';
import { policyCallers } from './policyCallers';

export type BlastClients = {
  readonly lambda: LambdaClient;
  readonly events: EventBridgeClient;
  readonly metrics: CloudWatchClient;
};

type Reading = { readonly lines: readonly string[]; readonly count?: number; readonly notKnown?: string };

/** A part that cannot be read is named as not known; it loses no other. */
const part = async (id: string, title: string, work: () => Promise<Reading>): Promise<BlastPart> => {
  try {
    const { lines, count = lines.length, notKnown } = await work();
    return { id, title, count, lines, ...(notKnown === undefined ? {} : { notKnown }) };
  } catch (error) {
    return { id, title, count: null, lines: [], notKnown: reasonOf(error) };
  }
};

/** The versions that are looked at, newest first: a function may have thousands, and each costs several calls. */
const MOST_VERSIONS = 20;

type Names = { readonly arns: readonly string[]; readonly notKnown?: string };

/** What callers may name: the function, its aliases and its versions. */
const namesOf = ({ arn }: Suspect, { aliases, versions }: LiveFacts): Names => {
  const known = (list: Known<readonly string[]>) => ('value' in list ? list.value : []);
  const missing = [
    ...('notKnown' in aliases ? [`its aliases (${aliases.notKnown})`] : []),
    ...('notKnown' in versions ? [`its versions (${versions.notKnown})`] : []),
    ...(known(versions).length > MOST_VERSIONS
      ? [`all but the newest ${MOST_VERSIONS} of ${known(versions).length} versions`]
      : []),
  ];
  const qualifiers = [...known(aliases), ...known(versions).slice(0, MOST_VERSIONS)];
  return {
    arns: [arn, ...qualifiers.map((qualifier) => `${arn}:${qualifier}`)],
    ...(missing.length === 0 ? {} : { notKnown: `not looked at: ${missing.join(', ')}` }),
  };
};

const noted = (lines: readonly string[], { notKnown }: Names): Reading => ({
  lines,
  ...(notKnown === undefined ? {} : { notKnown }),
});

const eventSources = async (names: Names, { lambda }: BlastClients): Promise<Reading> => {
  const lines = new Map<string, string>();
  for (const FunctionName of names.arns) {
    for await (const page of paginateListEventSourceMappings({ client: lambda }, { FunctionName })) {
      for (const { UUID = '', EventSourceArn = 'a self-managed source', State } of page.EventSourceMappings ??
        [])
        lines.set(UUID, `${EventSourceArn} (${State ?? 'state unknown'})`);
    }
  }
  return noted([...lines.values()], names);
};

const policyOf = async (arn: string, { lambda }: BlastClients): Promise<string | undefined> => {
  const [, Qualifier] = /:function:[^:]+:(.+)$/.exec(arn) ?? [];
  try {
    const FunctionName = Qualifier === undefined ? arn : arn.slice(0, -Qualifier.length - 1);
    return (await lambda.send(new GetPolicyCommand({ FunctionName, Qualifier }))).Policy;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
};

const resourcePolicy = async (names: Names, clients: BlastClients): Promise<Reading> => {
  const lines: string[] = [];
  for (const arn of names.arns) {
    const policy = await policyOf(arn, clients);
    if (policy !== undefined) lines.push(...policyCallers(policy));
  }
  return noted(lines, names);
};

const busesOf = async ({ events }: BlastClients): Promise<readonly string[]> => {
  const names: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await events.send(new ListEventBusesCommand({ NextToken }));
    names.push(...(page.EventBuses ?? []).flatMap(({ Name }) => (Name === undefined ? [] : [Name])));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return names;
};

const rules = async (names: Names, clients: BlastClients): Promise<Reading> => {
  const lines = new Set<string>();
  for (const EventBusName of await busesOf(clients)) {
    for (const TargetArn of names.arns) {
      let NextToken: string | undefined;
      do {
        const page = await clients.events.send(
          new ListRuleNamesByTargetCommand({ TargetArn, EventBusName, NextToken }),
        );
        for (const rule of page.RuleNames ?? []) lines.add(`${rule} on the bus ${EventBusName}`);
        NextToken = page.NextToken;
      } while (NextToken !== undefined);
    }
  }
  return noted([...lines], names);
};

const urls = async ({ arn }: Suspect, { lambda }: BlastClients): Promise<Reading> => {
  const lines: string[] = [];
  for await (const page of paginateListFunctionUrlConfigs({ client: lambda }, { FunctionName: arn })) {
    for (const { FunctionUrl, AuthType } of page.FunctionUrlConfigs ?? [])
      lines.push(`${FunctionUrl} (${AuthType === 'NONE' ? 'open to anybody' : AuthType})`);
  }
  return { lines };
};

const allFunctions = async ({ lambda }: BlastClients): Promise<readonly FunctionConfiguration[]> => {
  const functions: FunctionConfiguration[] = [];
  for await (const page of paginateListFunctions({ client: lambda }, {}))
    functions.push(...(page.Functions ?? []));
  return functions;
};

const siblings = (suspect: Suspect, functions: readonly FunctionConfiguration[]): Reading => ({
  lines: functions.flatMap(({ FunctionArn, FunctionName, Role }) =>
    Role === suspect.roleArn && FunctionArn !== suspect.arn && FunctionName !== undefined
      ? [FunctionName]
      : [],
  ),
});

/** By name or ARN: a sign that it calls the function, not a proof. The value itself is not shown. */
const namedBy = ({ arn, functionName }: Suspect, functions: readonly FunctionConfiguration[]): Reading => ({
  lines: functions.flatMap(({ FunctionArn, FunctionName, Environment }) => {
    if (FunctionArn === arn) return [];
    const variables = Object.entries(Environment?.Variables ?? {}).flatMap(([name, value]) =>
      value === functionName || value === arn || value.startsWith(`${arn}:`) ? [name] : [],
    );
    return variables.length === 0 ? [] : [`${FunctionName ?? 'a function'} (in ${variables.join(', ')})`];
  }),
});

const otherPrincipals = ({ role }: LiveFacts): Reading => {
  if ('notKnown' in role) throw new Error(role.notKnown);
  return {
    lines: (role.value?.principals ?? []).filter((principal) => principal !== 'Service lambda.amazonaws.com'),
  };
};

const DAY = 24 * 60 * 60 * 1000;

const invocations = async (
  { functionName }: Suspect,
  { metrics }: BlastClients,
  now: Date,
): Promise<Reading> => {
  const { Datapoints = [] } = await metrics.send(
    new GetMetricStatisticsCommand({
      Namespace: 'AWS/Lambda',
      MetricName: 'Invocations',
      Dimensions: [{ Name: 'FunctionName', Value: functionName }],
      StartTime: new Date(now.getTime() - DAY),
      EndTime: now,
      Period: 3600,
      Statistics: ['Sum'],
    }),
  );
  return { lines: [], count: Datapoints.reduce((sum, { Sum = 0 }) => sum + Sum, 0) };
};

/** What AWS gives no way to look up. */
const UNKNOWABLE: readonly BlastPart[] = [
  {
    id: 'schedules',
    title: 'EventBridge Scheduler',
    count: null,
    lines: [],
    notKnown: 'Scheduler has no look-up by target, and calls with a role of its own',
  },
  {
    id: 'direct-callers',
    title: 'Callers with permissions of their own',
    count: null,
    lines: [],
    notKnown:
      'functions, state machines, pipes and people that call it by their own policies, or name it as their asynchronous destination, are on no list; a trail with data events shows who invoked it',
  },
];

/** Whom and what containing the suspect reaches besides itself. Reads alone. */
export const readBlastRadius = async (
  suspect: Suspect,
  facts: LiveFacts,
  clients: BlastClients,
  now: Date,
): Promise<readonly BlastPart[]> => {
  const names = namesOf(suspect, facts);
  const functions = allFunctions(clients);
  // Awaited by two parts: each says for itself that it could not be read.
  functions.catch(() => undefined);
  const read = await Promise.all([
    part('event-sources', 'Event source mappings', () => eventSources(names, clients)),
    part('resource-policy', 'Callers that its resource policy admits', () => resourcePolicy(names, clients)),
    part('rules', 'EventBridge rules', () => rules(names, clients)),
    part('urls', 'Function URLs', () => urls(suspect, clients)),
    part('named-by', 'Functions whose environment names it', async () => namedBy(suspect, await functions)),
    part('siblings', 'Other functions on its role', async () => siblings(suspect, await functions)),
    part('role-principals', 'Others who may assume its role', async () => otherPrincipals(facts)),
    part('invocations', 'Invocations in the last 24 h', () => invocations(suspect, clients, now)),
  ]);
  return [...read, ...UNKNOWABLE];
};
