import { usedBy } from '../../../../cli/tighten/used';

const ROLE = 'arn:aws:iam::123456789012:role/order-worker';
const call = (eventSource: string, eventName: string, more: object = {}) => ({
  at: '2026-11-10T10:00:00Z',
  record: {
    eventSource,
    eventName,
    awsRegion: 'eu-west-1',
    recipientAccountId: '123456789012',
    userIdentity: { sessionContext: { sessionIssuer: { arn: ROLE } } },
    ...more,
  },
});

describe('what a role used', () => {
  it('is named as IAM names it, whatever the event calls it', () => {
    const used = usedBy(ROLE, [
      call('monitoring.amazonaws.com', 'PutMetricData'),
      call('lambda.amazonaws.com', 'GetFunction20150331v2', { requestParameters: { functionName: 'other' } }),
    ]);
    expect(used).toEqual([
      { action: 'cloudwatch:PutMetricData', arns: [] },
      { action: 'lambda:GetFunction', arns: ['arn:aws:lambda:eu-west-1:123456789012:function:other'] },
    ]);
  });

  it('is on anything once a call does not say on what it was', () => {
    const name = { requestParameters: { name: '/orders/key' } };
    const calls = [
      call('ssm.amazonaws.com', 'GetParameter', name),
      call('ssm.amazonaws.com', 'GetParameter'),
    ];
    expect(usedBy(ROLE, calls)).toEqual([{ action: 'ssm:GetParameter', arns: [] }]);
    expect(usedBy(ROLE, calls.slice(0, 1))[0]?.arns).toHaveLength(1);
  });

  it('is nothing of what was refused, of what another role did, and of what is no record', () => {
    const refused = call('iam.amazonaws.com', 'CreateUser', { errorCode: 'AccessDenied' });
    const others = call('iam.amazonaws.com', 'CreateUser', { userIdentity: { type: 'IAMUser' } });
    expect(
      usedBy(ROLE, [refused, others, { at: '', record: 'no record' }, { at: '', record: null }]),
    ).toEqual([]);
  });
});
