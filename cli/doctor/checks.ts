import { bad, type Check, good, note } from './check';

/*
 * What a deployment needs to see anything, judged from what is there. Pure: facts.ts asks AWS.
 */

export type Trail = {
  readonly name: string;
  readonly region: string;
  readonly logging: boolean;
  readonly everyRegion: boolean;
  /** Which management events it records; `none` where it records data events alone. */
  readonly management: 'all' | 'write' | 'read' | 'none';
  /** The types of resources whose data events it records, such as `AWS::S3::Object`. */
  readonly data: readonly string[];
};

export type EventRule = { readonly name: string; readonly state: string; readonly targets: number };

export type Facts = {
  readonly prefix: string;
  readonly region: string;
  /** Whose events reach this Region; null where they could not be asked for. */
  readonly trails: readonly Trail[] | null;
  /** The deployment's rules on the default bus. */
  readonly rules: readonly EventRule[] | null;
  /** Rules in us-east-1 whose target is this Region's default bus; null where they could not be asked for. */
  readonly forwarders: readonly EventRule[] | null;
  readonly knownDeployers: readonly string[];
  readonly defaultMode: string;
  /** The types of resources whose data events the deployment was told that a trail records. */
  readonly dataEvents: readonly string[];
};

/** The Region in which global services are recorded (CloudTrail user guide, "Global service events"). */
const GLOBAL = 'us-east-1';
export const READS_TOO = 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS';

export const trailCheck = ({ trails, region }: Facts): Check => {
  if (trails === null)
    return bad(
      'a trail of management events',
      'could not be asked for: cloudtrail:DescribeTrails, GetTrailStatus and GetEventSelectors are needed',
    );
  const here = trails.filter((trail) => trail.logging && (trail.everyRegion || trail.region === region));
  const all = here.find(({ management }) => management === 'all');
  if (all !== undefined) return good(`the trail ${all.name} records management events in ${region}`);
  const write = here.find(({ management }) => management === 'write');
  if (write !== undefined)
    return bad(
      `the trail ${write.name} records calls that write, and none that read`,
      'blind: what functions read (secrets, parameters, discovery, refusals). Let it record all management events',
    );
  const stopped = trails.find(({ logging }) => !logging);
  return bad(
    `no trail records management events in ${region}`,
    `blind: every rule about recorded calls, and the drift of contained functions but for the schedule. ${stopped === undefined ? 'Create a trail' : `Start ${stopped.name} (aws cloudtrail start-logging), or create another`}`,
  );
};

const readsCheck = ({ rules, prefix }: Facts): readonly Check[] => {
  if (rules === null)
    return [
      bad(
        'the rules on the default bus',
        'could not be asked for: events:ListRules and ListTargetsByRule are needed',
      ),
    ];
  if (rules.length === 0)
    return [bad(`there are no rules ${prefix}-…`, 'nothing starts the playbook: deploy again')];
  const off = rules.filter(({ state }) => state === 'DISABLED');
  const empty = rules.filter(({ targets }) => targets === 0);
  const reading = rules.filter(({ name }) => /-detect-(?:read-by-functions|denied|outside)/.test(name));
  const blind = reading.filter(({ state }) => state === 'ENABLED');
  return [
    ...off.map(({ name }) =>
      bad(
        `the rule ${name} is disabled`,
        'blind: what it lets through. Enable it, and find out who did that',
      ),
    ),
    ...empty.map(({ name }) =>
      bad(`the rule ${name} has no target`, 'what it lets through starts nothing: deploy again'),
    ),
    ...(off.length + empty.length === 0 ? [good(`${rules.length} rules are on, each with a target`)] : []),
    ...(blind.length === 0
      ? []
      : [
          bad(
            `${blind.length} rules do not get calls that only read`,
            'blind: sweeps of secrets and parameters, discovery, refusals, credentials used elsewhere. Deploy with readEvents true',
          ),
        ]),
  ];
};

const forwarderCheck = ({ region, forwarders }: Facts): Check => {
  if (region === GLOBAL) return good(`IAM, STS and sign-in are recorded here, in ${GLOBAL}`);
  if (forwarders === null)
    return bad(
      `the forwarder in ${GLOBAL}`,
      'could not be asked for: events:ListRules and ListTargetsByRule are needed there',
    );
  const on = forwarders.find(({ state }) => state === READS_TOO);
  if (on !== undefined) return good(`${on.name} in ${GLOBAL} sends IAM, STS and sign-in here`);
  const [half] = forwarders.filter(({ state }) => state === 'ENABLED');
  if (half !== undefined)
    return bad(
      `${half.name} in ${GLOBAL} sends no calls that only read`,
      `blind: what functions read of IAM and STS. Deploy infrastructure/forwarder.yml again`,
    );
  return bad(
    `nothing sends IAM, STS and sign-in from ${GLOBAL} here`,
    'blind: a function that creates users, roles, keys or policies, or assumes other roles. Deploy infrastructure/forwarder.yml (docs/detections.md)',
  );
};

/** Which rules need data events, by the type of resource that they are recorded for. */
export type NeededData = Readonly<Record<string, readonly string[]>>;

/** What is read from the trail's log files: baselines, and the rules that look at data events. */
const learningCheck = (
  { trails, rules, region, dataEvents }: Facts,
  needed: NeededData,
): readonly Check[] => {
  if (trails === null || rules === null) return [];
  const blind = Object.values(needed).flat().join(', ');
  if (!rules.some(({ name }) => name.endsWith('-learn-trail')))
    return [
      note(
        'no log files of a trail are read',
        `there are no baselines of what functions call and read, and these rules look at nothing: ${blind}. Set the parameter trail (docs/baseline.md)`,
      ),
    ];
  const here = trails.filter((trail) => trail.logging && (trail.everyRegion || trail.region === region));
  // That is said already.
  if (here.length === 0) return [];
  const recorded = new Set(here.flatMap(({ data }) => data));
  const missing = Object.entries(needed).filter(([type]) => !recorded.has(type));
  if (missing.length === 0) return [good('a trail records the data events that rules need')];
  return missing.map(([type, ids]) =>
    (dataEvents.includes(type) ? bad : note)(
      `no trail records data events of ${type}`,
      `blind: ${ids.join(', ')}, and how much functions read there. ${dataEvents.includes(type) ? "dataEvents says that the trail does: mend the trail's event selectors" : 'Let the trail record them, and say so with the parameter dataEvents'}`,
    ),
  );
};

const policyCheck = ({ knownDeployers, defaultMode }: Facts): readonly Check[] =>
  knownDeployers.length > 0
    ? [good(`known deployers: ${knownDeployers.join(', ')}`)]
    : [
        note(
          'no known deployers are listed',
          `code, layers and roles that anybody changes are told and no more${defaultMode === 'respond' ? ', though the default mode is respond' : ''}. Set knownDeployers`,
        ),
      ];

/** Everything that is checked, in the order of the way an event takes. */
export const checksOf = (facts: Facts, needed: NeededData): readonly Check[] => [
  trailCheck(facts),
  forwarderCheck(facts),
  ...readsCheck(facts),
  ...learningCheck(facts, needed),
  ...policyCheck(facts),
];
