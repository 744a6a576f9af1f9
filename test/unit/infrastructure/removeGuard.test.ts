import { ENDED } from '../../../shared/incident/incident';
import { readYaml } from '../../fixtures/repository';

type Guard = { readonly hooks: Readonly<Record<string, () => Promise<void>>> };
const RemoveGuard = require('../../../infrastructure/removeGuard.cjs') as {
  new (serverless: unknown): Guard;
  readonly ENDED: readonly string[];
};

type Sent = { readonly IndexName: string; readonly FilterExpression: string } & Readonly<
  Record<string, unknown>
>;
type Answer = { readonly status: number; readonly body: unknown };

/** DynamoDB as it answers on the wire, one answer after the other; the last one again and again. */
const dynamoDb = (answers: readonly Answer[]) => {
  const sent: Sent[] = [];
  const handle = async ({ body }: { body: Uint8Array }) => {
    const { status, body: answer } = answers[Math.min(sent.length, answers.length - 1)] as Answer;
    sent.push(JSON.parse(new TextDecoder().decode(body)) as Sent);
    return {
      response: {
        statusCode: status,
        headers: { 'content-type': 'application/x-amz-json-1.0' },
        body: new TextEncoder().encode(JSON.stringify(answer)),
      },
    };
  };
  return { sent, handle };
};

class ServerlessError extends Error {
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

const run = async (answers: readonly Answer[], removeWithOpenIncidents = 'false') => {
  const { sent, handle } = dynamoDb(answers);
  const guard = new RemoveGuard({
    classes: { Error: ServerlessError },
    service: {
      custom: { config: { removeWithOpenIncidents }, names: { table: 'tourniquet-prod-incidents' } },
    },
    getProvider: () => ({
      getStage: () => 'prod',
      getAwsSdkV3Config: async () => ({
        region: 'eu-west-1',
        credentials: { accessKeyId: 'none', secretAccessKey: 'none' },
        maxAttempts: 1,
        requestHandler: { handle, metadata: { handlerProtocol: 'http/1.1' } },
      }),
    }),
  });
  const refused = await guard.hooks['before:remove:remove']?.().then(
    () => null,
    (error: ServerlessError) => error,
  );
  return { refused, sent };
};

const item = (id: string, status = 'contained', functionName = 'order-worker') => ({
  id: { S: id },
  status: { S: status },
  functionName: { S: functionName },
});
const page = (items: readonly unknown[], more = false): Answer => ({
  status: 200,
  body: {
    Items: items,
    Count: items.length,
    ...(more ? { LastEvaluatedKey: { pk: { S: 'incident#a' }, sk: { S: 'incident' } } } : {}),
  },
});
const failure = (type: string): Answer => ({
  status: 400,
  body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'said so' },
});

describe('serverless remove', () => {
  it('goes on when no incident is open', async () => {
    expect((await run([page([])])).refused).toBeNull();
  });

  it('is refused while an incident is open: each is named, and how to go on', async () => {
    const { refused } = await run([page([item('inc-1'), item('inc-2', 'watching', 'mailer')])]);

    expect(refused).toBeInstanceOf(ServerlessError);
    expect(refused?.message).toMatch(/^Not removed: 2 incident\(s\)/);
    expect(refused?.message).toContain('inc-1  contained  order-worker');
    expect(refused?.message).toContain('inc-2  watching  mailer');
    expect(refused?.message).toContain('npx tourniquet --stage prod undo inc-1');
    expect(refused?.message).toContain('--param="removeWithOpenIncidents=true"');
  });

  it('reads every page: a filtered page may be empty and not be the last', async () => {
    const { refused, sent } = await run([page([], true), page([item('inc-3')])]);

    expect(sent.map(({ ExclusiveStartKey }) => ExclusiveStartKey !== undefined)).toEqual([false, true]);
    expect(refused?.message).toContain('inc-3');
  });

  it('goes on where there is no table: there is nothing to hold on to', async () => {
    expect((await run([failure('ResourceNotFoundException')])).refused).toBeNull();
  });

  it.each(['AccessDeniedException', 'InternalServerError'])(
    'is refused when the table cannot be read: %s (a guard fails closed)',
    async (type) => {
      const { refused } = await run([failure(type)]);

      expect(refused?.message).toContain('could not be read');
      expect(refused?.message).toContain(type);
      expect(refused?.message).toContain('removeWithOpenIncidents');
    },
  );

  it('goes on without a look when told to', async () => {
    const { refused, sent } = await run([page([item('inc-1')])], 'true');

    expect(refused).toBeNull();
    expect(sent).toEqual([]);
  });

  it('lets no name bring escape sequences or lines of its own', async () => {
    const { refused } = await run([page([item('inc-1', 'contained', 'x\u001b[2J\nRemoved')])]);

    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
    expect(refused?.message).not.toMatch(/\u001b|\nRemoved/);
  });

  it('knows the same ends as the incidents, and asks for all but those', async () => {
    const { sent } = await run([page([])]);

    expect([...RemoveGuard.ENDED].toSorted()).toEqual([...ENDED].toSorted());
    expect(sent[0]).toMatchObject({ TableName: 'tourniquet-prod-incidents', IndexName: 'by-opened' });
    expect(Object.values(sent[0]?.ExpressionAttributeValues ?? {})).toEqual(
      expect.arrayContaining(ENDED.map((status) => ({ S: status }))),
    );
    expect(sent[0]?.FilterExpression).toMatch(/^NOT #status IN/);
  });

  it('is a plugin of the service', () => {
    const { plugins } = readYaml('serverless.yml') as { plugins: readonly string[] };

    expect(plugins).toContain('./infrastructure/removeGuard.cjs');
  });
});
