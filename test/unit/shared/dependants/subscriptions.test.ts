import { AuthorizationErrorException, NotFoundException } from '@aws-sdk/client-sns';
import { subscriptions } from '../../../../shared/dependants/cuts/subscriptions';
import { wordsOf } from '../../../integration/containment/undoCommands';
import { ACCOUNT, cutClients, reachOf } from './cutClients';

const TOPIC = `arn:aws:sns:eu-west-1:${ACCOUNT}:orders`;
const arnOf = (n: number): string => `${TOPIC}:00000000-0000-0000-0000-${String(n).padStart(12, '0')}`;
const one = (n: number, rest: object = {}) => ({
  SubscriptionArn: arnOf(n),
  Owner: ACCOUNT,
  Protocol: 'sqs',
  Endpoint: `arn:aws:sqs:eu-west-1:${ACCOUNT}:billing`,
  ...rest,
});
const notFound = () => {
  throw new NotFoundException({ $metadata: {}, message: 'gone' });
};
const unfiltered = () => ({ Attributes: {} });

describe('subscriptions', () => {
  it('are found beyond the first page, each once, in the suspect’s Region and the account of the clients', async () => {
    const asked: unknown[] = [];
    const clients = cutClients({
      ListSubscriptionsByTopic: ({ TopicArn, NextToken }) => {
        asked.push([TopicArn, NextToken]);
        return NextToken === undefined
          ? { Subscriptions: [one(1)], NextToken: 'more' }
          : { Subscriptions: [one(2)] };
      },
      GetSubscriptionAttributes: unfiltered,
    });
    const elsewhere = [TOPIC.replace('eu-west-1', 'us-east-1'), TOPIC.replace(ACCOUNT, '999999999999')];
    const targets = await subscriptions.find(reachOf(TOPIC, TOPIC, ...elsewhere), clients, []);

    expect(targets.map(({ id }) => id)).toEqual([arnOf(1), arnOf(2)]);
    expect(asked).toEqual([
      [TOPIC, undefined],
      [TOPIC, 'more'],
    ]);
  });

  it('that are not confirmed, or of another account, are named and not cut', async () => {
    const clients = cutClients({
      ListSubscriptionsByTopic: () => ({
        Subscriptions: [
          one(1, { SubscriptionArn: 'PendingConfirmation' }),
          one(2, { Owner: '999999999999' }),
        ],
      }),
    });
    const targets = await subscriptions.find(reachOf(TOPIC), clients, []);

    expect(targets.map(({ id, left }) => [id, left])).toEqual([
      [`${TOPIC}#PendingConfirmation`, 'it is not confirmed'],
      [arnOf(2), 'it belongs to the account 999999999999'],
    ]);
  });

  it('tell no address of a person and no URL with a token', async () => {
    const endpoints = ['ann@example.com', 'https://hooks.example.com/T0/secret', '<!channel>', 'arn:<b>'];
    const clients = cutClients({
      ListSubscriptionsByTopic: () => ({
        Subscriptions: endpoints.map((Endpoint, n) => one(n, { Protocol: 'email', Endpoint })),
      }),
      GetSubscriptionAttributes: unfiltered,
    });
    const targets = await subscriptions.find(reachOf(TOPIC), clients, []);

    expect(targets).toHaveLength(endpoints.length);
    for (const [n, endpoint] of endpoints.entries()) expect(targets[n]?.breaks).not.toContain(endpoint);
  });

  it('of a topic that is gone are none; a topic that cannot be looked at is an error', async () => {
    const gone = cutClients({ ListSubscriptionsByTopic: notFound });
    expect(await subscriptions.find(reachOf(TOPIC), gone, [])).toEqual([]);

    const refused = cutClients({
      ListSubscriptionsByTopic: () => {
        throw new AuthorizationErrorException({ $metadata: {}, message: 'no' });
      },
    });
    await expect(subscriptions.find(reachOf(TOPIC), refused, [])).rejects.toThrow(
      AuthorizationErrorException,
    );
  });

  it('are paused by a value that is another one each time, so that nobody can publish past it', async () => {
    const written: string[] = [];
    const clients = cutClients({
      GetSubscriptionAttributes: unfiltered,
      SetSubscriptionAttributes: ({ AttributeValue }) => {
        written.push(String(AttributeValue));
        return {};
      },
    });
    const target = { id: arnOf(1), before: { filterPolicy: null, scope: 'MessageAttributes' }, breaks: '' };
    await subscriptions.cut(target, reachOf(), clients);
    await subscriptions.cut(target, reachOf(), clients);

    expect(new Set(written).size).toBe(2);
    for (const policy of written) expect(policy).toMatch(/^\{"TourniquetCutOff":\["[0-9a-f]{32}"\]\}$/);
  });

  it('that somebody changed since they were kept are left, and said', async () => {
    const clients = cutClients({
      GetSubscriptionAttributes: () => ({ Attributes: { FilterPolicy: '{"a":["b"]}' } }),
    });
    const target = {
      id: arnOf(1),
      before: { filterPolicy: '{"a":["c"]}', scope: 'MessageBody' },
      breaks: '',
    };
    await expect(subscriptions.cut(target, reachOf(), clients)).rejects.toThrow('was changed by somebody');
  });

  it.each([
    ['they were paused when they were found', '{"TourniquetCutOff":["0123456789abcdef0123456789abcdef"]}'],
    ['the scope of the filter is another one', '{"a":["b"]}'],
  ])('stay paused where %s', async (_why, filterPolicy) => {
    const clients = cutClients({
      GetSubscriptionAttributes: () => ({
        Attributes: {
          FilterPolicy: '{"TourniquetCutOff": ["ffffffffffffffffffffffffffffffff"]}',
          FilterPolicyScope: 'MessageBody',
        },
      }),
    });
    const target = { id: arnOf(1), before: { filterPolicy, scope: 'MessageAttributes' }, breaks: '' };
    expect((await subscriptions.mend(target, reachOf(), clients)).outcome).toBe('drift');
  });

  it('come back by a command whose policy stays one word in a shell', () => {
    const filterPolicy = `{"a": ["'; rm -rf / #",\n "$(id)"]}`;
    const [line = ''] = subscriptions.undo(
      { id: arnOf(1), before: { filterPolicy, scope: 'MessageAttributes' }, breaks: '' },
      reachOf(),
    );
    expect(line).not.toContain('\n');
    expect(JSON.parse(wordsOf(line)[8] ?? '')).toEqual(JSON.parse(filterPolicy));
  });
});
