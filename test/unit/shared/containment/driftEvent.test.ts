import { changeIn } from '../../../../shared/containment/driftEvent';

const PLACE = 'arn:aws:lambda:eu-west-1:123456789012:function:';
const call = (detail: object) => ({
  source: 'aws.lambda',
  'detail-type': 'AWS API Call via CloudTrail',
  resources: [],
  detail: { eventName: 'PutFunctionConcurrency20171031', eventTime: '2026-11-20T12:00:00Z', ...detail },
});

describe('what an event says may have changed', () => {
  it.each([
    'order-worker',
    'order-worker:live',
    '123456789012:function:order-worker',
    '123456789012:function:order-worker:live',
    `${PLACE}order-worker`,
    `${PLACE}order-worker:$LATEST`,
  ])('is the function that a call names as %s', (functionName) => {
    expect(changeIn(call({ requestParameters: { functionName } }), PLACE).functions).toEqual([
      `${PLACE}order-worker`,
    ]);
  });

  it('is the function of a mapping, which only the answer names', () => {
    const event = call({
      eventName: 'UpdateEventSourceMapping20150331',
      requestParameters: { uUID: '0c1e0c1e-0000-4000-8000-000000000000', enabled: true },
      responseElements: { functionArn: `${PLACE}order-worker` },
    });

    expect(changeIn(event, PLACE).functions).toEqual([`${PLACE}order-worker`]);
  });

  it("is the function of Lambda's own report, wherever that names it", () => {
    const inResources = { source: 'aws.lambda', resources: [`${PLACE}order-worker:7`], detail: {} };
    const inDetail = { source: 'aws.lambda', detail: { functionArn: `${PLACE}order-worker:$LATEST` } };

    expect(changeIn(inResources, PLACE)).toEqual({
      functions: [`${PLACE}order-worker`],
      roles: [],
      act: null,
    });
    expect(changeIn(inDetail, PLACE).functions).toEqual([`${PLACE}order-worker`]);
  });

  it('is the role that a deny was taken off', () => {
    const event = call({ eventName: 'DetachRolePolicy', requestParameters: { roleName: 'order-worker' } });

    expect(changeIn(event, PLACE)).toMatchObject({ functions: [], roles: ['order-worker'] });
  });

  it('says who made the call', () => {
    const arn = 'arn:aws:sts::123456789012:assumed-role/deployer/ci';

    expect(changeIn(call({ userIdentity: { arn } }), PLACE).act).toEqual({
      event: 'PutFunctionConcurrency20171031',
      by: arn,
      at: '2026-11-20T12:00:00Z',
    });
  });

  it('is nothing of another account or Region', () => {
    const elsewhere = 'arn:aws:lambda:us-east-1:123456789012:function:order-worker';

    expect(changeIn(call({ requestParameters: { functionName: elsewhere } }), PLACE).functions).toEqual([]);
  });

  it.each([
    null,
    {},
    { detail: 'text' },
    { detail: { requestParameters: 'text' }, resources: 'none' },
    { detail: { requestParameters: { functionName: { deep: true } } } },
    call({ requestParameters: { functionName: '../../etc' } }),
  ])('is nothing where it cannot be read: %j', (event) => {
    expect(changeIn(event ?? {}, PLACE)).toMatchObject({ functions: [], roles: [] });
  });

  it('names no more functions than are worth looking at, however many a caller puts in', () => {
    const many = Array.from({ length: 1000 }, (_, index) => `${PLACE}f${index}`);

    expect(changeIn(call({ requestParameters: { functionName: 'f', many } }), PLACE).functions).toHaveLength(
      1,
    );
    expect(changeIn({ resources: many, detail: {} }, PLACE).functions).toHaveLength(10);
  });
});
