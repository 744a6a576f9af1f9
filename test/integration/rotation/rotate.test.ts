import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  ListAccessKeysCommand,
  PutRolePolicyCommand,
  TagUserCommand,
} from '@aws-sdk/client-iam';
import { CreateFunctionCommand, waitUntilFunctionActiveV2 } from '@aws-sdk/client-lambda';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  RotateSecretCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { AddTagsToResourceCommand, GetParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { build } from 'esbuild';
import { root } from '../../../local/aws/state';
import { deactivate } from '../../../shared/rotation/accessKey';
import { generate } from '../../../shared/rotation/generate';
import { rotateByPlugin } from '../../../shared/rotation/plugin';
import { pluginOf } from '../../../shared/rotation/pluginName';
import { replaceParameter } from '../../../shared/rotation/replaceParameter';
import { currentOf, pendingOf, RotationPendingError, rotate } from '../../../shared/rotation/rotate';
import type { RotationTools } from '../../../shared/rotation/secretFacts';
import { zipOf } from '../../fixtures/zip';
import { type Stage, startStage } from '../containment/stage';

/*
 * Against a rotation function in the four steps of Secrets Manager, whose half the local AWS plays
 * (local/aws/completions/secrets.py), under the role that the template gives `rotateSecrets`.
 */

describe('the rotation of a secret', () => {
  let stage: Stage;
  let code: Buffer;
  let roleArn: string;
  let secrets: SecretsManagerClient;
  beforeAll(async () => {
    stage = await startStage('rotation');
    ({ secrets } = await stage.as('rotateSecrets'));
    const { outputFiles } = await build({
      entryPoints: [join(root, 'test/fixtures/rotationFunction.ts')],
      bundle: true,
      platform: 'node',
      target: 'node20',
      write: false,
    });
    code = await zipOf({ 'index.js': outputFiles[0]?.text ?? '' });
    const { Role } = await stage.clients.iam.send(
      new CreateRoleCommand({
        RoleName: 'rotates',
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
          ],
        }),
      }),
    );
    roleArn = Role?.Arn ?? '';
    await stage.clients.iam.send(
      new PutRolePolicyCommand({
        RoleName: 'rotates',
        PolicyName: 'all',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: ['secretsmanager:*', 'ssm:*'], Resource: '*' }],
        }),
      }),
    );
  });
  afterAll(() => stage.stop());

  const put = (Name: string, Value: string) =>
    stage.clients.ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }));
  const parameterOf = async (Name: string): Promise<string> =>
    (await stage.clients.ssm.send(new GetParameterCommand({ Name }))).Parameter?.Value ?? '';

  /** A secret, its database, and a rotation function of its own. */
  const make = async (alternates = false) => {
    const name = `r${randomUUID().slice(0, 8)}`;
    const database = `/db/${name}`;
    const first = { username: 'app', password: 'the password that was read' };
    await put(database, JSON.stringify({ app: first.password, app_clone: 'of the clone' }));
    await put(`${database}-failing`, 'none');
    const { ARN: arn = '' } = await stage.clients.secrets.send(
      new CreateSecretCommand({ Name: name, SecretString: JSON.stringify(first) }),
    );
    const { FunctionArn } = await stage.clients.lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Role: roleArn,
        Timeout: 30,
        Code: { ZipFile: code },
        Environment: { Variables: { DATABASE: database, ALTERNATES: String(alternates) } },
      }),
    );
    await waitUntilFunctionActiveV2(
      { client: stage.clients.lambda, maxWaitTime: 30, minDelay: 0.1, maxDelay: 1 },
      { FunctionName: name },
    );
    await stage.clients.secrets.send(
      new RotateSecretCommand({
        SecretId: arn,
        RotationLambdaARN: FunctionArn,
        RotationRules: { AutomaticallyAfterDays: 30 },
        RotateImmediately: false,
      }),
    );
    return {
      arn,
      fail: (step: string) => put(`${database}-failing`, step),
      /** Whether a login works in the database. */
      works: async ({ username, password }: typeof first) =>
        (JSON.parse(await parameterOf(database)) as Record<string, string>)[username] === password,
      first,
      current: async () =>
        JSON.parse(
          (await stage.clients.secrets.send(new GetSecretValueCommand({ SecretId: arn }))).SecretString ?? '',
        ) as typeof first,
      described: () => stage.clients.secrets.send(new DescribeSecretCommand({ SecretId: arn })),
    };
  };
  const toolsOf = (client: SecretsManagerClient = secrets, ms = 100): RotationTools =>
    ({ secrets: client, pause: () => sleep(ms) }) as unknown as RotationTools;

  it("of a token by the deployment's own function ends with what that put there, and its words are not repeated", async () => {
    const { outputFiles } = await build({
      entryPoints: [join(root, 'test/fixtures/rotatorPlugin.ts')],
      bundle: true,
      platform: 'node',
      target: 'node20',
      write: false,
    });
    const plugin = pluginOf('plugin:issuer') ?? '';
    await stage.clients.lambda.send(
      new CreateFunctionCommand({
        FunctionName: plugin,
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Role: roleArn,
        Timeout: 30,
        Code: { ZipFile: await zipOf({ 'index.js': outputFiles[0]?.text ?? '' }) },
      }),
    );
    await waitUntilFunctionActiveV2(
      { client: stage.clients.lambda, maxWaitTime: 30, minDelay: 0.1, maxDelay: 1 },
      { FunctionName: plugin },
    );
    const { ARN: arn = '' } = await stage.clients.secrets.send(
      new CreateSecretCommand({ Name: `p${randomUUID().slice(0, 8)}`, SecretString: 'token of before' }),
    );
    const tools = { ...toolsOf(), lambda: (await stage.as('rotateSecrets')).lambda };
    const token = randomUUID();
    const rotates = () => rotateByPlugin(tools, arn, plugin, token);
    await put('/issuer', 'fails');
    await expect(rotates()).rejects.toThrow(`${plugin} failed: see its log`);
    await put('/issuer', 'does nothing');
    await expect(rotates()).rejects.toThrow('is not the new one');
    await put('/issuer', 'takes both');
    expect(await rotates()).toContain('NOT known');
    await put('/issuer', 'refuses the old one');
    expect(await rotates()).toContain('saw the old value refused');
    const { SecretString } = await stage.clients.secrets.send(new GetSecretValueCommand({ SecretId: arn }));
    expect(SecretString).toBe(`token ${token}`);
  });

  it('of a SecureString puts a new random value there, once, under its own key; and only where its tag says so', async () => {
    const { ssm: owner } = stage.clients;
    const name = `/shop/${randomUUID().slice(0, 8)}`;
    await owner.send(
      new PutParameterCommand({
        Name: name,
        Value: 'the value that was read',
        Type: 'SecureString',
        KeyId: 'alias/aws/ssm',
      }),
    );
    const value = async () =>
      (await owner.send(new GetParameterCommand({ Name: name, WithDecryption: true }))).Parameter?.Value;
    const arn = `arn:aws:ssm:us-east-1:000000000000:parameter${name}`;
    const tools = {
      ...toolsOf(),
      ssm: (await stage.as('rotateSecrets')).ssm,
    };
    const later = new Date(Date.now() + 60_000).toISOString();
    await expect(replaceParameter(tools, arn, '000000000000', later)).rejects.toThrow(
      /not authorized|denied/i,
    );
    await owner.send(
      new AddTagsToResourceCommand({
        ResourceType: 'Parameter',
        ResourceId: name,
        Tags: [{ Key: 'tourniquet:rotation', Value: 'generated' }],
      }),
    );
    await replaceParameter(tools, arn, '000000000000', later);
    const replaced = await value();
    const again = await replaceParameter(tools, arn, '000000000000', '2026-01-01T00:00:00.000Z');

    expect(replaced).toMatch(/^[A-Za-z0-9]{48}$/);
    expect(await value()).toBe(replaced);
    expect(again).toContain('after the containment');
  });

  it('of an access key deactivates it, and does not delete it; and only where its user is tagged so', async () => {
    const { iam: owner } = stage.clients;
    const user = `build-${randomUUID().slice(0, 8)}`;
    await owner.send(new CreateUserCommand({ UserName: user }));
    const { AccessKey } = await owner.send(new CreateAccessKeyCommand({ UserName: user }));
    const keyId = AccessKey?.AccessKeyId ?? '';
    const { iam } = await stage.as('rotateSecrets');
    const status = async () =>
      (await owner.send(new ListAccessKeysCommand({ UserName: user }))).AccessKeyMetadata?.map(
        ({ Status }) => Status,
      );
    await expect(deactivate(iam, keyId)).rejects.toThrow(/not authorized|denied/i);
    expect(await status()).toEqual(['Active']);
    await owner.send(
      new TagUserCommand({ UserName: user, Tags: [{ Key: 'tourniquet:rotation', Value: 'deactivate' }] }),
    );
    const said = await deactivate(iam, keyId);
    await deactivate(iam, keyId);

    expect(await status()).toEqual(['Inactive']);
    expect(said).toContain(`--user-name ${user}`);
  });

  it('of a value that is only random puts a new one there, once, however often the step runs', async () => {
    const { secrets: owner } = stage.clients;
    const { ARN: arn = '' } = await owner.send(
      new CreateSecretCommand({
        Name: `g${randomUUID().slice(0, 8)}`,
        SecretString: 'the value that was read',
        Tags: [{ Key: 'tourniquet:rotation', Value: 'generated' }],
      }),
    );
    const stored = async () => (await owner.send(new GetSecretValueCommand({ SecretId: arn }))).SecretString;
    const token = randomUUID();
    await generate(toolsOf(), arn, token);
    const value = await stored();
    await generate(toolsOf(), arn, token);

    expect(value).toMatch(/^[A-Za-z0-9]{48}$/);
    expect(await stored()).toBe(value);
    expect(currentOf(await owner.send(new DescribeSecretCommand({ SecretId: arn })))).toBe(token);
  });

  it('writes no value into a secret whose tag does not say that a random one will do', async () => {
    const { ARN: arn = '' } = await stage.clients.secrets.send(
      new CreateSecretCommand({ Name: `n${randomUUID().slice(0, 8)}`, SecretString: 'not ours to change' }),
    );

    await expect(generate(toolsOf(), arn, randomUUID())).rejects.toThrow(/not authorized/);
  });

  it('ends with the new value current and working, and the old one dead', async () => {
    const secret = await make();
    const token = randomUUID();
    expect(await rotate(toolsOf(), secret.arn, [token])).toEqual([]);

    expect(currentOf(await secret.described())).toBe(token);
    expect(await secret.works(await secret.current())).toBe(true);
    expect(await secret.works(secret.first)).toBe(false);
  });

  it('of two users that alternate leaves the old password alive after one, and dead after two', async () => {
    const secret = await make(true);
    const tokens = [randomUUID(), randomUUID()];
    await rotate(toolsOf(), secret.arn, tokens.slice(0, 1));
    expect(await secret.works(secret.first)).toBe(true);

    await rotate(toolsOf(), secret.arn, tokens);
    expect(await secret.works(secret.first)).toBe(false);
    expect(await secret.works(await secret.current())).toBe(true);
  });

  it.each(['createSecret', 'setSecret', 'testSecret', 'finishSecret'])(
    'that fails at %s is said to hang or to have made nothing, and goes on once the cause is gone',
    async (step) => {
      const secret = await make();
      const token = randomUUID();
      await secret.fail(step);
      const failed = rotate(toolsOf(secrets, 5), secret.arn, [token]);
      await expect(failed).rejects.toThrow(RotationPendingError);
      await expect(failed).rejects.toThrow(
        step === 'createSecret' ? 'no new version of it is there' : 'is AWSPENDING',
      );
      expect(await secret.current()).toEqual(secret.first);

      await secret.fail('none');
      await rotate(toolsOf(), secret.arn, [token]);
      expect(currentOf(await secret.described())).toBe(token);
      expect(await secret.works(await secret.current())).toBe(true);
    },
  );

  it('that another one left hanging brings that to its end first, and then makes a value of its own', async () => {
    const secret = await make();
    await secret.fail('finishSecret');
    const theirs = randomUUID();
    await stage.clients.secrets.send(
      new RotateSecretCommand({ SecretId: secret.arn, ClientRequestToken: theirs }),
    );
    while (pendingOf(await secret.described()) !== theirs) await sleep(50);
    await sleep(500);
    await secret.fail('none');
    const token = randomUUID();
    expect(await rotate(toolsOf(), secret.arn, [token])).toEqual([
      'an earlier rotation that hung was brought to its end',
    ]);

    expect(currentOf(await secret.described())).toBe(token);
    expect(await secret.works(await secret.current())).toBe(true);
  });

  it('that another one left hanging for good gives that up', async () => {
    const secret = await make();
    await secret.fail('setSecret');
    const theirs = randomUUID();
    await stage.clients.secrets.send(
      new RotateSecretCommand({ SecretId: secret.arn, ClientRequestToken: theirs }),
    );
    while (pendingOf(await secret.described()) !== theirs) await sleep(50);
    await sleep(500);
    // Theirs never gets through; ours does, once it is not in the way any more.
    const giving = {
      send: async (command: Parameters<SecretsManagerClient['send']>[0]) => {
        if (command.constructor.name === 'UpdateSecretVersionStageCommand') await secret.fail('none');
        return secrets.send(command);
      },
    } as unknown as SecretsManagerClient;
    const token = randomUUID();
    expect(await rotate(toolsOf(giving, 5), secret.arn, [token])).toEqual([
      'an earlier rotation that hung was given up',
    ]);
    expect(currentOf(await secret.described())).toBe(token);
    expect(await secret.works(secret.first)).toBe(false);
  });

  it('ends the same, at whichever call it dies and is tried again (invariant 3)', async () => {
    class Died extends Error {}
    for (let last = 0; ; last++) {
      const secret = await make(true);
      const tokens = [randomUUID(), randomUUID()];
      let calls = 0;
      let died = false;
      const mortal = {
        send: async (command: Parameters<SecretsManagerClient['send']>[0]) => {
          // Half of the deaths before the call is made, half after it.
          if (calls++ === last && !died) {
            died = true;
            if (last % 2 === 1) await secrets.send(command);
            throw new Died();
          }
          return secrets.send(command);
        },
      } as unknown as SecretsManagerClient;
      const first = await rotate(toolsOf(mortal), secret.arn, tokens).catch((error: unknown) => error);
      if (!(first instanceof Died)) expect(first).toEqual([]);
      else await rotate(toolsOf(), secret.arn, tokens);

      expect(currentOf(await secret.described())).toBe(tokens[1]);
      expect(await secret.works(secret.first)).toBe(false);
      expect(await secret.works(await secret.current())).toBe(true);
      // A run that was not interrupted: every call has had its turn. Polls are calls like any other.
      if (!died || last >= 8) break;
    }
  });
});
