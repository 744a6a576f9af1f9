import { randomUUID } from 'node:crypto';
import { CreateAliasCommand, CreateKeyCommand, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { PublishCommand } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import type { Cut, CutClients } from '../../../shared/dependants/cut';
import { apiKeys } from '../../../shared/dependants/cuts/apiKeys';
import { databaseUsers } from '../../../shared/dependants/cuts/databaseUsers';
import { resourcePolicies } from '../../../shared/dependants/cuts/resourcePolicies';
import { securityGroups } from '../../../shared/dependants/cuts/securityGroups';
import { subscriptions } from '../../../shared/dependants/cuts/subscriptions';
import { DEPENDANT_KINDS } from '../../../shared/policy/dependants';
import { answering } from '../../fixtures/answering';
import { holdsToTheContract, type World } from '../../fixtures/cutContract';
import { type DeployedRoles, deployedRoles } from '../../fixtures/deployedRoles';
import { type Stage, startStage } from '../containment/stage';
import { runCommands } from '../containment/undoCommands';
import { assume, makeRole } from '../localAws/account';
import {
  databaseWorld,
  groupWorld,
  keyWorld,
  lastingWorld,
  policied,
  policyWorld,
  reachOf,
  topicWorld,
} from './worlds';

/** JSON that stands in text, without its white space. */
const plain = (state: unknown): unknown =>
  JSON.parse(JSON.stringify(state), (_key, value: unknown) => {
    if (typeof value !== 'string' || !/^\s*\{/.test(value)) return value;
    return JSON.stringify(JSON.parse(value));
  });

describe('what is cut off from a suspect', () => {
  let stage: Stage;
  let roles: DeployedRoles;
  let ourKey: string;
  const locked = new Set<string>();
  beforeAll(async () => {
    stage = await startStage('cuts');
    const { KeyMetadata } = await stage.clients.kms.send(new CreateKeyCommand({}));
    ourKey = KeyMetadata?.Arn ?? '';
    roles = deployedRoles(
      stage.aws,
      'tourniquet-test',
      { SigningKey: ourKey },
      { dependants: DEPENDANT_KINDS },
    );
  });
  afterAll(() => stage.stop());

  /** The function for databases has tests of its own; here it answers as was agreed, and `locked` is its database. */
  const databaseFunction = (): LambdaClient =>
    answering(new LambdaClient({ region: stage.aws.region }), (command, { FunctionName, Payload }) => {
      if (command !== 'Invoke' || FunctionName !== 'tourniquet-test-rotateDatabase')
        throw new Error(`${command} was not expected`);
      const { action, secretArn } = JSON.parse(String(Payload)) as { action: string; secretArn: string };
      if (action === 'lock') locked.add(secretArn);
      if (action === 'unlock') locked.delete(secretArn);
      return { Payload: Buffer.from(JSON.stringify({ locked: locked.has(secretArn) })) };
    });
  const clients = (): CutClients => ({
    ...stage.fresh(),
    mayChangeRole: () => true,
    accountId: stage.aws.accountId,
    service: 'tourniquet',
    databaseFunction: 'tourniquet-test-rotateDatabase',
  });
  const contract = (cut: Cut<unknown>, world: (stage: Stage) => Promise<World>) => () => ({
    cut,
    world: () => world(stage),
    clients,
  });

  holdsToTheContract('subscriptions', contract(subscriptions, topicWorld));
  holdsToTheContract('api-keys', contract(apiKeys, keyWorld), { twoStates: true });
  holdsToTheContract('resource-policies', contract(resourcePolicies, policyWorld));
  holdsToTheContract('resource-policies of keys', contract(resourcePolicies, lastingWorld), {
    lasting: true,
  });
  holdsToTheContract('security-groups', contract(securityGroups, groupWorld));
  holdsToTheContract(
    'database-users',
    () => ({
      cut: databaseUsers,
      world: () => databaseWorld(stage, locked),
      clients: () => ({ ...clients(), lambda: databaseFunction() }),
    }),
    { twoStates: true },
  );

  it.each([
    ['subscriptions', subscriptions, topicWorld],
    ['api-keys', apiKeys, keyWorld],
    ['resource-policies', resourcePolicies, policyWorld],
    ['resource-policies of keys', resourcePolicies, lastingWorld],
    ['security-groups', securityGroups, groupWorld],
  ] as const)('%s: the commands that are printed put everything back', async (_name, cut, worldOf) => {
    const world = await worldOf(stage);
    const before = await world.state();
    const targets = await cut.find(world.reach, clients(), []);
    for (const target of targets) await cut.cut(target, world.reach, clients());
    expect(await world.state()).not.toEqual(before);

    const commands = targets.flatMap((target) => cut.undo(target, world.reach));
    await runCommands(commands.join('\n'), stage.clients);
    // A command is one line: what it puts back means the same, in other white space.
    expect(plain(await world.state())).toEqual(plain(before));
  });

  it.each([
    ['subscriptions', subscriptions, topicWorld],
    ['api-keys', apiKeys, keyWorld],
    ['resource-policies', resourcePolicies, policyWorld],
    ['resource-policies of keys', resourcePolicies, lastingWorld],
    ['security-groups', securityGroups, groupWorld],
    ['database-users', databaseUsers, (on: Stage) => databaseWorld(on, locked)],
  ] as const)('%s: does it under the role of the deployment', async (name, cut, worldOf) => {
    const world = await worldOf(stage);
    const before = await world.state();
    const as = async (role: string) => ({
      ...clients(),
      ...stage.fresh(await roles.as(role)),
      ...(name === 'database-users' ? { lambda: databaseFunction() } : {}),
    });
    const own = await as('dependants');

    // A plan finds as much with less.
    const plan = { ...(await as('plan')), databaseFunction: '' };
    expect(await cut.find(world.reach, plan, [])).toHaveLength(world.targets);
    const targets = await cut.find(world.reach, own, []);
    expect(targets).toHaveLength(world.targets);
    for (const target of targets) await cut.cut(target, world.reach, own);
    for (const target of targets) expect(await cut.isCut(target, world.reach, own)).toBe(true);
    for (const target of targets) expect((await cut.mend(target, world.reach, own)).outcome).toBe('restored');
    expect(await world.state()).toEqual(before);
  });

  describe('a subscription', () => {
    it('gets nothing that is published while it is paused, and its own again afterwards', async () => {
      const { topic, queueUrls, reach } = await topicWorld(stage);
      const { sns, sqs } = stage.clients;
      const [everything, filtered] = queueUrls;
      const publish = (n: number) =>
        sns.send(
          new PublishCommand({
            TopicArn: topic,
            Message: JSON.stringify({ kind: 'paid', amount: 1, n, TourniquetCutOff: 'x' }),
            MessageAttributes: { TourniquetCutOff: { DataType: 'String', StringValue: 'x' } },
          }),
        );
      const received = async (QueueUrl: string | undefined): Promise<readonly number[]> => {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 2 }),
        );
        return Messages.map(({ Body = '{}' }) => JSON.parse(JSON.parse(Body).Message).n);
      };
      const targets = await subscriptions.find(reach, clients(), []);

      for (const target of targets) await subscriptions.cut(target, reach, clients());
      await publish(1);
      for (const target of targets) await subscriptions.mend(target, reach, clients());
      await publish(2);

      expect(await received(everything)).toEqual([2]);
      expect(await received(filtered)).toEqual([2]);
    });
  });

  describe('an API key', () => {
    it('that was disabled before is not enabled', async () => {
      const world = await keyWorld(stage);
      const first = await apiKeys.find(world.reach, clients(), []);
      for (const target of first) await apiKeys.cut(target, world.reach, clients());
      const disabled = await world.state();

      // As somebody else had disabled them: nothing of it is kept.
      const targets = await apiKeys.find(world.reach, clients(), []);
      for (const target of targets) {
        expect(await apiKeys.isCut(target, world.reach, clients())).toBe(true);
        await apiKeys.cut(target, world.reach, clients());
        expect((await apiKeys.mend(target, world.reach, clients())).detail).toContain('stays so');
      }
      expect(targets).toHaveLength(2);
      expect(await world.state()).toEqual(disabled);
    });

    it('of somebody else is left as it is', async () => {
      const world = await keyWorld(stage);
      const others = world.ids[2];
      const targets = await apiKeys.find(world.reach, clients(), []);
      expect(targets.map(({ id }) => id).filter((id) => id.endsWith(`/${others}`))).toEqual([]);
    });
  });

  describe('a resource policy', () => {
    const wholeAccount = (arn: string, action: string): string =>
      JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${stage.aws.accountId}:root` },
          Action: action,
          Resource: arn,
        },
      });

    const actionOf = (arn: string): string => (arn.includes(':kinesis:') ? 'kinesis:PutRecord' : '*');

    it('keeps the statement of one suspect while that of another is taken out', async () => {
      const things = await policied(stage, wholeAccount);
      const before = await Promise.all(things.map(({ read }) => read()));
      const resources = things.map(({ arn }) => arn);
      const [one, two] = [reachOf(stage, resources), reachOf(stage, resources)];
      const cut = async (reach: typeof one) => {
        const targets = await resourcePolicies.find(reach, clients(), []);
        expect(targets).toHaveLength(things.length);
        for (const target of targets) await resourcePolicies.cut(target, reach, clients());
        return {
          isCut: () => Promise.all(targets.map((target) => resourcePolicies.isCut(target, reach, clients()))),
          mend: () => Promise.all(targets.map((target) => resourcePolicies.mend(target, reach, clients()))),
        };
      };
      const [first, second] = [await cut(one), await cut(two)];

      expect((await first.mend()).map(({ outcome }) => outcome)).toEqual(things.map(() => 'restored'));
      expect(await second.isCut()).toEqual(things.map(() => true));
      expect(await first.isCut()).toEqual(things.map(() => false));
      await second.mend();
      const after = await Promise.all(things.map(({ read }) => read()));
      expect(after.map((text) => JSON.parse(text ?? 'null'))).toEqual(
        // A policy with one statement may have it in a list or not: which, the second found in a list.
        before.map((text) => ({
          ...JSON.parse(text ?? 'null'),
          Statement: [JSON.parse(text ?? 'null').Statement],
        })),
      );
    });

    it('keeps what somebody adds meanwhile, and loses our statement alone', async () => {
      const things = await policied(stage, wholeAccount);
      const all = things.map(({ arn }) => arn);
      // Of these the suspect may only read some: they let it in as well.
      const reads = all.filter((arn) => /:(?:sqs|kinesis|dynamodb):/.test(arn));
      const reach = {
        ...reachOf(
          stage,
          all.filter((arn) => !reads.includes(arn)),
        ),
        reads,
      };
      const targets = await resourcePolicies.find(reach, clients(), []);
      expect(targets).toHaveLength(all.length);
      for (const target of targets) await resourcePolicies.cut(target, reach, clients());
      const added = {
        Sid: 'Added',
        Effect: 'Allow',
        Principal: { AWS: '999999999999' },
        Action: 'kinesis:PutRecord',
      };
      for (const { arn, read, write } of things) {
        const policy = JSON.parse((await read()) ?? '{}');
        const Statement = [...policy.Statement, { ...added, Resource: arn }];
        await write(JSON.stringify({ ...policy, Statement }));
      }

      const mended = await Promise.all(
        targets.map((target) => resourcePolicies.mend(target, reach, clients())),
      );
      expect(mended.map(({ outcome }) => outcome)).toEqual(things.map(() => 'restored'));
      for (const { arn, read } of things)
        expect(JSON.parse((await read()) ?? '{}').Statement).toEqual([
          JSON.parse(wholeAccount(arn, actionOf(arn))).Statement,
          { ...added, Resource: arn },
        ]);
    });

    it('that was taken away before it was cut is taken away again', async () => {
      const things = (await policied(stage, wholeAccount)).filter(({ clear }) => clear !== undefined);
      const reach = reachOf(
        stage,
        things.map(({ arn }) => arn),
      );
      const targets = await resourcePolicies.find(reach, clients(), []);
      expect(targets).toHaveLength(5);
      const own = { ...clients(), ...stage.fresh(await roles.as('dependants')) };
      for (const { clear } of things) await clear?.();
      for (const target of targets) {
        await resourcePolicies.cut(target, reach, own);
        expect(await resourcePolicies.isCut(target, reach, own)).toBe(true);
        expect((await resourcePolicies.mend(target, reach, own)).outcome).toBe('restored');
      }
      expect(await Promise.all(things.map(({ read }) => read()))).toEqual(things.map(() => undefined));
    });

    it('of a topic or a key in which our statement alone is left stays: there is no way to have none', async () => {
      const things = (await policied(stage, wholeAccount)).filter(({ clear }) => clear === undefined);
      const reach = reachOf(
        stage,
        things.map(({ arn }) => arn),
      );
      const targets = await resourcePolicies.find(reach, clients(), []);
      expect(targets).toHaveLength(2);
      for (const target of targets) await resourcePolicies.cut(target, reach, clients());
      for (const { read, write } of things) {
        const policy = JSON.parse((await read()) ?? '{}');
        await write(JSON.stringify({ ...policy, Statement: [policy.Statement[0]] }));
      }
      const left = await Promise.all(things.map(({ read }) => read()));
      for (const target of targets) {
        const mended = await resourcePolicies.mend(target, reach, clients());
        expect(mended).toEqual({ outcome: 'drift', detail: expect.stringContaining('has to have one') });
      }
      expect(await Promise.all(things.map(({ read }) => read()))).toEqual(left);
    });

    it('that lets in others only is left as it is, as is a resource without one', async () => {
      const others = await policied(stage, (arn, Action) =>
        JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action, Resource: arn },
            { Effect: 'Allow', Principal: { AWS: '999999999999' }, Action, Resource: arn },
            {
              Effect: 'Deny',
              Principal: '*',
              Action,
              Resource: arn,
              Condition: { StringEquals: { 'aws:PrincipalTag/team': 'none' } },
            },
          ],
        }),
      );
      // A topic and a key that nobody gave a policy have one that lets the account in.
      const none = (await policied(stage, () => null)).filter(({ clear }) => clear !== undefined);
      const reach = reachOf(
        stage,
        [...others, ...none].map(({ arn }) => arn),
      );
      expect(await resourcePolicies.find(reach, clients(), [])).toEqual([]);
    });

    it('refuses the role itself while it is cut, whatever the role may do, and no longer after', async () => {
      const name = `suspect-${randomUUID()}`;
      const things = await policied(stage, wholeAccount);
      const may = [{ Effect: 'Allow', Action: '*', Resource: '*' } as const];
      const roleArn = await makeRole(stage.aws, name, may);
      const thief = stage.fresh(await assume(stage.aws, roleArn, 'stolen'));
      const resources = things.map(({ arn }) => arn);
      const reach = { ...reachOf(stage, resources, name), roleArn };
      const use = async (): Promise<readonly string[]> => {
        const called = things.map(({ use: call }) => call(thief));
        return (await Promise.allSettled(called)).map((call) =>
          call.status === 'fulfilled' ? 'may' : String(call.reason.name),
        );
      };
      expect(await use()).toEqual(things.map(() => 'may'));

      const targets = await resourcePolicies.find(reach, clients(), []);
      for (const target of targets) await resourcePolicies.cut(target, reach, clients());
      expect(await use()).toEqual(things.map(() => expect.stringMatching(/AccessDenied|AuthorizationError/)));

      for (const target of targets) await resourcePolicies.mend(target, reach, clients());
      expect(await use()).toEqual(things.map(() => 'may'));
    });

    it('loses our statement also when the role was deleted meanwhile, and AWS shows an id for it', async () => {
      const things = await policied(stage, wholeAccount);
      const before = await Promise.all(things.map(({ read }) => read()));
      const reach = reachOf(
        stage,
        things.map(({ arn }) => arn),
      );
      const targets = await resourcePolicies.find(reach, clients(), []);
      for (const target of targets) await resourcePolicies.cut(target, reach, clients());
      for (const { read, write } of things)
        await write(((await read()) ?? '').replace(reach.roleArn, 'AROAEXAMPLEEXAMPLE123'));

      for (const target of targets) {
        expect(await resourcePolicies.isCut(target, reach, clients())).toBe(false);
        expect((await resourcePolicies.mend(target, reach, clients())).outcome).toBe('restored');
      }
      expect(await Promise.all(things.map(({ read }) => read()))).toEqual(before);
    });

    it('of what was deleted meanwhile is told under the role of the deployment, too', async () => {
      const world = await policyWorld(stage);
      const targets = await resourcePolicies.find(world.reach, clients(), []);
      await world.remove();
      const own = { ...clients(), ...stage.fresh(await roles.as('dependants')) };
      const plan = { ...clients(), ...stage.fresh(await roles.as('plan')) };
      expect(await resourcePolicies.find(world.reach, plan, [])).toEqual([]);
      for (const target of targets)
        expect((await resourcePolicies.mend(target, world.reach, own)).detail).toContain('no longer exists');
    });

    it('of a table that somebody wrote meanwhile is not written over', async () => {
      const things = await policied(stage, wholeAccount);
      const table = things.filter(({ arn }) => arn.includes(':dynamodb:'));
      const reach = reachOf(
        stage,
        table.map(({ arn }) => arn),
      );
      const [target] = await resourcePolicies.find(reach, clients(), []);
      if (target === undefined) throw new Error('the table was not found');
      const theirs = wholeAccount(reach.resources[0] ?? '', 'dynamodb:GetItem');
      const on = clients();
      // After the policy is read, and before it is written.
      on.tables.middlewareStack.add(
        (next, { commandName }) =>
          async (args) => {
            if (commandName === 'PutResourcePolicyCommand')
              for (const { write } of table) await write(theirs);
            return next(args);
          },
        { step: 'initialize' },
      );
      await expect(resourcePolicies.cut(target, reach, on)).rejects.toThrow(
        expect.objectContaining({ name: 'PolicyNotFoundException' }),
      );
      expect(await Promise.all(table.map(({ read }) => read()))).toEqual([theirs]);
      await resourcePolicies.cut(target, reach, clients());
      expect(await resourcePolicies.isCut(target, reach, clients())).toBe(true);
    });

    it('of a key that lets the account not in, and so neither Tourniquet, is named and left', async () => {
      const reach = reachOf(stage, []);
      const { KeyMetadata } = await stage.clients.kms.send(new CreateKeyCommand({}));
      const KeyId = KeyMetadata?.Arn ?? '';
      const Statement = [
        { Effect: 'Allow', Principal: { AWS: reach.roleArn }, Action: 'kms:*', Resource: '*' },
      ];
      await stage.clients.kms.send(new PutKeyPolicyCommand({ KeyId, Policy: JSON.stringify({ Statement }) }));
      for (const role of ['dependants', 'plan']) {
        const own = { ...clients(), ...stage.fresh(await roles.as(role)) };
        expect(await resourcePolicies.find({ ...reach, resources: [KeyId] }, own, [])).toEqual([
          expect.objectContaining({ left: 'its policy does not let Tourniquet look at it' }),
        ]);
      }
    });

    it('of one of our own keys is never cut: it is named by its alias, and refused to the role', async () => {
      const AliasName = 'alias/tourniquet-other-signing';
      await stage.clients.kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: ourKey }));
      const own = { ...clients(), ...stage.fresh(await roles.as('dependants')) };

      const targets = await resourcePolicies.find(reachOf(stage, [ourKey]), own, []);
      expect(targets).toEqual([expect.objectContaining({ left: 'it is one of Tourniquet' })]);
      const Policy = wholeAccount('*', 'kms:*');
      await expect(own.kms.send(new PutKeyPolicyCommand({ KeyId: ourKey, Policy }))).rejects.toThrow(
        expect.objectContaining({ name: 'AccessDeniedException' }),
      );
    });
  });

  describe('a security group', () => {
    it('names the siblings that lose the way too', async () => {
      const { reach, sibling } = await groupWorld(stage);
      const targets = await securityGroups.find(reach, clients(), []);
      for (const { breaks } of targets) expect(breaks).toContain(`${sibling} as well`);
    });

    it('is joined by a second suspect, which no longer sees the rule that was revoked', async () => {
      const { reach, functions } = await groupWorld(stage);
      const second = reachOf(stage, [], functions[1]);
      const targets = await securityGroups.find(reach, clients(), []);
      for (const target of targets) await securityGroups.cut(target, reach, clients());

      expect(await securityGroups.find(second, clients(), [])).toEqual([]);
      const joined = await securityGroups.find(second, clients(), targets);
      expect(joined.map(({ id }) => id).toSorted()).toEqual(targets.map(({ id }) => id).toSorted());
      const stranger = await groupWorld(stage);
      const strangers = await securityGroups.find(stranger.reach, clients(), targets);
      expect(strangers.filter(({ id }) => targets.some((target) => target.id === id))).toEqual([]);
    });

    it('is not looked for where the function is in no VPC', async () => {
      expect(await securityGroups.find(reachOf(stage, []), clients(), [])).toEqual([]);
    });
  });
});
