import {
  admitsInline,
  cutoffOf,
  placeOf,
  policyNames,
  scopedDenial,
  sessionsDenial,
  wideDenial,
} from '../../../../shared/containment/denyDocuments';
import { type Call, isDenied } from '../../../fixtures/evaluate';

type QuarantineDocument = (prefix: string, denyLogs: boolean) => { readonly Statement: readonly unknown[] };
const { quarantineDocument } = require('../../../../infrastructure/quarantine.cjs') as {
  quarantineDocument: QuarantineDocument;
};

const SUSPECT = 'arn:aws:lambda:eu-west-1:123456789012:function:order-worker';
const SIBLING = 'arn:aws:lambda:eu-west-1:123456789012:function:order-worker-2';
const PLACE = placeOf(SUSPECT, 'tourniquet-prod');

/** As CloudFormation resolves it in the suspect's account. */
const deployed = (denyLogs: boolean) => {
  const text = JSON.stringify(quarantineDocument(PLACE.prefix, denyLogs))
    .replace(/\{"Fn::Sub":("[^"]*")\}/g, '$1')
    .replace(/\$\{AWS::Partition\}/g, 'aws')
    .replace(/\$\{AWS::Region\}/g, 'eu-west-1')
    .replace(/\$\{AWS::AccountId\}/g, '123456789012');
  return JSON.parse(text) as { readonly Statement: readonly unknown[] };
};

const by = (source: string | null, issued = '2026-11-20T10:00:00Z'): Record<string, string> => ({
  'aws:TokenIssueTime': issued,
  ...(source === null ? {} : { 'lambda:SourceFunctionArn': source }),
});
const call = (action: string, resource = '*', source: string | null = SUSPECT): Call => ({
  action,
  resource,
  context: by(source),
});

const HELD = 'arn:aws:sqs:eu-west-1:123456789012:tourniquet-prod-held-0123456789ab';

/** Calls as CloudTrail records them of functions and of those who steal from them. */
const ABUSES = [
  ['s3:GetObject', 'arn:aws:s3:::customers/all.csv'],
  ['secretsmanager:GetSecretValue', 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:payment'],
  ['sts:GetCallerIdentity', '*'],
  ['sts:AssumeRole', 'arn:aws:iam::123456789012:role/admin'],
  ['iam:DetachRolePolicy', 'arn:aws:iam::123456789012:role/order-worker'],
  ['lambda:UpdateFunctionCode', SUSPECT],
  ['sqs:SendMessage', 'arn:aws:sqs:eu-west-1:123456789012:orders'],
  ['sqs:SendMessage', 'arn:aws:sqs:eu-west-1:123456789012:tourniquet-prod-held'],
  ['sqs:SendMessage', 'arn:aws:sqs:eu-west-1:999999999999:tourniquet-prod-held-x'],
  ['sqs:SendMessage', 'arn:aws:sqs:eu-west-1:123456789012:other-prod-held-x'],
  ['sqs:ReceiveMessage', HELD],
  ['logs:DeleteLogStream', 'arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/order-worker:*'],
  ['logs:FilterLogEvents', 'arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/order-worker:*'],
  ['kms:Decrypt', 'arn:aws:kms:eu-west-1:123456789012:key/k'],
] as const;
const EVIDENCE = [
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
];

describe.each([{ denyLogs: false }, { denyLogs: true }])(
  'the deny policy of the deployment (denyLogs $denyLogs)',
  ({ denyLogs }) => {
    const policy = [deployed(denyLogs)];

    it.each(ABUSES)('denies %s on %s, from inside Lambda and from elsewhere', (action, resource) => {
      expect(isDenied(policy, call(action, resource))).toBe(true);
      expect(isDenied(policy, call(action, resource, null))).toBe(true);
    });

    it('lets the quarantine queues of this deployment be reached: Lambda delivers with the role of the suspect', () => {
      expect(isDenied(policy, call('sqs:SendMessage', HELD, null))).toBe(false);
      expect(isDenied(policy, call('sqs:SendMessage', HELD))).toBe(false);
    });

    it.each(EVIDENCE)(
      '%s: from Lambda unless policy closes it, and never with carried-off credentials',
      (action) => {
        expect(isDenied(policy, call(action))).toBe(denyLogs);
        expect(isDenied(policy, call(action, '*', null))).toBe(true);
      },
    );

    it('is what is written where it cannot be attached, statement by statement', () => {
      const { Statement, ...document } = deployed(denyLogs);

      // An inline policy allows nothing: what holds events is had by the attached one alone.
      expect(wideDenial(PLACE, denyLogs)).toEqual({
        ...document,
        Statement: (Statement as readonly { readonly Effect: string }[]).filter(
          ({ Effect }) => Effect === 'Deny',
        ),
      });
    });
  },
);

describe.each([{ denyLogs: false }, { denyLogs: true }])(
  'a deny of one function of a shared role (denyLogs $denyLogs)',
  ({ denyLogs }) => {
    const policy = [scopedDenial(PLACE, denyLogs, SUSPECT)];

    it.each(ABUSES)(
      'denies the suspect %s on %s, under any qualifier, and leaves its sibling alone',
      (action, resource) => {
        expect(isDenied(policy, call(action, resource))).toBe(true);
        expect(isDenied(policy, call(action, resource, `${SUSPECT}:live`))).toBe(true);
        expect(isDenied(policy, call(action, resource, SIBLING))).toBe(false);
      },
    );

    it.each(EVIDENCE)('%s as the policy of the deployment does', (action) => {
      expect(isDenied(policy, call(action))).toBe(denyLogs);
      expect(isDenied(policy, call(action, '*', SIBLING))).toBe(false);
    });

    it('leaves open what has no source function: credentials that are used elsewhere', () => {
      expect(isDenied(policy, call('s3:GetObject', 'arn:aws:s3:::customers/all.csv', null))).toBe(false);
    });
  },
);

describe('a deny of old sessions', () => {
  const policy = [sessionsDenial('2026-11-20T12:00:00.000Z')];

  it.each([
    ['2026-11-20T11:59:59Z', true],
    ['2026-11-20T12:00:00Z', false],
    ['2026-11-20T12:00:01Z', false],
  ])('of a session issued at %s: %s', (issued, denied) => {
    expect(
      isDenied(policy, { action: 'logs:PutLogEvents', resource: '*', context: by(SUSPECT, issued) }),
    ).toBe(denied);
  });

  it('is known by its date, and by nothing that is not ours', () => {
    expect(cutoffOf(policy[0])).toBe('2026-11-20T12:00:00.000Z');
    expect(cutoffOf(wideDenial(PLACE, false))).toBeNull();
    expect(cutoffOf(null)).toBeNull();
  });
});

describe('where a deny may be written', () => {
  it.each([
    ['order-worker', ['order-worker'], true],
    ['path/order-worker', ['order-*'], true],
    ['order-worker', [], false],
    ['admin', ['order-*'], false],
    ['tourniquet-prod-contain', ['*'], false],
    ['tourniquet-dev-release', ['tourniquet-*'], false],
  ])('the role %s, with the list %j: %s', (name, listed, admitted) => {
    expect(admitsInline(`arn:aws:iam::123456789012:role/${name}`, listed, 'tourniquet-prod')).toBe(admitted);
  });

  it('goes by names that no two regions and no two functions share', () => {
    const [here, there] = [PLACE, { ...PLACE, region: 'us-east-1' }].map(policyNames);

    expect(here?.wide).not.toBe(there?.wide);
    expect(here?.sessions).not.toBe(there?.sessions);
    expect(here?.scoped(SUSPECT)).not.toBe(here?.scoped(SIBLING));
    // Of an inline policy: 128 characters.
    expect(here?.scoped(SUSPECT)).toMatch(/^[\w+=,.@-]{1,128}$/);
  });
});
