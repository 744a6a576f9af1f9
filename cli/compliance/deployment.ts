import { type CloudWatchLogsClient, paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs';
import { type LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import type { FunctionSettings, LogGroupState, Looked } from '../../shared/compliance/facts';
import { isDrill } from '../../shared/drill/name';
import type { Incident } from '../../shared/incident/incident';
import type { Alarm, Subscriptions } from '../doctor/channels';
import type { Facts as Seen } from '../doctor/checks';
import { trailCheck } from '../doctor/checks';
import type { KeyFacts } from '../doctor/sources';

/** The deployment's functions with their settings, which hold no secrets. */
export const functionsOf = async (
  client: LambdaClient,
  prefix: string,
): Promise<readonly FunctionSettings[]> => {
  const found: FunctionSettings[] = [];
  for await (const { Functions = [] } of paginateListFunctions({ client }, {}))
    for (const { FunctionName = '', Environment } of Functions)
      if (FunctionName.startsWith(`${prefix}-`) && Environment?.Variables?.TOURNIQUET_SERVICE !== undefined)
        found.push({ name: FunctionName, settings: Environment.Variables });
  return found;
};

export const logGroupsOf = async (
  client: CloudWatchLogsClient,
  prefix: string,
): Promise<readonly LogGroupState[]> => {
  const found: LogGroupState[] = [];
  const logGroupNamePrefix = `/aws/lambda/${prefix}-`;
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, { logGroupNamePrefix }))
    for (const { logGroupName = '', retentionInDays } of logGroups)
      found.push({ group: logGroupName, days: retentionInDays ?? null });
  return found;
};

/** As the doctor judges it. */
export const trailLook = (seen: Seen): Looked => {
  if (seen.trails === null) throw new Error('cloudtrail:DescribeTrails, GetTrailStatus or GetEventSelectors');
  const { outcome, what, because } = trailCheck(seen);
  return { found: what, problems: outcome === 'bad' ? [`${what}: ${because}`] : [] };
};

export const rulesLook = ({ rules, prefix }: Seen): Looked => {
  if (rules === null) throw new Error('events:ListRules or ListTargetsByRule');
  const silent = rules.filter(
    ({ name, state }) => state === 'ENABLED' && /-detect-(?:read-by-functions|denied|outside)/.test(name),
  );
  return {
    found: `${rules.length} rules${silent.length === 0 ? '' : `; ${silent.length} of them get no calls that only read: npx tourniquet doctor`}`,
    problems: [
      ...(rules.length === 0 ? [`there are no rules ${prefix}-…: deploy again`] : []),
      ...rules.filter(({ state }) => state === 'DISABLED').map(({ name }) => `${name} is disabled`),
      ...rules.filter(({ targets }) => targets === 0).map(({ name }) => `${name} has no target`),
    ],
  };
};

export const keysLook = (keys: readonly KeyFacts[]): Looked => ({
  found: `${keys.length} keys`,
  problems: keys
    .filter(({ state }) => state !== 'Enabled')
    .map(({ alias, state }) => `${alias} is ${state ?? 'not there'}`),
});

export const alarmsLook = (alarms: readonly Alarm[], { confirmed, pending }: Subscriptions): Looked => ({
  found: `${alarms.length} alarms, ${confirmed} subscribed`,
  problems: [
    ...(alarms.length === 0 ? ['there are no alarms on Tourniquet itself: deploy again'] : []),
    ...alarms.filter(({ tells }) => !tells).map(({ name }) => `${name} tells nobody`),
    ...(confirmed > 0
      ? []
      : [`nobody is subscribed to the alert topic${pending > 0 ? `: ${pending} have not confirmed` : ''}`]),
  ],
});

/** When a drill was last put back; null where none was. A drill that failed on the way has no release. */
export const lastDrillOf = (incidents: readonly Incident[]): string | null =>
  incidents
    .flatMap(({ functionName, releasedAt }) =>
      isDrill(functionName) && releasedAt !== undefined ? [releasedAt] : [],
    )
    .toSorted()
    .at(-1) ?? null;
