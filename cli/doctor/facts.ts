import {
  type CloudTrailClient,
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetTrailStatusCommand,
} from '@aws-sdk/client-cloudtrail';
import {
  type EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
} from '@aws-sdk/client-eventbridge';
import type { EventRule, Facts, Trail } from './checks';

export type Asked = {
  readonly prefix: string;
  readonly region: string;
  readonly cloudTrail: CloudTrailClient;
  /** Of a Region. */
  readonly events: (region: string) => EventBridgeClient;
};

const selectedBy = async (
  client: CloudTrailClient,
  TrailName: string,
): Promise<Pick<Trail, 'management' | 'data'>> => {
  const { EventSelectors = [], AdvancedEventSelectors = [] } = await client.send(
    new GetEventSelectorsCommand({ TrailName }),
  );
  const basic = EventSelectors.filter(({ IncludeManagementEvents }) => IncludeManagementEvents === true).map(
    ({ ReadWriteType }) => ReadWriteType ?? 'All',
  );
  // An advanced selector of management events: `eventCategory` equals Management, and perhaps `readOnly`.
  const advanced = AdvancedEventSelectors.filter(({ FieldSelectors = [] }) =>
    FieldSelectors.some(({ Field, Equals }) => Field === 'eventCategory' && Equals?.includes('Management')),
  ).map(({ FieldSelectors = [] }) => {
    const only = FieldSelectors.find(({ Field }) => Field === 'readOnly')?.Equals?.[0];
    return only === undefined ? 'All' : only === 'true' ? 'ReadOnly' : 'WriteOnly';
  });
  const types = new Set<string>([...basic, ...advanced]);
  const data = [
    ...EventSelectors.flatMap(({ DataResources = [] }) => DataResources.flatMap(({ Type }) => Type ?? [])),
    ...AdvancedEventSelectors.flatMap(({ FieldSelectors = [] }) =>
      FieldSelectors.flatMap(({ Field, Equals = [] }) => (Field === 'resources.type' ? Equals : [])),
    ),
  ];
  return { management: managementOf(types), data: [...new Set(data)].toSorted() };
};

const managementOf = (types: ReadonlySet<string>): Trail['management'] => {
  if (types.has('All') || (types.has('ReadOnly') && types.has('WriteOnly'))) return 'all';
  if (types.has('WriteOnly')) return 'write';
  return types.has('ReadOnly') ? 'read' : 'none';
};

const trailsOf = async ({ cloudTrail }: Asked): Promise<readonly Trail[]> => {
  // Trails of other Regions and of the organisation that record here are listed too.
  const { trailList = [] } = await cloudTrail.send(new DescribeTrailsCommand({ includeShadowTrails: true }));
  return Promise.all(
    trailList.map(async ({ TrailARN = '', Name = TrailARN, HomeRegion = '', IsMultiRegionTrail = false }) => {
      const [{ IsLogging = false }, selected] = await Promise.all([
        cloudTrail.send(new GetTrailStatusCommand({ Name: TrailARN })),
        selectedBy(cloudTrail, TrailARN),
      ]);
      return {
        name: Name,
        region: HomeRegion,
        logging: IsLogging,
        everyRegion: IsMultiRegionTrail,
        ...selected,
      };
    }),
  );
};

const rulesOf = async (
  client: EventBridgeClient,
  NamePrefix: string | undefined,
  isTarget: (arn: string) => boolean,
): Promise<readonly EventRule[]> => {
  const found: EventRule[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new ListRulesCommand({ NamePrefix, NextToken }));
    for (const { Name = '', State = '' } of page.Rules ?? []) {
      const { Targets = [] } = await client.send(new ListTargetsByRuleCommand({ Rule: Name }));
      found.push({
        name: Name,
        state: State,
        targets: Targets.filter(({ Arn = '' }) => isTarget(Arn)).length,
      });
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return found;
};

/** Null for what could not be asked: a check says so. */
export const orNull = async <T>(asked: Promise<T>): Promise<T | null> => asked.catch(() => null);

/** Asks AWS for what the checks judge. */
export const gatherFacts = async (
  asked: Asked,
  told: Pick<Facts, 'knownDeployers' | 'defaultMode' | 'dataEvents'>,
): Promise<Facts> => {
  const { prefix, region, events } = asked;
  const home = new RegExp(`:events:${region}:\\d*:event-bus/default$`);
  const [trails, rules, forwarders] = await Promise.all([
    orNull(trailsOf(asked)),
    orNull(rulesOf(events(region), `${prefix}-`, () => true)),
    region === 'us-east-1'
      ? []
      : orNull(
          rulesOf(events('us-east-1'), undefined, (arn) => home.test(arn)).then((all) =>
            all.filter(({ targets }) => targets > 0),
          ),
        ),
  ]);
  return { prefix, region, trails, rules, forwarders, ...told };
};
