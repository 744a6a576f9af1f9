import { detector } from '../../../../cli/detect/detect';
import { NO_SETTING } from '../../../../shared/detection/setting';
import { detailOf, FUNCTION_ARN, pascal } from '../../../fixtures/guardDuty';

const ARN = FUNCTION_ARN;
const judge = (event: unknown) =>
  detector({ setting: NO_SETTING, modes: { defaultMode: 'respond', modes: [] } })({ event });
const asff = (more: object) => ({
  SchemaVersion: '2018-10-08',
  Id: 'arn:aws:securityhub:eu-central-1:111122223333:subscription/x/finding/1',
  ProductArn: 'arn:aws:securityhub:eu-central-1::product/aws/securityhub',
  AwsAccountId: '111122223333',
  Types: ['Software and Configuration Checks/AWS Security Best Practices'],
  Severity: { Label: 'CRITICAL' },
  Title: 'Lambda function policies should prohibit public access',
  Resources: [{ Type: 'AwsLambdaFunction', Id: ARN }],
  RecordState: 'ACTIVE',
  Workflow: { Status: 'NEW' },
  ...more,
});

describe('findings of other services in a file of events', () => {
  const finding = detailOf();

  it.each([
    [
      'as EventBridge delivers it',
      { source: 'aws.guardduty', 'detail-type': 'GuardDuty Finding', detail: finding },
    ],
    ['alone', finding],
    ['as GetFindings answers', pascal(finding)],
  ])("GuardDuty's %s go as far as the mode", (_, event) => {
    expect(judge(event)).toMatchObject({
      error: null,
      findings: [
        {
          rule: finding.type,
          severity: finding.severity,
          suspect: ARN,
          disposition: 'respond',
          techniques: ['T1496'],
        },
      ],
    });
  });

  it("GuardDuty's about something else are told with its type, and acted on by nobody", () => {
    const event = {
      ...finding,
      type: 'UnauthorizedAccess:EC2/TorClient',
      resource: { resourceType: 'Instance' },
    };

    expect(judge(event).findings).toMatchObject([
      {
        rule: 'UnauthorizedAccess:EC2/TorClient',
        techniques: ['T1090.003'],
        suspect: null,
        disposition: 'ignore',
      },
    ]);
  });

  it.each([
    ['alone', asff({})],
    [
      'as EventBridge delivers it',
      {
        source: 'aws.securityhub',
        'detail-type': 'Security Hub Findings - Imported',
        detail: { findings: [asff({})] },
      },
    ],
  ])("Security Hub's posture, %s, is a question at most (invariant 11)", (_, event) => {
    expect(judge(event).findings).toMatchObject([{ severity: 9, suspect: ARN, disposition: 'ask' }]);
  });

  it.each([
    ['that is archived', { RecordState: 'ARCHIVED' }],
    ['that is resolved', { Workflow: { Status: 'RESOLVED' } }],
    ['of a check that passed', { Compliance: { Status: 'PASSED' } }],
  ])("Security Hub's %s is none", (_, more) => {
    expect(judge(asff(more))).toEqual({ event: 0, findings: [], error: null });
  });

  it('posture below high is context', () => {
    expect(judge(asff({ Severity: { Label: 'MEDIUM' } })).findings).toMatchObject([{ severity: 3 }]);
  });

  it('an event of EventBridge about something else is no error', () => {
    expect(
      judge({ source: 'aws.ec2', 'detail-type': 'EC2 Instance State-change Notification', detail: {} }),
    ).toEqual({
      event: 0,
      findings: [],
      error: null,
    });
  });
});
