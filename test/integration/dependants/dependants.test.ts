import {
  DeleteRuleCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
} from '@aws-sdk/client-eventbridge';
import { DeleteRoleCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { GetParametersByPathCommand, paginateGetParametersByPath } from '@aws-sdk/client-ssm';
import { type LocalClients, localClients } from '../../../local/clients';
import { readTrust } from '../../../shared/containment/readTrust';
import { dependantsRequest, MOST_TARGETS } from '../../../shared/dependants/request';
import { deployedRoles } from '../../fixtures/deployedRoles';
import { awsError, type Call, type Fate, instrument } from '../containment/instrument';
import { makeFunction, makeRole, showsEnvironment } from '../localAws/account';
import { useLocalAws } from '../localAws/instance';
import {
  asking,
  feed,
  KEPT,
  makeBus,
  makeQueue,
  makeRule,
  nameOf,
  PREFIX,
  reachOf,
  roleTrusting,
  trusts,
  unique,
} from './world';

/** The kinds that are held to all of this here; the others to their contract in `cuts.test.ts`. */
const KINDS = ['trusting-roles', 'consumers', 'rules'] as const;

const localAws = useLocalAws();
const admin = (): LocalClients => localClients(localAws());

/** The function's own role, with exactly what the template gives it. */
let cutter: LocalClients;
/** The role of the plan, which finds as much and changes nothing. */
let planner: LocalClients;
/** A function that all consumers are mappings of: it needs to be there, and is never run. */
let consumer = '';
beforeAll(async () => {
  const roles = deployedRoles(localAws(), PREFIX, {}, { inlineRoles: ['*'], dependants: KINDS });
  cutter = localClients(localAws(), await roles.as('dependants'));
  planner = localClients(localAws(), await roles.as('plan'));
  const role = await makeRole(localAws(), unique('consumer'), [
    { Effect: 'Allow', Action: '*', Resource: '*' },
  ]);
  consumer = await makeFunction(localAws(), unique('consumer'), role, showsEnvironment);
});

const keptParameters = async (): Promise<number> => {
  let count = 0;
  const all = { Path: KEPT, Recursive: true };
  for await (const { Parameters = [] } of paginateGetParametersByPath({ client: admin().ssm }, all))
    count += Parameters.length;
  return count;
};

/** One kind, with a suspect that has one dependant of it: how it is made, and how its live state is read. */
type Scene = {
  readonly id: string;
  readonly resources: readonly string[];
  readonly state: () => Promise<unknown>;
  /** Undoes the cut by hand, and changes it to something else by hand, and deletes it. */
  readonly undone: () => Promise<unknown>;
  readonly changed: () => Promise<unknown>;
  readonly deleted: () => Promise<unknown>;
};

const trustScene = async (name: string): Promise<Scene> => {
  const { iam } = admin();
  const own = reachOf(localAws(), name).roleArn;
  await roleTrusting(admin(), name, [trusts(localAws().accountId)]);
  const other = unique('other');
  const otherArn = await roleTrusting(admin(), other, [trusts(localAws().accountId)]);
  const target = unique('target');
  const original = [
    trusts([own, otherArn], { Sid: 'Both' }),
    trusts(own, { Condition: { StringEquals: { 'sts:ExternalId': 'x' } } }),
    { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
  ];
  const id = await roleTrusting(admin(), target, original);
  const put = (Statement: readonly unknown[]) =>
    iam.send(
      new UpdateAssumeRolePolicyCommand({
        RoleName: target,
        PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
      }),
    );
  return {
    id,
    resources: [],
    state: () => readTrust(iam, id),
    undone: () => put(original),
    changed: () => put([trusts(otherArn, { Sid: 'Theirs' })]),
    deleted: () => iam.send(new DeleteRoleCommand({ RoleName: target })),
  };
};

const mappingScene = async (): Promise<Scene> => {
  const { lambda } = admin();
  const queue = await makeQueue(admin());
  const UUID = await feed(admin(), consumer, queue);
  const state = async () => (await lambda.send(new GetEventSourceMappingCommand({ UUID }))).State;
  const enable = () => lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: true }));
  return {
    id: `${consumer}#${UUID}`,
    resources: [queue],
    state,
    undone: enable,
    changed: enable,
    deleted: () => lambda.send(new DeleteEventSourceMappingCommand({ UUID })),
  };
};

const ruleScene = async (): Promise<Scene> => {
  const { events } = admin();
  const bus = await makeBus(admin());
  const id = await makeRule(admin(), bus);
  const key = { Name: id.slice(id.lastIndexOf('/') + 1), EventBusName: nameOf(bus) };
  const enable = () => events.send(new EnableRuleCommand(key));
  return {
    id,
    resources: [bus],
    state: async () => (await events.send(new DescribeRuleCommand(key))).State,
    undone: enable,
    changed: enable,
    deleted: () => events.send(new DeleteRuleCommand(key)),
  };
};

const SCENES: Readonly<Record<(typeof KINDS)[number], (name: string) => Promise<Scene>>> = {
  'trusting-roles': trustScene,
  consumers: mappingScene,
  rules: ruleScene,
};

describe('the local AWS', () => {
  it('lets parameters be read by path under the path that a role may read, and under no other', async () => {
    const read = (Path: string) => cutter.ssm.send(new GetParametersByPathCommand({ Path }));
    expect((await read(`${KEPT}/none/kept`)).Parameters).toEqual([]);
    await expect(read('/tourniquet/test')).rejects.toThrow(/not authorized|AccessDenied/i);
  });
});

describe.each(KINDS)('%s', (kind) => {
  const enter = async () => {
    const name = unique('suspect');
    const scene = await SCENES[kind](name);
    return { scene, ...asking(localAws(), cutter, reachOf(localAws(), name, scene.resources)) };
  };

  it('finds what depends on the suspect, cuts it off, sees that, and puts it back exactly, twice each', async () => {
    const { scene, ask } = await enter();
    const before = await scene.state();
    const kept = await keptParameters();
    const found = await ask(kind, 'find');
    expect(found.states.map(({ id }) => id)).toEqual([scene.id]);
    expect(found.undo).toHaveLength(1);
    expect((await ask(kind, 'find', [], planner)).states).toEqual(found.states);
    expect(await scene.state()).toEqual(before);
    expect((await ask(kind, 'check', [scene.id])).states).toMatchObject([{ state: 'open' }]);

    for (const _time of [1, 2]) {
      expect((await ask(kind, 'cut', [scene.id])).states).toMatchObject([{ state: 'cut' }]);
      expect(await scene.state()).not.toEqual(before);
      expect((await ask(kind, 'check', [scene.id])).states).toMatchObject([{ state: 'cut' }]);
    }
    for (const _time of [1, 2]) {
      expect((await ask(kind, 'mend', [scene.id])).states).toMatchObject([{ state: 'restored' }]);
      expect(await scene.state()).toEqual(before);
    }
    expect(await keptParameters()).toBe(kept);
  });

  it('dies at every call in turn, and a retry completes and puts back exactly', async () => {
    const calls: Record<'cut' | 'mend', number> = { cut: 0, mend: 0 };
    const by = (fateOf: (call: Call) => Fate) => instrument(localClients(localAws(), undefined, 1), fateOf);
    const counting = await enter();
    for (const action of ['cut', 'mend'] as const)
      await counting.ask(
        kind,
        action,
        [counting.scene.id],
        by(() => {
          calls[action] += 1;
          return 'made';
        }),
      );
    const kept = await keptParameters();
    for (let at = 0; at < Math.max(calls.cut, calls.mend); at++)
      for (const fate of ['dies-before', 'dies-after'] as const) {
        const { scene, ask } = await enter();
        const before = await scene.state();
        const die = () => by(({ index }) => (index === at ? fate : 'made'));
        await ask(kind, 'cut', [scene.id], die()).catch(() => undefined);
        expect([at, (await ask(kind, 'cut', [scene.id])).states[0]?.state]).toEqual([at, 'cut']);
        await ask(kind, 'mend', [scene.id], die()).catch(() => undefined);
        expect([at, (await ask(kind, 'mend', [scene.id])).states[0]?.state]).toEqual([at, 'restored']);
        expect([at, await scene.state()]).toEqual([at, before]);
      }
    expect(await keptParameters()).toBe(kept);
  }, 300_000);

  it('sees when somebody undoes it, cuts it off again, and still puts back exactly', async () => {
    const { scene, ask } = await enter();
    const before = await scene.state();
    await ask(kind, 'cut', [scene.id]);
    await scene.undone();
    expect((await ask(kind, 'check', [scene.id])).states).toMatchObject([{ state: 'open' }]);
    expect((await ask(kind, 'cut', [scene.id])).states).toMatchObject([{ state: 'cut' }]);
    await ask(kind, 'mend', [scene.id]);
    expect(await scene.state()).toEqual(before);
  });

  it('leaves what somebody changed as it is', async () => {
    const { scene, ask } = await enter();
    await ask(kind, 'cut', [scene.id]);
    await scene.changed();
    const theirs = await scene.state();
    await ask(kind, 'mend', [scene.id]);
    expect(await scene.state()).toEqual(theirs);
  });

  it('says when it was deleted meanwhile, and takes that for cut off until then', async () => {
    const { scene, ask } = await enter();
    await ask(kind, 'cut', [scene.id]);
    await scene.deleted();
    expect((await ask(kind, 'check', [scene.id])).states).toMatchObject([{ state: 'cut' }]);
    expect((await ask(kind, 'mend', [scene.id])).states).toMatchObject([
      { state: 'drift', detail: expect.stringContaining('no longer exists') },
    ]);
  });

  it('is put back by the last of two containments of the same suspect alone', async () => {
    const name = unique('suspect');
    const scene = await SCENES[kind](name);
    const reach = reachOf(localAws(), name, scene.resources);
    const [one, two] = [0, 1].map(() => asking(localAws(), cutter, reach));
    const before = await scene.state();
    await one?.ask(kind, 'cut', [scene.id]);
    expect((await two?.ask(kind, 'find'))?.states).toMatchObject([{ id: scene.id }]);
    await two?.ask(kind, 'cut', [scene.id]);
    const cut = await scene.state();
    await one?.ask(kind, 'mend', [scene.id]);
    expect(await scene.state()).toEqual(cut);
    await two?.ask(kind, 'mend', [scene.id]);
    expect(await scene.state()).toEqual(before);
  });

  it('cuts nothing off that it has not found itself, whatever it is asked for', async () => {
    const { scene } = await enter();
    const before = await scene.state();
    const stranger = asking(localAws(), cutter, reachOf(localAws(), unique('stranger')));
    expect((await stranger.ask(kind, 'cut', [scene.id])).states).toMatchObject([{ state: 'open' }]);
    // Nor does a containment that holds nothing mend anything.
    await stranger.ask(kind, 'mend', [scene.id]);
    expect(await scene.state()).toEqual(before);
  });

  it('refuses a suspect of our own, or of elsewhere', async () => {
    const ours = asking(localAws(), cutter, reachOf(localAws(), 'tourniquet-dev-contain'));
    await expect(ours.ask(kind, 'find')).rejects.toThrow('one of our own');
    const away = { ...reachOf(localAws(), 'x'), accountId: '210987654321' };
    await expect(asking(localAws(), cutter, away).ask(kind, 'find')).rejects.toThrow('not of this account');
  });
});

describe('roles that trust two suspects', () => {
  it('get back each for itself, in whatever order, and a role that trusted nobody else trusts nobody meanwhile', async () => {
    for (const first of [0, 1]) {
      const names = [unique('one'), unique('two')];
      const arns = await Promise.all(
        names.map((name) => roleTrusting(admin(), name, [trusts(localAws().accountId)])),
      );
      const id = await roleTrusting(admin(), unique('target'), [trusts(arns)]);
      const live = () => readTrust(admin().iam, id);
      const before = await live();
      const cases = names.map((name) => asking(localAws(), cutter, reachOf(localAws(), name)));
      for (const { ask } of cases)
        expect((await ask('trusting-roles', 'cut', [id])).states).toMatchObject([{ state: 'cut' }]);
      expect(await live()).toMatchObject({ Statement: [{ Effect: 'Deny', Principal: { AWS: '*' } }] });

      await cases[first]?.ask('trusting-roles', 'mend', [id]);
      expect(await live()).toMatchObject({
        Statement: [{ Effect: 'Allow', Principal: { AWS: arns[first] } }],
      });
      await cases[1 - first]?.ask('trusting-roles', 'mend', [id]);
      expect(await live()).toEqual(before);
    }
  });

  it('are named and not cut where the deployment does not list them, and never where they are ours', async () => {
    const name = unique('suspect');
    const arn = await roleTrusting(admin(), name, [trusts(localAws().accountId)]);
    const ours = unique('tourniquet-dev');
    const own = await roleTrusting(admin(), ours, [trusts(arn)]);
    const { ask } = asking(localAws(), cutter, reachOf(localAws(), name));
    const found = await ask('trusting-roles', 'find');
    expect(found.states).toEqual([]);
    expect(found.left).toEqual([expect.stringContaining(ours)]);
    expect((await ask('trusting-roles', 'cut', [own])).states).toMatchObject([{ state: 'open' }]);
    // Nor by its own permissions, whoever would ask.
    await expect(
      cutter.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: ours, PolicyDocument: '{}' })),
    ).rejects.toThrow(/not authorized|AccessDenied/i);
  });
});

describe('consumers and rules', () => {
  it('that were off before are not switched on by a release', async () => {
    const queue = await makeQueue(admin());
    const UUID = await feed(admin(), consumer, queue, false);
    const bus = await makeBus(admin());
    await makeRule(admin(), bus, 'DISABLED');
    const { ask } = asking(localAws(), cutter, reachOf(localAws(), unique('suspect'), [queue, bus]));
    expect((await ask('consumers', 'find')).states).toEqual([]);
    expect((await ask('rules', 'find')).states).toEqual([]);
    expect((await ask('consumers', 'cut', [`${consumer}#${UUID}`])).states).toMatchObject([
      { state: 'open' },
    ]);
  });

  it('of one queue stay off until the last of two suspects is released', async () => {
    const queue = await makeQueue(admin());
    const UUID = await feed(admin(), consumer, queue);
    const id = `${consumer}#${UUID}`;
    const state = async () => (await admin().lambda.send(new GetEventSourceMappingCommand({ UUID }))).State;
    const cases = [0, 1].map(() =>
      asking(localAws(), cutter, reachOf(localAws(), unique('suspect'), [queue])),
    );
    for (const { ask } of cases) await ask('consumers', 'cut', [id]);
    await cases[0]?.ask('consumers', 'mend', [id]);
    expect(await state()).toBe('Disabled');
    await cases[1]?.ask('consumers', 'mend', [id]);
    expect(await state()).toBe('Enabled');
  });

  it('are cut off and put back though AWS refuses it for one of them, which a retry then does', async () => {
    const bus = await makeBus(admin());
    const ids = [await makeRule(admin(), bus), await makeRule(admin(), bus), await makeRule(admin(), bus)];
    const states = () =>
      Promise.all(
        ids.map(async (id) => {
          const key = { Name: id.slice(id.lastIndexOf('/') + 1), EventBusName: nameOf(bus) };
          return (await admin().events.send(new DescribeRuleCommand(key))).State;
        }),
      );
    const refusing = (refused: string) => {
      let calls = 0;
      return instrument(localClients(localAws()), ({ command }) => {
        if (command !== refused) return 'made';
        calls += 1;
        return calls === 1 ? awsError('ManagedRuleException') : 'made';
      });
    };
    const { ask } = asking(localAws(), cutter, reachOf(localAws(), unique('suspect'), [bus]));

    await expect(ask('rules', 'cut', ids, refusing('DisableRule'))).rejects.toThrow('ManagedRuleException');
    expect(await states()).toEqual(['ENABLED', 'DISABLED', 'DISABLED']);
    await ask('rules', 'cut', ids);
    expect(await states()).toEqual(['DISABLED', 'DISABLED', 'DISABLED']);

    await expect(ask('rules', 'mend', ids, refusing('EnableRule'))).rejects.toThrow('ManagedRuleException');
    expect((await states()).filter((state) => state === 'DISABLED')).toHaveLength(1);
    await ask('rules', 'mend', ids);
    expect(await states()).toEqual(['ENABLED', 'ENABLED', 'ENABLED']);
  });

  it('are left on our own bus, and on the default one', async () => {
    const ours = await makeBus(admin(), unique('tourniquet-dev'));
    await makeRule(admin(), ours);
    const other = await makeBus(admin());
    const named = await makeRule(admin(), other, 'ENABLED', unique('tourniquet-dev'));
    const fallback = ours.replace(/event-bus\/.*/, 'event-bus/default');
    await makeRule(admin(), 'default');
    const { ask } = asking(
      localAws(),
      cutter,
      reachOf(localAws(), unique('suspect'), [ours, other, fallback]),
    );
    const found = await ask('rules', 'find');
    expect(found.states).toEqual([]);
    expect(found.left).toHaveLength(2);
    await expect(
      cutter.events.send(
        new DisableRuleCommand({ Name: named.split('/').at(-1), EventBusName: nameOf(other) }),
      ),
    ).rejects.toThrow(/not authorized|AccessDenied/i);
  });

  it(`are ${MOST_TARGETS} at most, and the others are said`, async () => {
    const bus = await makeBus(admin());
    for (let count = 0; count < MOST_TARGETS + 2; count++) await makeRule(admin(), bus);
    const { ask } = asking(localAws(), cutter, reachOf(localAws(), unique('suspect'), [bus]));
    const found = await ask('rules', 'find');
    expect(found.states).toHaveLength(MOST_TARGETS);
    expect(found.left).toEqual([expect.stringContaining(`2 more than the ${MOST_TARGETS}`)]);
  });
});

describe('what may be asked', () => {
  const good = {
    kind: 'rules',
    action: 'find',
    reach: {
      suspectArn: 'arn:aws:lambda:us-east-1:123456789012:function:x',
      functionName: 'x',
      roleArn: 'arn:aws:iam::123456789012:role/x',
      accountId: '123456789012',
      region: 'us-east-1',
      resources: [],
      reads: [],
    },
    holder: 'inc-20260101-0123456789ab#1',
    targets: [],
  };

  it.each([
    ['a kind that is none', { kind: 'everything' }],
    ['what was there before', { before: {} }],
    ['more targets than may be cut', { targets: Array.from({ length: 26 }, () => 'x') }],
    ['a holder that is no containment', { holder: '../other' }],
    ['a role that is none', { reach: { ...good.reach, roleArn: '*' } }],
    [
      'more than a hundred resources',
      { reach: { ...good.reach, resources: Array.from({ length: 101 }, () => 'arn:aws:sqs:x') } },
    ],
  ])('is not %s', (_what, change) => {
    expect(dependantsRequest.safeParse(good).success).toBe(true);
    expect(dependantsRequest.safeParse({ ...good, ...change }).success).toBe(false);
  });
});
