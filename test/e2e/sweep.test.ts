import { AttachRolePolicyCommand, CreatePolicyCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  AddPermissionCommand,
  CreateAliasCommand,
  DeleteFunctionCommand,
  InvokeCommand,
  UpdateFunctionCodeCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { STSClient } from '@aws-sdk/client-sts';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { approveState } from '../../cli/approve';
import { until } from '../../local/until';
import { listIncidents } from '../../shared/incident/store';
import { enter, incidentOf, type Made, makeFunction, type World, zip } from './world';

describe('the sweep', () => {
  let world: World;
  beforeAll(async () => {
    world = await enter();
  });
  const prefix = (): string => world.instance.stack.incidentTable.replace(/-incidents$/, '');

  const sweep = async (...made: readonly Made[]): Promise<unknown> => {
    const { FunctionError, Payload } = await world.instance.clients.lambda.send(
      new InvokeCommand({
        FunctionName: `${prefix()}-sweep`,
        Payload: Buffer.from(JSON.stringify({ functions: made.map(({ name }) => name) })),
      }),
    );
    const answer = Buffer.from(Payload ?? '').toString();
    expect([FunctionError, answer]).toEqual([undefined, expect.any(String)]);
    return JSON.parse(answer);
  };

  const replaceCode = async ({ name }: Made, text: string): Promise<void> => {
    const { lambda } = world.instance.clients;
    await lambda.send(
      new UpdateFunctionCodeCommand({
        FunctionName: name,
        ZipFile: await zip(`exports.handler = async () => '${text}';`),
      }),
    );
    await waitUntilFunctionUpdatedV2(
      { client: lambda, maxWaitTime: 30, minDelay: 0.1, maxDelay: 1 },
      { FunctionName: name },
    );
  };

  it('finds code that was replaced behind everybody, tells of it once, and takes a person’s word that it is right', async () => {
    const made = await makeFunction(world, { mode: 'respond' });
    const { Policy } = await world.instance.clients.iam.send(
      new CreatePolicyCommand({
        PolicyName: `${made.name}-own`,
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
        }),
      }),
    );
    await world.instance.clients.iam.send(
      new AttachRolePolicyCommand({ RoleName: made.roleName, PolicyArn: Policy?.Arn }),
    );
    const alias = { FunctionName: made.name, Name: 'live', FunctionVersion: '$LATEST' };
    await world.instance.clients.lambda.send(new CreateAliasCommand(alias));
    expect(await sweep(made)).toEqual({ looked: 1, raised: 0, left: 0 });
    expect(await sweep(made)).toEqual({ looked: 1, raised: 0, left: 0 });

    await replaceCode(made, 'mined');
    await world.instance.clients.lambda.send(
      new AddPermissionCommand({
        FunctionName: made.name,
        Qualifier: alias.Name,
        StatementId: 'door',
        Action: 'lambda:InvokeFunction',
        Principal: '*',
      }),
    );
    await world.instance.clients.iam.send(
      new PutRolePolicyCommand({
        RoleName: made.roleName,
        PolicyName: 'more',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'iam:*', Resource: '*' }],
        }),
      }),
    );
    expect(await sweep(made)).toEqual({ looked: 1, raised: 1, left: 0 });
    const incident = await incidentOf(world, made, 'observed');
    const [witness] = Object.values(incident.witnesses);
    expect(witness).toMatchObject({ rule: 'approved-state-left', severity: 8 });
    expect(witness?.description).toContain('code changed from');
    expect(witness?.description).toContain('policy more of the role added');
    expect(witness?.description).toContain('resource policy of live added');
    expect(incident.because.join()).toContain('no known deployers are listed');

    expect(await sweep(made)).toEqual({ looked: 1, raised: 0, left: 0 });
    const { lambda, iam } = world.instance.clients;
    const sts = new STSClient({
      endpoint: world.instance.aws.endpoint,
      region: world.instance.aws.region,
      credentials: world.instance.aws,
    });
    const said = await approveState(
      made.arn,
      { reason: 'a hotfix', prefix: prefix() },
      { lambda, iam, db: world.records.db, sts },
    );
    expect(said.join('\n')).toContain('code changed from');
    expect(await sweep(made)).toEqual({ looked: 1, raised: 0, left: 0 });
    await replaceCode(made, 'again');
    expect(await sweep(made)).toEqual({ looked: 1, raised: 1, left: 0 });
    await until('the other finding', 60, async () => {
      const incidents = await listIncidents(world.records);
      return incidents.filter(({ functionArn }) => functionArn === made.arn).length === 2;
    });
  });

  it('forgets a function that is gone: one that is made anew under its name is learned anew', async () => {
    const made = await makeFunction(world);
    await sweep(made);
    const known = async (): Promise<boolean> => {
      const { Item } = await world.records.db.send(
        new GetCommand({ TableName: `${prefix()}-approved`, Key: { pk: made.arn } }),
      );
      return Item !== undefined;
    };
    expect(await known()).toBe(true);
    await world.instance.clients.lambda.send(new DeleteFunctionCommand({ FunctionName: made.name }));

    expect(await sweep(made)).toEqual({ looked: 1, raised: 0, left: 0 });
    expect(await known()).toBe(false);
  });

  it('goes over all functions but our own when it is due', async () => {
    await makeFunction(world);
    const { FunctionError, Payload } = await world.instance.clients.lambda.send(
      new InvokeCommand({ FunctionName: `${prefix()}-sweep`, Payload: Buffer.from('{}') }),
    );
    expect(FunctionError).toBeUndefined();
    const first = JSON.parse(Buffer.from(Payload ?? '').toString()) as { looked: number; left: number };
    expect(first.looked).toBeGreaterThan(0);
    expect(first.left).toBe(0);
  });
});
