import {
  CreateTableCommand,
  DynamoDBClient,
  ExecuteStatementCommand,
  GetItemCommand,
  GetResourcePolicyCommand,
  PutItemCommand,
  PutResourcePolicyCommand,
} from '@aws-sdk/client-dynamodb';
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  DetachRolePolicyCommand,
  IAMClient,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import { KinesisClient, ListStreamsCommand } from '@aws-sdk/client-kinesis';
import {
  CreateFunctionCommand,
  LambdaClient,
  ListFunctionsCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import {
  assume,
  deletePolicy,
  invoke,
  keyOf,
  makeFunction,
  makeRole,
  policy,
  putPolicy,
  type Statement,
  showsEnvironment,
  zipOf,
} from './account';
import { type Credentials, clientOptions, useLocalAws } from './instance';

const localAws = useLocalAws();

const everything = { Action: '*', Resource: '*' } as const;
const denyAll: Statement = { Effect: 'Deny', ...everything };

function listBuckets(key: Credentials): Promise<unknown> {
  return new S3Client(clientOptions(localAws(), key)).send(new ListBucketsCommand({}));
}

describe('a function of the local AWS', () => {
  beforeAll(async () => {
    const role = await makeRole(localAws(), 'shared', [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }]);
    await makeFunction(localAws(), 'suspect', role, showsEnvironment);
    await makeFunction(localAws(), 'bystander', role, showsEnvironment);
  });

  it('runs as a session of its role, named as the function', async () => {
    const key = await keyOf(localAws(), 'suspect');
    const { Arn } = await new STSClient(clientOptions(localAws(), key)).send(
      new GetCallerIdentityCommand({}),
    );
    expect(Arn).toBe('arn:aws:sts::000000000000:assumed-role/shared/suspect');
  });

  it('sees the root key nowhere: not in its environment, nor in that of the process that started it', async () => {
    const source = `
      const { readFileSync } = require('node:fs');
      const of = (pid) => { try { return readFileSync('/proc/' + pid + '/environ', 'utf8'); } catch { return ''; } };
      exports.handler = async () => ({ seen: JSON.stringify(process.env) + of('self') + of(process.ppid) });`;
    const role = await makeRole(localAws(), 'curious', []);
    await makeFunction(localAws(), 'curious', role, source);
    const { seen = '' } = await invoke(localAws(), 'curious');
    expect(seen).toContain('AWS_ENDPOINT_URL');
    expect(seen).not.toContain(localAws().accessKeyId);
    expect(seen).not.toContain(localAws().secretAccessKey);
  });

  it('may do what its role allows and nothing else', async () => {
    const key = await keyOf(localAws(), 'suspect');
    await expect(listBuckets(key)).resolves.toBeDefined();
    const refused = new LambdaClient(clientOptions(localAws(), key)).send(new ListFunctionsCommand({}));
    await expect(refused).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('makes functions only of the names that its role may make', async () => {
    const key = await keyOf(localAws(), 'suspect');
    const lambda = new LambdaClient(clientOptions(localAws(), key));
    await putPolicy(localAws(), 'shared', 'makes', [
      {
        Effect: 'Allow',
        Action: 'lambda:CreateFunction',
        Resource: 'arn:aws:lambda:us-east-1:000000000000:function:drill-*',
      },
      { Effect: 'Allow', Action: 'iam:PassRole', Resource: 'arn:aws:iam::000000000000:role/shared' },
    ]);
    const make = async (FunctionName: string) =>
      lambda.send(
        new CreateFunctionCommand({
          FunctionName,
          Role: 'arn:aws:iam::000000000000:role/shared',
          Runtime: 'nodejs22.x',
          Handler: 'index.handler',
          Code: { ZipFile: await zipOf('exports.handler = async () => 1;') },
        }),
      );
    await expect(make('another')).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(make('drill-1')).resolves.toBeDefined();
    await deletePolicy(localAws(), 'shared', 'makes');
  });

  it('is stopped by a deny, whatever allows it', async () => {
    const key = await keyOf(localAws(), 'suspect');
    await putPolicy(localAws(), 'shared', 'containment', [denyAll]);
    await expect(listBuckets(key)).rejects.toMatchObject({ name: 'AccessDenied' });
    await deletePolicy(localAws(), 'shared', 'containment');
    await expect(listBuckets(key)).resolves.toBeDefined();
  });

  it('is stopped alone by a deny on lambda:SourceFunctionArn, though it shares its role', async () => {
    const arn = 'arn:aws:lambda:us-east-1:000000000000:function:suspect';
    const condition = { ArnEquals: { 'lambda:SourceFunctionArn': arn } };
    await putPolicy(localAws(), 'shared', 'containment', [{ ...denyAll, Condition: condition }]);
    await expect(listBuckets(await keyOf(localAws(), 'suspect'))).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    await expect(listBuckets(await keyOf(localAws(), 'bystander'))).resolves.toBeDefined();
    await deletePolicy(localAws(), 'shared', 'containment');
  });

  it('loses sessions older than a date on aws:TokenIssueTime, and a new environment works while the stolen key stays dead', async () => {
    const stolen = await keyOf(localAws(), 'suspect');
    const older = (date: Date) => ({ DateLessThan: { 'aws:TokenIssueTime': date.toISOString() } });

    await putPolicy(localAws(), 'shared', 'revoked', [
      { ...denyAll, Condition: older(new Date(Date.now() - 3_600_000)) },
    ]);
    await expect(listBuckets(stolen)).resolves.toBeDefined();

    // The key's time of issue has whole seconds.
    const now = new Date(Math.ceil(Date.now() / 1000) * 1000);
    await putPolicy(localAws(), 'shared', 'revoked', [{ ...denyAll, Condition: older(now) }]);
    await expect(listBuckets(stolen)).rejects.toMatchObject({ name: 'AccessDenied' });

    await new Promise((resume) => setTimeout(resume, now.getTime() - Date.now()));
    const lambda = new LambdaClient(clientOptions(localAws()));
    const code = await zipOf(`${showsEnvironment} // a new environment`);
    await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'suspect', ZipFile: code }));
    await expect(listBuckets(await keyOf(localAws(), 'suspect'))).resolves.toBeDefined();
    await expect(listBuckets(stolen)).rejects.toMatchObject({ name: 'AccessDenied' });
    await deletePolicy(localAws(), 'shared', 'revoked');
  });
});

describe('a responder limited by iam:PolicyARN', () => {
  it('attaches and detaches the one policy, and no other', async () => {
    const root = new IAMClient(clientOptions(localAws()));
    const make = async (name: string) => {
      const made = await root.send(
        new CreatePolicyCommand({ PolicyName: name, PolicyDocument: policy([denyAll]) }),
      );
      return made.Policy?.Arn ?? '';
    };
    const [quarantine, other] = [await make('quarantine'), await make('other')];
    await makeRole(localAws(), 'target', []);
    const responder = await makeRole(localAws(), 'responder', [
      {
        Effect: 'Allow',
        Action: ['iam:AttachRolePolicy', 'iam:DetachRolePolicy'],
        Resource: '*',
        Condition: { ArnEquals: { 'iam:PolicyARN': quarantine } },
      },
    ]);
    const iam = new IAMClient(clientOptions(localAws(), await assume(localAws(), responder, 'contain')));

    await iam.send(new AttachRolePolicyCommand({ RoleName: 'target', PolicyArn: quarantine }));
    const wrong = iam.send(new AttachRolePolicyCommand({ RoleName: 'target', PolicyArn: other }));
    await expect(wrong).rejects.toMatchObject({ name: 'AccessDenied' });
    await iam.send(new DetachRolePolicyCommand({ RoleName: 'target', PolicyArn: quarantine }));
  });
});

describe('a responder that may ask for the permissions of one role', () => {
  it('is answered for that one and refused for another', async () => {
    const suspect = await makeRole(localAws(), 'simulated', [{ Effect: 'Allow', ...everything }]);
    const other = await makeRole(localAws(), 'not-simulated', []);
    const asker = await makeRole(localAws(), 'asker', [
      { Effect: 'Allow', Action: 'iam:SimulatePrincipalPolicy', Resource: suspect },
    ]);
    const iam = new IAMClient(clientOptions(localAws(), await assume(localAws(), asker, 'session')));
    const ask = (PolicySourceArn: string) =>
      iam.send(new SimulatePrincipalPolicyCommand({ PolicySourceArn, ActionNames: ['s3:ListAllMyBuckets'] }));

    expect((await ask(suspect)).EvaluationResults?.[0]?.EvalDecision).toBe('allowed');
    await expect(ask(other)).rejects.toMatchObject({ name: expect.stringMatching(/^AccessDenied/) });
  });
});

describe('a caller who is not who he says', () => {
  it.each([
    [
      'the root key with another secret',
      () => ({ accessKeyId: localAws().accessKeyId, secretAccessKey: 'test' }),
    ],
    ['the emulator’s usual key', () => ({ accessKeyId: 'test', secretAccessKey: 'test' })],
    ['an account number for a key', () => ({ accessKeyId: '000000000000', secretAccessKey: 'test' })],
  ])('is refused: %s', async (_, credentials) => {
    const options = clientOptions(localAws(), credentials());
    await expect(new LambdaClient(options).send(new ListFunctionsCommand({}))).rejects.toThrow();
    await expect(new STSClient(options).send(new GetCallerIdentityCommand({}))).rejects.toThrow();
    await expect(new S3Client(options).send(new ListBucketsCommand({}))).rejects.toThrow();
    await expect(new KinesisClient(options).send(new ListStreamsCommand({}))).rejects.toThrow();
  });

  it('is believed with a good signature over HTTP/2, too', async () => {
    const kinesis = new KinesisClient(clientOptions(localAws()));
    expect((await kinesis.send(new ListStreamsCommand({}))).StreamNames).toEqual([]);
  });

  it.each([
    ['GET', '/'],
    ['GET', '/bucket/key'],
    ['DELETE', '/bucket/key'],
    ['GET', '/2015-03-31/functions/'],
  ])('is refused unsigned: %s %s', async (method, path) => {
    const response = await fetch(`${localAws().endpoint}${path}`, { method });
    expect(response.status).toBe(403);
  });
});

describe('a statement of PartiQL', () => {
  const table = 'lines';
  const db = (key?: Credentials) => new DynamoDBClient(clientOptions(localAws(), key));
  const item = { pk: { S: 'a' } };
  const INSERT = `INSERT INTO "${table}" VALUE {'pk': 'a'}`;
  const tries = (key: Credentials) =>
    Promise.all(
      [
        INSERT,
        `UPDATE "${table}" SET text = 'b' WHERE pk = 'a'`,
        `DELETE FROM "${table}" WHERE pk = 'a'`,
        `SELECT * FROM "${table}" WHERE pk = 'a'`,
      ].map((Statement) =>
        db(key)
          .send(new ExecuteStatementCommand({ Statement }))
          .then(
            () => 'done',
            (error: Error) => error.name,
          ),
      ),
    );

  beforeAll(async () => {
    await db().send(
      new CreateTableCommand({
        TableName: table,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      }),
    );
  });

  it('asks for the permission of what it does, on its table, and an INSERT writes no key twice', async () => {
    const inserter = await assume(
      localAws(),
      await makeRole(localAws(), 'inserter', [
        { Effect: 'Allow', Action: 'dynamodb:PartiQLInsert', Resource: `*:table/${table}` },
      ]),
      'inserter',
    );
    const elsewhere = await assume(
      localAws(),
      await makeRole(localAws(), 'elsewhere', [
        { Effect: 'Allow', Action: 'dynamodb:*', Resource: '*:table/others' },
      ]),
      'elsewhere',
    );
    const updater = await assume(
      localAws(),
      await makeRole(localAws(), 'updater', [
        { Effect: 'Allow', Action: 'dynamodb:PartiQLUpdate', Resource: `*:table/${table}` },
      ]),
      'updater',
    );
    const denied = 'AccessDeniedException';

    expect(await tries(elsewhere)).toEqual([denied, denied, denied, denied]);
    expect(await tries(inserter)).toEqual(['done', denied, denied, denied]);
    expect((await tries(inserter))[0]).toBe('DuplicateItemException');
    expect((await tries(updater))[1]).not.toBe(denied);
    await expect(
      db(inserter).send(new PutItemCommand({ TableName: table, Item: item })),
    ).rejects.toMatchObject({ name: denied });
  });
});

describe('the policy of a table', () => {
  const db = (key?: Credentials) => new DynamoDBClient(clientOptions(localAws(), key));
  const arnOf = (table: string) =>
    `arn:aws:dynamodb:${localAws().region}:${localAws().accountId}:table/${table}`;

  beforeAll(async () => {
    for (const TableName of ['shut', 'open'])
      await db().send(
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        }),
      );
  });

  it('shuts out whom it denies, and is read and written by whom that table is allowed', async () => {
    const role = await makeRole(localAws(), 'keeper', [
      { Effect: 'Allow', Action: 'dynamodb:*', Resource: arnOf('shut') },
      { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: arnOf('open') },
    ]);
    const keeper = db(await assume(localAws(), role, 'keeper'));
    const get = (TableName: string) =>
      keeper.send(new GetItemCommand({ TableName, Key: { pk: { S: 'a' } } }));
    await get('shut');
    const deny = { Effect: 'Deny', Principal: { AWS: role }, Action: 'dynamodb:GetItem' };
    const Policy = policy([{ ...deny, Resource: arnOf('shut') }]);
    await keeper.send(new PutResourcePolicyCommand({ ResourceArn: arnOf('shut'), Policy }));

    const denied = { name: 'AccessDeniedException' };
    await expect(get('shut')).rejects.toMatchObject(denied);
    await get('open');
    const read = (table: string) => keeper.send(new GetResourcePolicyCommand({ ResourceArn: arnOf(table) }));
    expect((await read('shut')).Policy).toBe(Policy);
    await expect(read('open')).rejects.toMatchObject(denied);
  });
});
