import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { meetsPattern } from '../../fixtures/eventPattern';
import { detailOf } from '../../fixtures/guardDuty';
import {
  alarm,
  alarmEvent,
  asff,
  asffFunction,
  asffRole,
  contributor,
  contributorEvent,
  guardDutyAsAsff,
  guardDutyAsOcsf,
  guardDutyEvent,
  hubEvent,
  hubV2Event,
  lambdaResource,
  ocsf,
  ofSession,
  roleActor,
  sequenceOf,
} from '../../fixtures/managedFindings';
import { ROOT, readYaml } from '../../fixtures/repository';

/*
 * What the deployed rules let through: as much as the parsers read, and little more, because whatever passes starts an
 * execution. Quotas: EventBridge user guide, "quotas" (a pattern has 4,096 characters at most).
 */

const PREFIX = 'tourniquet-test';
type Resource = {
  readonly Type: string;
  readonly Properties: { readonly EventPattern?: unknown; readonly Targets?: readonly unknown[] };
};
const { Resources } = readYaml('infrastructure/events.yml') as {
  readonly Resources: Readonly<Record<string, Resource>>;
};
const rules = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::Events::Rule');

/** A pattern as it is deployed. */
const patternOf = (name: string): unknown =>
  JSON.parse(
    JSON.stringify(Resources[name]?.Properties.EventPattern).replaceAll(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the Serverless Framework's own notation.
      '${self:custom.names.prefix}',
      PREFIX,
    ),
  );

/** The rules that an event passes. */
const passed = (event: unknown): readonly string[] =>
  rules.map(([name]) => name).filter((name) => meetsPattern(patternOf(name), event));

describe('every rule', () => {
  it.each(rules.map(([name]) => name))(
    'has a pattern within the quota, and a queue for what it cannot deliver: %s',
    (name) => {
      expect(JSON.stringify(patternOf(name)).length).toBeLessThanOrEqual(4096);
      expect(Resources[name]?.Properties.Targets).toEqual([
        expect.objectContaining({
          DeadLetterConfig: { Arn: expect.stringMatching(/^\w+DeadLetters\.Arn$/) },
          RetryPolicy: expect.anything(),
        }),
      ]);
    },
  );
});

describe('what starts an execution', () => {
  it.each<[string, unknown, string]>([
    ['a finding about a function', guardDutyEvent(detailOf()), 'GuardDutyRule'],
    [
      'one of a Lambda type that does not describe its function',
      guardDutyEvent({ ...detailOf(), resource: {} }),
      'GuardDutyRule',
    ],
    ["one about a role's session", guardDutyEvent(ofSession()), 'GuardDutyRule'],
    [
      'one about a session and a bucket',
      guardDutyEvent(ofSession({}, 'Exfiltration:S3/AnomalousBehavior')),
      'GuardDutyRule',
    ],
    [
      'a function called like the beginning of an instance',
      guardDutyEvent(ofSession({ principalId: 'AROAEXAMPLE:i-orders' })),
      'GuardDutyRule',
    ],
    ['a sequence by a session', guardDutyEvent(sequenceOf([roleActor()])), 'GuardDutyRule'],
    ['a sequence with a function', guardDutyEvent(sequenceOf([], [lambdaResource()])), 'GuardDutyRule'],
    ['a failed control', hubEvent(asff()), 'SecurityHubRule'],
    ['a finding without compliance', hubEvent(asff({ Compliance: undefined })), 'SecurityHubRule'],
    ['a finding about a role', hubEvent(asff({ Resources: [asffRole()] })), 'SecurityHubRule'],
    [
      'a finding about a bucket and a function',
      hubEvent(asff({ Resources: [{ Type: 'AwsS3Bucket', Id: 'x' }, asffFunction()] })),
      'SecurityHubRule',
    ],
    [
      'a finding about the key of a session',
      hubEvent(
        asff({ Resources: [{ Id: 'x', Details: { AwsIamAccessKey: { PrincipalType: 'AssumedRole' } } }] }),
      ),
      'SecurityHubRule',
    ],
    ['a vulnerability', hubV2Event(ocsf()), 'SecurityHubV2Rule'],
    ['a vulnerability seen again', hubV2Event(ocsf({ activity_id: 2 })), 'SecurityHubV2Rule'],
    [
      'a finding about a role, in the second version',
      hubV2Event(ocsf({ resources: [{ uid: asffRole().Id }] })),
      'SecurityHubV2Rule',
    ],
    ['an alarm of ours', alarmEvent(alarm()), 'FleetAlarmRule'],
    ['one function of an alarm of ours', contributorEvent(contributor()), 'FleetAlarmRule'],
  ])('is %s', (_what, event, rule) => {
    expect(passed(event)).toEqual([rule]);
  });
});

describe('what costs nothing: a twin that differs in one thing', () => {
  const instance = { resourceType: 'Instance', instanceDetails: { instanceId: 'i-0123456789abcdef0' } };

  it.each<[string, unknown]>([
    [
      'a finding about an instance',
      guardDutyEvent({ ...detailOf(), type: 'Trojan:EC2/DropPoint', resource: instance }),
    ],
    ['a finding about a user', guardDutyEvent(ofSession({ userType: 'IAMUser' }))],
    [
      "a finding about an instance's role",
      guardDutyEvent(ofSession({ principalId: 'AROAEXAMPLE:i-0123456789abcdef0' })),
    ],
    ['a finding about a person', guardDutyEvent(ofSession({ userName: 'AWSReservedSSO_Admin_1' }))],
    ['a sequence by a user', guardDutyEvent(sequenceOf([{ user: { type: 'IAMUser' } }]))],
    ["what is not GuardDuty's", { ...guardDutyEvent(detailOf()), source: 'custom.guardduty' }],
    ['an archived finding', hubEvent(asff({ RecordState: 'ARCHIVED' }))],
    ['a suppressed finding', hubEvent(asff({ Workflow: { Status: 'SUPPRESSED' } }))],
    ['a passed control', hubEvent(asff({ Compliance: { Status: 'PASSED' } }))],
    ['a medium finding', hubEvent(asff({ Severity: { Label: 'MEDIUM' } }))],
    [
      'a finding about a bucket',
      hubEvent(asff({ Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::x' }] })),
    ],
    ["GuardDuty's own, by way of Security Hub", hubEvent(guardDutyAsAsff())],
    ["GuardDuty's own, by way of the second version", hubV2Event(guardDutyAsOcsf())],
    ['a closed finding', hubV2Event(ocsf({ activity_id: 3 }))],
    ['a resolved finding', hubV2Event(ocsf({ status_id: 4 }))],
    ['a passed control of the second version', hubV2Event(ocsf({ compliance: { status_id: 1 } }))],
    ['a medium finding of the second version', hubV2Event(ocsf({ severity_id: 3 }))],
    [
      'a finding about an instance',
      hubV2Event(ocsf({ resources: [{ uid: 'arn:aws:ec2:eu-west-1:1:instance/i-1' }] })),
    ],
    ['an alarm that ended', alarmEvent(alarm({ state: { value: 'OK' } }))],
    ['an alarm without data', alarmEvent(alarm({ state: { value: 'INSUFFICIENT_DATA' } }))],
    ['an alarm that was in alarm before', alarmEvent(alarm({ previousState: { value: 'ALARM' } }))],
    ["somebody else's alarm", alarmEvent(alarm({ alarmName: 'orders-errors' }))],
    ['an alarm on our own failures', alarmEvent(alarm({ alarmName: `${PREFIX}-ExecutionsFailed` }))],
    ["another stage's alarm", alarmEvent(alarm({ alarmName: 'tourniquet-prod-fleet-errors' }))],
  ])('%s', (_what, event) => {
    expect(passed(event)).toEqual([]);
  });
});

describe('what others have published', () => {
  const folder = join(ROOT, '../shared/corpus');
  const present = existsSync(folder);
  const required = Boolean(process.env.CI);
  const where = present ? '' : ` (${required ? 'needed in CI' : 'skipped'}: there is no ../shared/corpus)`;
  const recorded = (file: string) =>
    readFileSync(join(folder, `${file}.jsonl`), 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map(
        (line) =>
          JSON.parse(line) as { readonly id: string; readonly envelope: boolean; readonly event: unknown },
      );
  const wrapped = (file: string, event: unknown): unknown =>
    file === 'guardduty'
      ? guardDutyEvent(event)
      : file === 'asff'
        ? hubEvent(event)
        : file === 'ocsf'
          ? hubV2Event(event)
          : event;

  (present || required ? it : it.skip).each<[string, readonly string[]]>([
    ['guardduty', []],
    // They call a session of a user that of a role. Who issued it is for the parser to see.
    ['asff', ['fae18fe951d0c54e', 'b4b89567392e8c02', 'b388a3932182ba9a', '60bcd49fe3576f5b']],
    ['ocsf', []],
    ['alarm', []],
    ['eventbridge', []],
  ])(`starts no execution but for what names a role: %s${where}`, (file, expected) => {
    const through = recorded(file)
      .filter(({ envelope, event }) => passed(envelope ? event : wrapped(file, event)).length > 0)
      .map(({ id }) => id);

    expect(through).toEqual(expected);
  });
});
