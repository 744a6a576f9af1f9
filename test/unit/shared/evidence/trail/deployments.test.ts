import { readRecord } from '../../../../../shared/evidence/trail/call';
import { deploymentsOf } from '../../../../../shared/evidence/trail/deployments';

/** As CloudTrail writes them: User Guide, "Logging Lambda API calls". */
const call = (eventName: string, minute: number, more: object = {}) =>
  readRecord(
    JSON.stringify({
      eventSource: 'lambda.amazonaws.com',
      eventName,
      eventTime: `2026-11-20T10:${String(minute).padStart(2, '0')}:00Z`,
      eventID: `e-${minute}`,
      sourceIPAddress: '198.51.100.7',
      userAgent: 'aws-cli/2.22',
      userIdentity: {
        type: 'AssumedRole',
        arn: 'arn:aws:sts::123456789012:assumed-role/deployer/ci-42',
        accessKeyId: 'ASIAEXAMPLE000000000',
      },
      requestParameters: { functionName: 'victim' },
      ...more,
    }),
    'inc-1',
  ).call;

describe('who deployed what', () => {
  it('is said with who, when, from where and with which approval tag, oldest first', () => {
    const tags = { team: 'shop', 'change-ticket': 'CHG-7' };
    const found = deploymentsOf([
      call('UpdateFunctionCode20150331v2', 5),
      call('GetFunction20150331v2', 4),
      call('PutFunctionConcurrency20171031', 3),
      call('TagResource20170331v2', 2, {
        requestParameters: { resource: 'arn', tags: { 'approved-by': 'alice' } },
      }),
      call('CreateFunction20150331', 1, { requestParameters: { functionName: 'victim', tags } }),
    ]);

    expect(found.map(({ event }) => event)).toEqual([
      'CreateFunction20150331',
      'TagResource20170331v2',
      'UpdateFunctionCode20150331v2',
    ]);
    expect(found.at(-1)).toEqual({
      at: '2026-11-20T10:05:00Z',
      event: 'UpdateFunctionCode20150331v2',
      eventId: 'e-5',
      by: 'arn:aws:sts::123456789012:assumed-role/deployer/ci-42',
      accessKeyId: 'ASIAEXAMPLE000000000',
      fromAddress: '198.51.100.7',
      userAgent: 'aws-cli/2.22',
      refused: null,
      tags: { ...tags, 'approved-by': 'alice' },
      approvalTags: { 'change-ticket': 'CHG-7', 'approved-by': 'alice' },
    });
  });

  it('counts no tag that was refused or taken off again', () => {
    const tagged = { requestParameters: { tags: { 'approved-by': 'mallory' } } };
    const found = deploymentsOf([
      call('TagResource20170331v2', 1, { ...tagged, errorCode: 'AccessDenied' }),
      call('TagResource20170331v2', 2, tagged),
      call('UntagResource20170331v2', 3, { requestParameters: { tagKeys: ['approved-by'] } }),
      call('UpdateFunctionCode20150331v2', 4),
    ]);

    expect(found.map(({ refused, approvalTags }) => [refused, approvalTags])).toEqual([
      ['AccessDenied', {}],
      [null, { 'approved-by': 'mallory' }],
      [null, {}],
      [null, {}],
    ]);
  });

  it('is of Lambda alone: another service has calls of the same name', () => {
    expect(deploymentsOf([call('CreateAlias', 1, { eventSource: 'kms.amazonaws.com' })])).toEqual([]);
  });
});
