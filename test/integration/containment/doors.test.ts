import { randomBytes } from 'node:crypto';
import { AttachRolePolicyCommand, CreatePolicyCommand, CreateRoleCommand } from '@aws-sdk/client-iam';
import {
  AddPermissionCommand,
  type AddPermissionRequest,
  CreateAliasCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  DeleteAliasCommand,
  DeleteFunctionUrlConfigCommand,
  GetFunctionUrlConfigCommand,
  GetPolicyCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  RemovePermissionCommand,
  UpdateFunctionUrlConfigCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { LocalClients } from '../../../local/clients';
import { differences, readLiveState } from '../../../local/liveState';
import { packageFunction } from '../../../local/workload/package';
import { contain } from '../../../shared/containment/contain';
import type { Control, ControlTools } from '../../../shared/containment/control';
import { functionUrl } from '../../../shared/containment/controls/functionUrl';
import { resourcePolicy } from '../../../shared/containment/controls/resourcePolicy';
import { readLedgers } from '../../../shared/containment/ledger';
import { parsePolicy } from '../../../shared/containment/statements';
import { restore } from '../../../shared/recovery/restore';
import { describeSuspect, type Suspect } from '../../../shared/suspect/describe';
import { parseFunctionArn } from '../../../shared/suspect/functionArn';
import { mortal } from './mortal';
import { incidentOf, type Stage, startStage } from './stage';

const OWN = '000000000000';
const OTHER = '999999999999';
const CORS = { AllowOrigins: ['https://shop.example'], AllowMethods: ['GET', 'POST'], MaxAge: 600 };

/** The permissions of the function itself; the first three let others in. */
const STATEMENTS = [
  {
    StatementId: 'public-url',
    Action: 'lambda:InvokeFunctionUrl',
    Principal: '*',
    FunctionUrlAuthType: 'NONE',
  },
  {
    StatementId: 'public-invoke',
    Action: 'lambda:InvokeFunction',
    Principal: '*',
    InvokedViaFunctionUrl: true,
  },
  {
    StatementId: 'foreign',
    Action: 'lambda:InvokeFunction',
    Principal: 'sns.amazonaws.com',
    SourceArn: `arn:aws:sns:us-east-1:${OTHER}:orders`,
    SourceAccount: OTHER,
  },
  { StatementId: 'own', Action: 'lambda:InvokeFunction', Principal: OWN },
  {
    StatementId: 'service',
    Action: 'lambda:InvokeFunction',
    Principal: 'events.amazonaws.com',
    SourceArn: `arn:aws:events:us-east-1:${OWN}:rule/nightly`,
  },
] as const satisfies readonly Omit<AddPermissionRequest, 'FunctionName'>[];

describe('the ways in from outside: function URLs and resource policies', () => {
  let stage: Stage;
  /** Under the permissions of the deployment's roles. */
  let container: LocalClients;
  let releaser: LocalClients;
  let zip: Buffer;
  let roleArn: string;
  beforeAll(async () => {
    stage = await startStage('doors');
    container = await stage.as('contain');
    releaser = await stage.as('release');
    zip = await packageFunction('invoiceMailer');
    roleArn = await makeRole(`doors-${randomBytes(4).toString('hex')}`, 'lambda.amazonaws.com');
  }, 180_000);
  afterAll(() => stage.stop());

  const makeRole = async (RoleName: string, service: string): Promise<string> => {
    const { Role } = await stage.clients.iam.send(
      new CreateRoleCommand({
        RoleName,
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: service, AWS: `arn:aws:iam::${OWN}:root` },
              Action: 'sts:AssumeRole',
            },
          ],
        }),
      }),
    );
    return Role?.Arn ?? '';
  };

  const permit = (FunctionName: string, permission: Omit<AddPermissionRequest, 'FunctionName'>) =>
    stage.clients.lambda.send(new AddPermissionCommand({ FunctionName, ...permission }));

  /** A function with a version and an alias; with URLs and statements on all of them unless it is to be bare. */
  const makeSuspect = async (bare = false): Promise<Suspect> => {
    const { lambda } = stage.clients;
    const name = `doors-${randomBytes(5).toString('hex')}`;
    const { FunctionArn = '' } = await lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Role: roleArn,
        Code: { ZipFile: zip },
      }),
    );
    await waitUntilFunctionActiveV2(
      { client: lambda, maxWaitTime: 60, minDelay: 0.05, maxDelay: 0.5 },
      { FunctionName: name },
    );
    const { Version } = await lambda.send(new PublishVersionCommand({ FunctionName: name }));
    await lambda.send(new CreateAliasCommand({ FunctionName: name, Name: 'live', FunctionVersion: Version }));
    if (!bare) {
      await lambda.send(
        new CreateFunctionUrlConfigCommand({ FunctionName: name, AuthType: 'NONE', Cors: CORS }),
      );
      await lambda.send(
        new CreateFunctionUrlConfigCommand({
          FunctionName: name,
          Qualifier: 'live',
          AuthType: 'NONE',
          Cors: { ...CORS, AllowCredentials: true },
          InvokeMode: 'RESPONSE_STREAM',
        }),
      );
      for (const statement of STATEMENTS) await permit(name, statement);
      // The same name in another policy is another statement.
      await permit(name, { ...STATEMENTS[0], Qualifier: 'live' });
      await permit(name, {
        StatementId: 'partner',
        Action: 'lambda:InvokeFunction',
        Principal: OTHER,
        Qualifier: Version,
      });
    }
    const arn = parseFunctionArn(FunctionArn);
    const suspect = arn === null ? null : await describeSuspect(arn, lambda);
    if (suspect === null) throw new Error('the function was not made');
    return suspect;
  };

  const sids = async ({ arn }: Suspect, Qualifier?: string): Promise<readonly unknown[]> => {
    try {
      const { Policy } = await stage.clients.lambda.send(
        new GetPolicyCommand({ FunctionName: arn, Qualifier }),
      );
      return parsePolicy(Policy).map(({ Sid }) => Sid);
    } catch (error) {
      if (error instanceof Error && error.name === 'ResourceNotFoundException') return [];
      throw error;
    }
  };

  const urlOf = ({ arn }: Suspect, Qualifier?: string) =>
    stage.clients.lambda.send(new GetFunctionUrlConfigCommand({ FunctionName: arn, Qualifier }));

  /** What an unsigned call of a URL answers. The local AWS serves URLs by their id, under a path. */
  const call = async (suspect: Suspect, qualifier?: string): Promise<number> => {
    const { FunctionUrl = '' } = await urlOf(suspect, qualifier);
    const { endpoint } = stage.clients.lambda.config;
    const at = await endpoint?.();
    if (at === undefined) throw new Error('no endpoint');
    const id = new URL(FunctionUrl).hostname.split('.')[0];
    return (await fetch(`${at.protocol}//${at.hostname}:${at.port}/_aws/lambda-url/${id}/`)).status;
  };

  const putOn = async (control: Control, suspect: Suspect, tools: ControlTools): Promise<unknown> => {
    const capture = await control.capture(suspect, tools);
    if (!capture.applies) throw new Error(capture.why);
    await control.apply(suspect, capture.before, tools);
    expect(await control.verify(suspect, capture.before, tools)).toMatchObject({ held: true });
    return capture.before;
  };

  const toolsOf = (suspect: Suspect): ControlTools => stage.tools(incidentOf(suspect), container);
  const releasing = (tools: ControlTools): ControlTools => ({ ...tools, lambda: releaser.lambda });

  it('closes what lets others in, keeps the rest, and puts all of it back exactly', async () => {
    const suspect = await makeSuspect();
    const incident = incidentOf(suspect);
    const tools = stage.tools(incident);
    const before = await readLiveState(stage.clients, suspect.arn);
    expect([await call(suspect), await call(suspect, 'live')]).not.toContain(403);
    const [url, aliasUrl] = [await urlOf(suspect), await urlOf(suspect, 'live')];

    await contain(suspect, incident, tools, () => Promise.resolve());

    expect([await call(suspect), await call(suspect, 'live')]).toEqual([403, 403]);
    expect(await urlOf(suspect)).toMatchObject({
      FunctionUrl: url.FunctionUrl,
      Cors: url.Cors,
      AuthType: 'AWS_IAM',
    });
    expect(await urlOf(suspect, 'live')).toMatchObject({
      FunctionUrl: aliasUrl.FunctionUrl,
      Cors: aliasUrl.Cors,
      InvokeMode: 'RESPONSE_STREAM',
      AuthType: 'AWS_IAM',
    });
    expect(await sids(suspect)).toEqual(['own', 'service']);
    expect([await sids(suspect, 'live'), await sids(suspect, '1')]).toEqual([[], []]);

    const restored = await restore(suspect, incident, tools);
    expect(restored.map(({ outcome }) => outcome)).not.toContain('drift');
    expect(differences(before, await readLiveState(stage.clients, suspect.arn))).toEqual([]);
  });

  it('has nothing to do where nobody from outside is let in', async () => {
    const suspect = await makeSuspect(true);
    const { lambda } = stage.clients;
    expect(await functionUrl.capture(suspect, toolsOf(suspect))).toEqual({
      applies: false,
      why: 'the function has no URL',
    });
    await lambda.send(new CreateFunctionUrlConfigCommand({ FunctionName: suspect.arn, AuthType: 'AWS_IAM' }));
    await permit(suspect.arn, STATEMENTS[3]);
    expect(await functionUrl.capture(suspect, toolsOf(suspect))).toMatchObject({
      applies: false,
      why: expect.stringContaining('asks for AWS credentials already'),
    });
    expect(await resourcePolicy.capture(suspect, toolsOf(suspect))).toMatchObject({ applies: false });
  });

  it('sees that a URL or a statement was added while contained', async () => {
    const suspect = await makeSuspect();
    const tools = toolsOf(suspect);
    const urls = await putOn(functionUrl, suspect, tools);
    const policy = await putOn(resourcePolicy, suspect, tools);
    await stage.clients.lambda.send(
      new UpdateFunctionUrlConfigCommand({ FunctionName: suspect.arn, AuthType: 'NONE' }),
    );
    await permit(suspect.arn, { ...STATEMENTS[1], StatementId: 'new' });

    expect(await functionUrl.verify(suspect, urls, tools)).toMatchObject({
      held: false,
      found: expect.stringContaining('open: the function'),
    });
    expect(await resourcePolicy.verify(suspect, policy, tools)).toMatchObject({
      held: false,
      found: expect.stringContaining('open: new (anybody)'),
    });
  });

  describe('a URL that is no longer as it was left', () => {
    it('cannot be had again when it was deleted, and says so', async () => {
      const suspect = await makeSuspect();
      const tools = toolsOf(suspect);
      const { FunctionUrl } = await urlOf(suspect);
      const before = await putOn(functionUrl, suspect, tools);
      const name = { FunctionName: suspect.arn };
      await stage.clients.lambda.send(new DeleteFunctionUrlConfigCommand(name));

      const lost = {
        outcome: 'drift',
        detail: expect.stringContaining(`${FunctionUrl} cannot be had again`),
      };
      expect(await functionUrl.revert(suspect, before, releasing(tools), false)).toEqual(lost);
      await stage.clients.lambda.send(new CreateFunctionUrlConfigCommand({ ...name, AuthType: 'AWS_IAM' }));
      expect(await functionUrl.revert(suspect, before, releasing(tools), true)).toEqual(lost);
      expect((await urlOf(suspect)).AuthType).toBe('AWS_IAM');
      // The alias's own is back all the same.
      expect((await urlOf(suspect, 'live')).AuthType).toBe('NONE');
    });

    it('is left with the settings that somebody gave it, until an approver decides', async () => {
      const suspect = await makeSuspect();
      const tools = toolsOf(suspect);
      const before = await putOn(functionUrl, suspect, tools);
      await stage.clients.lambda.send(
        new UpdateFunctionUrlConfigCommand({ FunctionName: suspect.arn, Cors: { AllowOrigins: ['*'] } }),
      );

      expect(await functionUrl.revert(suspect, before, releasing(tools), false)).toMatchObject({
        outcome: 'drift',
      });
      expect(await urlOf(suspect)).toMatchObject({ AuthType: 'AWS_IAM', Cors: { AllowOrigins: ['*'] } });
      expect(await functionUrl.revert(suspect, before, releasing(tools), true)).toMatchObject({
        outcome: 'restored',
      });
      expect(await urlOf(suspect)).toMatchObject({ AuthType: 'NONE', Cors: CORS });
    });

    it('loses CORS settings that it did not have, when an approver decides', async () => {
      const suspect = await makeSuspect(true);
      const tools = toolsOf(suspect);
      const name = { FunctionName: suspect.arn };
      const { lambda } = stage.clients;
      await lambda.send(new CreateFunctionUrlConfigCommand({ ...name, AuthType: 'NONE' }));
      const before = await putOn(functionUrl, suspect, tools);
      await lambda.send(new UpdateFunctionUrlConfigCommand({ ...name, Cors: CORS }));

      await functionUrl.revert(suspect, before, releasing(tools), true);
      const { AuthType, Cors } = await urlOf(suspect);
      expect({ AuthType, Cors }).toEqual({ AuthType: 'NONE', Cors: undefined });
    });
  });

  describe('a statement that is no longer as it was left', () => {
    it('is left where somebody put another in its place, until an approver decides', async () => {
      const suspect = await makeSuspect();
      const tools = toolsOf(suspect);
      const live = await readLiveState(stage.clients, suspect.arn);
      const before = await putOn(resourcePolicy, suspect, tools);
      await permit(suspect.arn, { ...STATEMENTS[3], StatementId: 'foreign' });

      expect(await resourcePolicy.revert(suspect, before, releasing(tools), false)).toEqual({
        outcome: 'drift',
        detail: 'foreign: somebody put another statement in its place while contained: left as it is',
      });
      // The others are back.
      expect(await sids(suspect)).toEqual(expect.arrayContaining(['public-url', 'public-invoke']));
      expect(await resourcePolicy.revert(suspect, before, releasing(tools), true)).toMatchObject({
        outcome: 'restored',
      });
      expect(differences(live, await readLiveState(stage.clients, suspect.arn))).toEqual([]);
    });

    it('is back already where somebody put back the same', async () => {
      const suspect = await makeSuspect();
      const tools = toolsOf(suspect);
      const before = await putOn(resourcePolicy, suspect, tools);
      await permit(suspect.arn, STATEMENTS[2]);

      expect(await resourcePolicy.revert(suspect, before, releasing(tools), false)).toMatchObject({
        outcome: 'restored',
      });
    });

    it('cannot be put back into the policy of an alias that was deleted, and says so', async () => {
      const suspect = await makeSuspect();
      const tools = toolsOf(suspect);
      const before = await putOn(resourcePolicy, suspect, tools);
      await stage.clients.lambda.send(new DeleteAliasCommand({ FunctionName: suspect.arn, Name: 'live' }));

      expect(await resourcePolicy.revert(suspect, before, releasing(tools), false)).toEqual({
        outcome: 'drift',
        detail: 'public-url of live: the function, alias or version was deleted while contained',
      });
    });

    it('is not removed where another took its name before it was', async () => {
      const suspect = await makeSuspect();
      const tools = toolsOf(suspect);
      const capture = await resourcePolicy.capture(suspect, tools);
      if (!capture.applies) throw new Error(capture.why);
      const name = { FunctionName: suspect.arn, StatementId: 'foreign' };
      await stage.clients.lambda.send(new RemovePermissionCommand(name));
      await permit(suspect.arn, {
        ...STATEMENTS[1],
        StatementId: 'foreign',
        Action: 'lambda:InvokeFunction',
      });

      await resourcePolicy.apply(suspect, capture.before, tools);
      expect(await sids(suspect)).toEqual(['own', 'service', 'foreign']);
      expect(await resourcePolicy.verify(suspect, capture.before, tools)).toMatchObject({ held: false });
    });
  });

  it('converges wherever it died (invariants 1, 2 and 3)', async () => {
    const dying = async (suspect: Suspect, limit: number): Promise<boolean> => {
      const incident = incidentOf(suspect);
      const tools = stage.tools(incident);
      const counter = { calls: 0, limit };
      const { lambda, db } = stage.fresh();
      const short: ControlTools = {
        ...tools,
        lambda: mortal(lambda, counter),
        records: { ...tools.records, db: mortal(db, counter) },
      };
      const lives = (work: Promise<unknown>) =>
        work.then(
          () => true,
          () => false,
        );
      const contained = await lives(contain(suspect, incident, short, () => Promise.resolve()));
      await contain(suspect, incident, tools, () => Promise.resolve());
      expect(await sids(suspect)).toEqual(['own', 'service']);
      expect((await readLedgers(tools.records, incident)).map(({ state }) => state)).not.toContain('failed');
      counter.calls = 0;
      const released = await lives(restore(suspect, incident, short));
      await restore(suspect, incident, tools);
      return contained && released;
    };
    // What was restored is as it was, so one function serves all tries.
    const suspect = await makeSuspect();
    await stage.clients.lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName: suspect.arn, ReservedConcurrentExecutions: 3 }),
    );
    const before = await readLiveState(stage.clients, suspect.arn);
    let lived = false;
    for (let limit = 1; limit <= 120 && !lived; limit++) {
      lived = await dying(suspect, limit);
      expect([limit, differences(before, await readLiveState(stage.clients, suspect.arn))]).toEqual([
        limit,
        [],
      ]);
    }
    expect(lived).toBe(true);
  }, 600_000);

  it('stands on a local AWS that refuses a write to another revision, and knows a service that is not of amazonaws.com', async () => {
    const { arn } = await makeSuspect(true);
    const { Statement: made = '' } = await permit(arn, {
      StatementId: 'skill',
      Action: 'lambda:InvokeFunction',
      Principal: 'alexa-appkit.amazon.com',
      EventSourceToken: 'a-skill',
    });
    expect(JSON.parse(made)).toMatchObject({ Principal: { Service: 'alexa-appkit.amazon.com' } });
    const { RevisionId } = await stage.clients.lambda.send(new GetPolicyCommand({ FunctionName: arn }));
    await permit(arn, STATEMENTS[3]);

    const remove = { FunctionName: arn, StatementId: 'skill', RevisionId };
    await expect(stage.clients.lambda.send(new RemovePermissionCommand(remove))).rejects.toMatchObject({
      name: 'PreconditionFailedException',
    });
  });

  it('can be done with a permission to close a URL and none to open one (invariant 12)', async () => {
    const { iam } = stage.clients;
    const RoleName = `closer-${randomBytes(4).toString('hex')}`;
    const RoleArn = await makeRole(RoleName, 'lambda.amazonaws.com');
    const { Policy } = await iam.send(
      new CreatePolicyCommand({
        PolicyName: RoleName,
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: 'lambda:UpdateFunctionUrlConfig',
              Resource: '*',
              Condition: { StringEquals: { 'lambda:FunctionUrlAuthType': 'AWS_IAM' } },
            },
            { Effect: 'Allow', Action: 'lambda:ListFunctionUrlConfigs', Resource: '*' },
          ],
        }),
      }),
    );
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: Policy?.Arn }));
    const { lambda } = stage.clients;
    const sts = new STSClient({
      endpoint: lambda.config.endpoint,
      region: lambda.config.region,
      credentials: lambda.config.credentials,
    });
    const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'closer' }));
    const closer = stage.fresh({
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken,
    });

    const suspect = await makeSuspect();
    const tools = { ...toolsOf(suspect), lambda: closer.lambda };
    const before = await putOn(functionUrl, suspect, tools);
    await expect(functionUrl.revert(suspect, before, tools, false)).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    await expect(
      closer.lambda.send(new UpdateFunctionUrlConfigCommand({ FunctionName: suspect.arn, Cors: CORS })),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});
