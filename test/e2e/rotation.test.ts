import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { CreateSecretCommand, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { currentVersion } from '../../local/demo/attack';
import { buttonsOf } from '../../local/deskClient';
import { until } from '../../local/until';
import { deployWorkload, removeWorkload, type Workload } from '../../local/workload/deploy';
import { getIncident } from '../../shared/incident/store';
import { takes } from '../../shared/rotation/database/engine';
import { readLogin } from '../../shared/rotation/database/login';
import { postgres } from '../../shared/rotation/database/postgres';
import { fetchPostgres, whyNot } from '../fixtures/databases/fetched';
import { PASSWORD, startPostgres } from '../fixtures/databases/server';
import { sqlOf } from '../fixtures/databases/sql';
import { decideAs } from './decisions';
import { enter, incidentOf, makeFunction, report, saidTo, type World } from './world';

const noDatabase = whyNot(fetchPostgres);
if (noDatabase !== null) process.stderr.write(`${noDatabase}: the test with it is skipped\n`);

describe('the secrets of a contained function', () => {
  let world: World;
  let workload: Workload;
  beforeAll(async () => {
    world = await enter();
    workload = await deployWorkload(world.instance.clients);
  });
  afterAll(() => removeWorkload(world.instance.clients));

  it('are rotated where they are its own; one that it shares is, when an approver says so in Slack', async () => {
    const { clients } = world.instance;
    const { paymentSecretArn, partnerSecretArn, workerArn } = workload;
    const own = await currentVersion(clients, paymentSecretArn);
    const shared = await currentVersion(clients, partnerSecretArn);
    const { Role = '' } = await clients.lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: workerArn }),
    );
    // With the mailer of the workload, a secret that three functions use: one of them is the suspect.
    const third = await makeFunction(world, { environment: { PARTNER_SECRET_ARN: partnerSecretArn } });
    await report(world, { arn: workerArn, role: Role });
    const { id } = await incidentOf(world, { arn: workerArn }, 'contained');
    await until('the rotation', 60, async () => (await currentVersion(clients, paymentSecretArn)) !== own);
    const { ts } = await until(
      'the question about the shared one',
      60,
      async () =>
        (await world.desk.messages()).find(
          (message) =>
            buttonsOf(message).includes('rotate_secret') && JSON.stringify(message).includes(`${id}.`),
        ) ?? null,
    );
    expect(await currentVersion(clients, partnerSecretArn)).toBe(shared);
    const { questions = [] } = await getIncident(world.records, id);
    const why = questions.find(({ secretArn }) => secretArn === partnerSecretArn)?.why;
    expect(why).toContain('invoice-mailer');
    expect(why).toContain(third.name);

    await world.desk.press(ts, 'rotate_secret', 'U0INTERN');
    await saidTo(world, 'U0INTERN', id, 'not on the list of approvers');
    expect(await currentVersion(clients, partnerSecretArn)).toBe(shared);

    await world.desk.press(ts, 'rotate_secret', 'U0ONCALL');
    await until(
      'the rotation of the shared one',
      60,
      async () => (await currentVersion(clients, partnerSecretArn)) !== shared,
    );
    await decideAs(world, { incidentId: id, action: 'false_positive', reason: 'a test of ours' });
    await incidentOf(world, { arn: workerArn }, 'watching', 'closed');
  });

  (noDatabase === null ? it : it.skip)(
    "are a database user's too: an approver's press changes its password in PostgreSQL, by the deployed function",
    async () => {
      const { secrets } = world.instance.clients;
      const server = await startPostgres();
      try {
        const username = 'orders';
        await sqlOf(server).makeUser(username, 'that was read');
        const { ARN = '' } = await secrets.send(
          new CreateSecretCommand({
            Name: 'orders/database',
            SecretString: JSON.stringify({
              engine: 'postgres',
              host: '127.0.0.1',
              port: server.port,
              username,
              password: 'that was read',
            }),
            Tags: [{ Key: 'tourniquet:rotation', Value: 'database' }],
          }),
        );
        const loginAt = async (VersionStage: string) =>
          readLogin(
            (await secrets.send(new GetSecretValueCommand({ SecretId: ARN, VersionStage }))).SecretString ??
              '',
          );
        const old = await loginAt('AWSCURRENT');
        const suspect = await makeFunction(world, { mode: 'respond', environment: { DATABASE: ARN } });
        await report(world, suspect);
        const { id } = await incidentOf(world, suspect, 'contained');
        const { ts } = await until(
          'the question about the database',
          60,
          async () =>
            (await world.desk.messages()).find(
              (message) =>
                JSON.stringify(message).includes('orders/database') &&
                buttonsOf(message).includes('rotate_secret'),
            ) ?? null,
        );
        expect(await takes(postgres, old)).toBe('yes');

        await world.desk.press(ts, 'rotate_secret', 'U0ONCALL');
        await until(
          'the new password',
          60,
          async () => (await loginAt('AWSCURRENT')).password !== old.password,
        );
        await until('that the old one is refused', 30, async () => (await takes(postgres, old)) === 'no');

        expect(await takes(postgres, await loginAt('AWSCURRENT'))).toBe('yes');
        const { password } = await loginAt('AWSCURRENT');
        expect(JSON.stringify(await world.desk.messages())).not.toContain(password);
        await decideAs(world, { incidentId: id, action: 'false_positive', reason: 'a test of ours' });
        await incidentOf(world, suspect, 'watching', 'closed');
      } finally {
        await server.stop();
      }
    },
  );

  (noDatabase === null ? it : it.skip)(
    'are of no use at a database whose user an approver has locked, until the release unlocks it',
    async () => {
      const { secrets, iam } = world.instance.clients;
      const server = await startPostgres();
      try {
        const username = 'invoices';
        await sqlOf(server).makeUser(username, 'that was read as well');
        const common = { engine: 'postgres', host: '127.0.0.1', port: server.port };
        const secretOf = async (Name: string, login: object, tags: Readonly<Record<string, string>>) =>
          (
            await secrets.send(
              new CreateSecretCommand({
                Name,
                SecretString: JSON.stringify({ ...common, ...login }),
                Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
              }),
            )
          ).ARN ?? '';
        const masterarn = await secretOf(
          'invoices/administrator',
          { username: server.administrator, password: PASSWORD },
          { 'tourniquet:rotation': 'database-administrator' },
        );
        const password = 'that was read as well';
        const Resource = await secretOf(
          'invoices/database',
          { username, password, masterarn },
          { 'tourniquet:rotation': 'database', 'tourniquet:database-user': username },
        );
        const login = readLogin(JSON.stringify({ ...common, username, password }));
        const suspect = await makeFunction(world, { mode: 'respond', environment: { DATABASE: Resource } });
        await iam.send(
          new PutRolePolicyCommand({
            RoleName: suspect.roleName,
            PolicyName: 'database',
            PolicyDocument: JSON.stringify({
              Version: '2012-10-17',
              Statement: [{ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource }],
            }),
          }),
        );
        await report(world, suspect);
        const { id } = await incidentOf(world, suspect, 'contained');
        expect(await takes(postgres, login)).toBe('yes');
        await decideAs(world, {
          incidentId: id,
          action: 'add',
          control: 'database-users',
          reason: 'it has the password',
        });
        await until('that the user is locked', 60, async () => (await takes(postgres, login)) === 'locked');

        await decideAs(world, { incidentId: id, action: 'false_positive', reason: 'a test of ours' });
        await incidentOf(world, suspect, 'watching', 'closed');
        expect(await takes(postgres, login)).toBe('yes');
      } finally {
        await server.stop();
      }
    },
  );
});
