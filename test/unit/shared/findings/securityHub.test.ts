import { parseAsff } from '../../../../shared/findings/asff';
import { parseOcsf } from '../../../../shared/findings/ocsf';
import { parseEvent } from '../../../../shared/findings/parseEvent';
import { detailOf, FUNCTION_ARN, RECEIVED } from '../../../fixtures/guardDuty';
import {
  ACCOUNT,
  asff,
  asffFunction,
  asffRole,
  FINDING_ID,
  guardDutyAsAsff,
  guardDutyAsOcsf,
  guardDutyEvent,
  hubEvent,
  hubV2Event,
  ocsf,
  ROLE,
  roleActor,
} from '../../../fixtures/managedFindings';
import { eachIn, findingIn, reasonIn } from '../../../fixtures/parsed';

const NOW = new Date('2026-11-20T10:06:00.000Z');
const OTHER_ARN = FUNCTION_ARN.replace('order-worker', 'mailer');
const fromAsff = (finding: unknown) => parseAsff(finding, RECEIVED);
const fromOcsf = (finding: unknown) => parseOcsf(finding, RECEIVED);

describe('one fact that comes by three routes', () => {
  const routes = [guardDutyEvent(detailOf()), hubEvent(guardDutyAsAsff()), hubV2Event(guardDutyAsOcsf())];
  const [direct, hub, hubV2] = routes.map((event) => findingIn(parseEvent(event, NOW)));

  it('is one finding: its id, its source and its type are the same', () => {
    for (const finding of [direct, hub, hubV2])
      expect(finding).toMatchObject({
        id: FINDING_ID,
        source: 'guardduty',
        rule: 'CryptoCurrency:Lambda/BitcoinTool.B',
        count: 3,
        suspect: { arn: FUNCTION_ARN },
        firstSeen: '2026-11-20T09:58:00.000Z',
        lastSeen: '2026-11-20T10:01:00.000Z',
      });
  });

  it('says by which it came', () => {
    expect([direct?.route, hub?.route, hubV2?.route]).toEqual([undefined, 'security-hub', 'security-hub-v2']);
  });

  it('may go as far as GuardDuty itself', () => {
    expect([direct?.bound, hub?.bound, hubV2?.bound]).toEqual([undefined, undefined, undefined]);
  });

  it.each([
    ['the own account', `arn:aws:securityhub:eu-west-1:${ACCOUNT}:product/${ACCOUNT}/default`],
    ['somebody who sells', 'arn:aws:securityhub:eu-west-1::product/mallory/guardduty'],
    ['a name that only looks like it', `arn:aws:securityhub:eu-west-1:${ACCOUNT}:product/aws/guardduty`],
  ])("is not GuardDuty's because a product of %s gives it GuardDuty's id", (_who, ProductArn) => {
    const finding = findingIn(fromAsff(guardDutyAsAsff({ ProductArn })));

    expect(finding.id).not.toBe(FINDING_ID);
    expect(finding).toMatchObject({ source: 'security-hub', bound: { most: 'ask' } });
  });

  it("is not read where GuardDuty's id is none of its ids", () => {
    expect(fromAsff(guardDutyAsAsff({ Id: 'whatever' }))).toMatchObject({ kind: 'unparseable' });
  });

  it.each([
    [['TTPs/Discovery/Recon:IAMUser-UserPermissions'], 'Recon:IAMUser/UserPermissions'],
    [['Effects/Data Exfiltration/Exfiltration:S3-AnomalousBehavior'], 'Exfiltration:S3/AnomalousBehavior'],
    [['TTPs/Command and Control/Backdoor:Lambda-C&CActivity.B'], 'Backdoor:Lambda/C&CActivity.B'],
    [['Threats', 'Trojan:EC2/DGADomainRequest.C!DNS'], 'Trojan:EC2/DGADomainRequest.C!DNS'],
  ])("has GuardDuty's own type for its rule: %j", (Types, rule) => {
    expect(findingIn(fromAsff(guardDutyAsAsff({ Types }))).rule).toBe(rule);
  });
});

describe('a finding of Security Hub', () => {
  it.each<[string, unknown]>([
    ['a failed control (ASFF)', asff()],
    ['a vulnerability (ASFF)', asff({ ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/inspector' })],
    [
      'what a product of the account itself imports',
      asff({ ProductArn: `arn:aws:securityhub:eu-west-1:${ACCOUNT}:product/${ACCOUNT}/default` }),
    ],
  ])('about a function goes no further than a question: %s', (_what, finding) => {
    expect(findingIn(fromAsff(finding))).toMatchObject({
      source: 'security-hub',
      suspect: { arn: FUNCTION_ARN },
      severity: 9,
      bound: { most: 'ask' },
    });
  });

  it('about a function goes no further than a question: a vulnerability (OCSF)', () => {
    expect(findingIn(fromOcsf(ocsf()))).toMatchObject({
      id: `aws/inspector:arn:aws:inspector2:eu-west-1:${ACCOUNT}:finding/0123456789abcdef0123456789abcdef`,
      source: 'security-hub',
      suspect: { arn: FUNCTION_ARN },
      severity: 9,
      bound: { most: 'ask' },
    });
  });

  it('is one, whichever version sends it', () => {
    const Id = ocsf().finding_info.uid;
    const first = asff({ Id, ProductArn: 'arn:aws:securityhub:eu-west-1::product/aws/inspector' });

    expect(findingIn(fromAsff(first)).id).toBe(findingIn(fromOcsf(ocsf())).id);
  });

  it('names a control by its id, and anything else by its type', () => {
    expect(findingIn(fromAsff(asff())).rule).toBe('Lambda.1');
    expect(findingIn(fromOcsf(ocsf())).rule).toBe('Software and Configuration Checks/Vulnerabilities/CVE');
  });

  it('about a role names the role: whose functions it has is looked up', () => {
    expect(findingIn(fromAsff(asff({ Resources: [asffRole('service-role/')] })))).toMatchObject({
      suspect: null,
      named: { sessions: [{ accountId: ACCOUNT, roleName: ROLE, session: null }] },
      bound: { most: 'ask' },
    });
  });

  it('says who acted by the access key beside the role', () => {
    const key = {
      Type: 'AwsIamAccessKey',
      Id: 'AWS::IAM::AccessKey:ASIAEXAMPLE',
      Details: {
        AwsIamAccessKey: {
          PrincipalId: 'AROAEXAMPLE:order-worker',
          PrincipalType: 'AssumedRole',
          PrincipalName: ROLE,
        },
      },
    };
    const finding = findingIn(
      fromAsff(guardDutyAsAsff({ Resources: [key, asffRole()], Types: ['X/Recon:IAMUser-UserPermissions'] })),
    );

    expect(finding.named?.sessions).toEqual([
      { accountId: ACCOUNT, roleName: ROLE, session: 'order-worker' },
    ]);
    expect(finding.bound).toBeUndefined();
  });

  it('reads the actors of an attack sequence in either version', () => {
    const pascalActor = {
      User: { Name: ROLE, Uid: 'AROAEXAMPLE:order-worker', Type: 'AssumedRole', Account: { Uid: ACCOUNT } },
    };
    const asSequence = guardDutyAsAsff({
      Resources: [],
      Detection: { Sequence: { Uid: 'x', Actors: [pascalActor] } },
      Types: ['TTPs/AttackSequence:IAM-CompromisedCredentials'],
    });
    const asEvidence = guardDutyAsOcsf({ resources: [], evidences: [{ actor: roleActor() }] });

    for (const finding of [fromAsff(asSequence), fromOcsf(asEvidence)])
      expect(findingIn(finding).named?.sessions).toEqual([
        { accountId: ACCOUNT, roleName: ROLE, session: 'order-worker' },
      ]);
  });

  it('about several functions names them all, and takes none for its suspect', () => {
    const { suspect, named } = findingIn(
      fromAsff(asff({ Resources: [asffFunction(), asffFunction(OTHER_ARN), asffFunction()] })),
    );

    expect(suspect).toBeNull();
    expect(named?.functions.map(({ arn }) => arn)).toEqual([FUNCTION_ARN, OTHER_ARN]);
  });

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['archived', { RecordState: 'ARCHIVED' }, 'not active'],
    ['notified', { Workflow: { Status: 'NOTIFIED' } }, 'not new'],
    ['suppressed', { Workflow: { Status: 'SUPPRESSED' } }, 'not new'],
    ['resolved, in the field of old', { Workflow: undefined, WorkflowState: 'RESOLVED' }, 'not new'],
    ['passed', { Compliance: { Status: 'PASSED' } }, 'passed'],
    ['of medium severity', { Severity: { Label: 'MEDIUM', Normalized: 40 } }, 'neither high nor critical'],
    ['without a severity', { Severity: undefined }, 'neither high nor critical'],
    ['about a bucket', { Resources: [{ Type: 'AwsS3Bucket', Id: 'arn:aws:s3:::x' }] }, 'names no Lambda'],
    ['about nothing', { Resources: undefined }, 'names no Lambda'],
  ])('is nothing to act on when it is %s (ASFF)', (_what, changes, why) => {
    expect(fromAsff(asff(changes))).toMatchObject({ kind: 'nothing', reason: expect.stringContaining(why) });
  });

  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    ['closed', { activity_id: 3 }, 'closed'],
    ['in progress', { status_id: 2 }, 'not new'],
    ['resolved, without a number', { status_id: undefined, status: 'Resolved' }, 'not new'],
    ['passed', { compliance: { status_id: 1 } }, 'passed'],
    ['of medium severity', { severity_id: 3, severity: 'Medium' }, 'neither high nor critical'],
    [
      'about an instance',
      { resources: [{ uid: 'arn:aws:ec2:eu-west-1:1:instance/i-1' }] },
      'names no Lambda',
    ],
    ['about nothing', { resources: null }, 'names no Lambda'],
  ])('is nothing to act on when it is %s (OCSF)', (_what, changes, why) => {
    expect(fromOcsf(ocsf(changes))).toMatchObject({ kind: 'nothing', reason: expect.stringContaining(why) });
  });

  it.each<[unknown, number]>([
    [{ Label: 'HIGH' }, 7],
    [{ Label: 'HIGH', Normalized: 85 }, 8.5],
    [{ Label: 'CRITICAL' }, 9],
    [{ Label: 'CRITICAL', Normalized: 1e9 }, 10],
    [{ Normalized: 70 }, 7],
    [{ Normalized: '95' }, 9.5],
  ])("puts the severity %j into GuardDuty's scale", (Severity, severity) => {
    expect(findingIn(fromAsff(asff({ Severity }))).severity).toBe(severity);
  });

  it.each([
    ['high', 7],
    ['Critical', 9],
    ['Fatal', 10],
  ])(
    "puts the severity %j of OCSF into GuardDuty's scale, also where it has no number",
    (severity, expected) => {
      expect(findingIn(fromOcsf(ocsf({ severity, severity_id: undefined }))).severity).toBe(expected);
    },
  );

  it.each(['2018-10-08', '2099-01-01', undefined, 7])(
    'is read whatever version of ASFF it says: %j',
    (SchemaVersion) => {
      expect(findingIn(fromAsff(asff({ SchemaVersion }))).suspect?.arn).toBe(FUNCTION_ARN);
    },
  );

  it.each(['1.0.0', '1.6.0', '9.9.9', undefined, 7])(
    'is read whatever version of OCSF it says: %j',
    (version) => {
      const metadata = { ...ocsf().metadata, version };

      expect(findingIn(fromOcsf(ocsf({ metadata }))).suspect?.arn).toBe(FUNCTION_ARN);
    },
  );

  it.each([{ Id: undefined }, { Id: 'x'.repeat(513) }, { ProductArn: undefined }, { ProductArn: 'x' }])(
    'is told where it cannot be said whose it is: %j',
    (changes) => {
      expect(fromAsff(asff(changes))).toMatchObject({
        kind: 'unparseable',
        reason: expect.stringContaining('Id and ProductArn'),
      });
    },
  );

  it('is a drill where it says so', () => {
    expect(findingIn(fromAsff(asff({ Sample: true }))).sample).toBe(true);
    expect(
      findingIn(
        fromAsff(
          guardDutyAsAsff({ ProductFields: { 'aws/guardduty/service/additionalInfo/sample': 'true' } }),
        ),
      ).sample,
    ).toBe(true);
    const finding_info = { ...guardDutyAsOcsf().finding_info, title: '[SAMPLE FINDING] x' };
    expect(findingIn(fromOcsf(guardDutyAsOcsf({ finding_info }))).sample).toBe(true);
    expect(findingIn(fromOcsf(ocsf({ finding_info: { ...finding_info, uid: 'x' } }))).sample).toBe(false);
  });
});

describe('an event of Security Hub', () => {
  it('with several findings has each on its own', () => {
    const parsed = parseEvent(
      hubEvent(asff(), asff({ RecordState: 'ARCHIVED' }), guardDutyAsAsff(), null, 'text'),
      NOW,
    );

    expect(parsed.kind).toBe('several');
    expect(eachIn(parsed).map(({ kind }) => kind)).toEqual([
      'finding',
      'nothing',
      'finding',
      'nothing',
      'nothing',
    ]);
  });

  it.each([hubEvent(), hubV2Event(), { ...hubEvent(), detail: null }, { ...hubEvent(), detail: 'text' }])(
    'without a finding is told (%#)',
    (event) => {
      expect(reasonIn(parseEvent(event, NOW))).toContain('holds no finding');
    },
  );
});
