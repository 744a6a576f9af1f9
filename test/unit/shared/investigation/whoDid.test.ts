import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { whoDid } from '../../../../shared/investigation/whoDid';

const OURS = 'tourniquet-test-';
const role = (name: string) => ({
  type: 'AssumedRole',
  arn: `arn:aws:sts::123456789012:assumed-role/${name}/session`,
  sessionContext: { sessionIssuer: { arn: `arn:aws:iam::123456789012:role/${name}` } },
});

const eventOf = (id: string, call: object) => ({
  EventId: id,
  EventTime: new Date('2026-11-20T12:00:00.000Z'),
  CloudTrailEvent: JSON.stringify(call),
});

/** CloudTrail as LookupEvents documents it, with the given events under each name. */
const trail = (byName: Readonly<Record<string, readonly object[]>>): CloudTrailClient => {
  const client = new CloudTrailClient({ region: 'eu-west-1' });
  const send = (command: {
    input: { LookupAttributes: readonly [{ AttributeKey: string; AttributeValue: string }] };
  }) => {
    const [{ AttributeKey, AttributeValue }] = command.input.LookupAttributes;
    return Promise.resolve({ Events: AttributeKey === 'ResourceName' ? (byName[AttributeValue] ?? []) : [] });
  };
  return Object.assign(client, { send }) as CloudTrailClient;
};

describe('who changed something', () => {
  it('is told newest first, each call once, without what failed, what only reads, invocations and ourselves', async () => {
    const update = {
      eventName: 'UpdateFunctionCode20150331v2',
      eventTime: '2026-11-20T12:05:00Z',
      userIdentity: role('deployer'),
    };
    const cloudTrail = trail({
      worker: [
        eventOf('1', {
          eventName: 'PutFunctionConcurrency20171031',
          eventTime: '2026-11-20T12:01:00Z',
          userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::123456789012:user/eve' },
        }),
        eventOf('2', update),
        eventOf('3', { ...update, errorCode: 'AccessDenied' }),
        eventOf('4', { ...update, userIdentity: role(`${OURS}eu-west-1-contain`) }),
        eventOf('5', { ...update, eventName: 'GetFunction20150331v2' }),
        { ...eventOf('8', { ...update, eventName: 'BatchRead' }), ReadOnly: 'true' },
        eventOf('6', { ...update, eventName: 'Invoke' }),
        { EventId: '7', CloudTrailEvent: 'no JSON' },
      ],
      'arn:worker': [eventOf('2', update)],
    });

    const acts = await whoDid(cloudTrail, ['worker', 'arn:worker', ''], new Date(0), OURS);

    expect(acts).toEqual([
      {
        event: 'UpdateFunctionCode20150331v2',
        by: 'arn:aws:sts::123456789012:assumed-role/deployer/session',
        at: '2026-11-20T12:05:00Z',
      },
      {
        event: 'PutFunctionConcurrency20171031',
        by: 'arn:aws:iam::123456789012:user/eve',
        at: '2026-11-20T12:01:00Z',
      },
    ]);
  });
});
