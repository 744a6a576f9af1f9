import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { type LiveState, readLiveState } from '../../../local/liveState';
import { contain } from '../../../shared/containment/contain';
import type { ControlTools } from '../../../shared/containment/control';
import { readLedgers } from '../../../shared/containment/ledger';
import type { Incident } from '../../../shared/incident/incident';
import { incidentKey } from '../../../shared/incident/keys';
import { getIncident } from '../../../shared/incident/store';
import { restore } from '../../../shared/recovery/restore';
import { stageRelease } from '../../../shared/recovery/stageRelease';
import type { Suspect } from '../../../shared/suspect/describe';
import { type AnyFunction, maker } from './generated';
import { awsError, type Call, type Fate, instrument } from './instrument';
import { incidentOf, type Stage, startStage } from './stage';

/** A function on which every control has something to do. */
const EVERYTHING: AnyFunction = {
  reserved: 7,
  published: true,
  provisioned: { count: 2, scaling: { scheduled: true } },
  mappings: [
    { on: 'function', enabled: true },
    { on: 'alias', enabled: true },
    { on: 'version', enabled: false },
  ],
  urls: [
    { on: 'function', auth: 'NONE', cors: null, stream: false },
    {
      on: 'alias',
      auth: 'NONE',
      cors: { AllowOrigins: ['*'], AllowMethods: ['GET'], AllowCredentials: false, MaxAge: 60 },
      stream: true,
    },
  ],
  statements: [
    { on: 'function', who: 'public', organisation: true },
    { on: 'alias', who: 'foreign', organisation: false },
    { on: 'function', who: 'own', organisation: false },
  ],
  invokeConfigs: [{ on: 'function', retries: 1, age: 300, destination: 'both' }],
  runs: { as: 'ordinary' },
  sharedRole: false,
  deniedBefore: false,
  suspectedAs: 'function',
};

const nothing = () => Promise.resolve();
const quietly = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );

describe('containment meets a fault at any call, and is retried (invariants 1, 2, 3 and 4)', () => {
  let stage: Stage;
  let make: Awaited<ReturnType<typeof maker>>;
  beforeAll(async () => {
    stage = await startStage('crash');
    make = await maker(stage.clients, stage.denyPolicyArn);
  });
  afterAll(() => stage.stop());

  type Case = { readonly suspect: Suspect; readonly incident: Incident; readonly before: LiveState };
  const aCase = async (shape: AnyFunction = EVERYTHING): Promise<Case> => {
    const { suspect } = await make(shape);
    return {
      suspect,
      incident: incidentOf(suspect),
      before: await readLiveState(stage.clients, suspect.arn),
    };
  };
  const toolsWith = (incident: Incident, fateOf: (call: Call) => Fate): ControlTools =>
    stage.tools(incident, instrument(stage.fresh(undefined, 1), fateOf));

  /** Retries until it is whole, as the playbook does, and puts it back. */
  const completes = async ({ suspect, incident, before }: Case): Promise<void> => {
    await contain(suspect, incident, stage.tools(incident), nothing);
    const ledger = await readLedgers(stage.tools(incident).records, incident);
    expect(
      ledger
        .filter(({ state }) => state !== 'held' && state !== 'not-needed')
        .map(({ control, detail }) => [control, detail]),
    ).toEqual([]);
    expect(ledger.find(({ control }) => control === 'concurrency')?.before).toEqual({ reserved: 7 });
    await restore(suspect, incident, stage.tools(incident));
    expect(await readLiveState(stage.clients, suspect.arn)).toEqual(before);
  };

  /** The calls of one whole containment and of one whole restore, in the order in which they were made. */
  const callsOf = async (): Promise<{
    readonly contain: readonly string[];
    readonly restore: readonly string[];
  }> => {
    const { suspect, incident } = await aCase();
    const made: { contain: string[]; restore: string[] } = { contain: [], restore: [] };
    const note = (phase: 'contain' | 'restore') =>
      toolsWith(incident, ({ command }) => {
        made[phase].push(command);
        return 'made';
      });
    await contain(suspect, incident, note('contain'), nothing);
    await restore(suspect, incident, note('restore'));
    return made;
  };

  it('dies at every call in turn, before it or after it: the retry completes and the release restores exactly', async () => {
    const calls = await callsOf();
    const most = Math.max(calls.contain.length, calls.restore.length);
    for (let at = 0; at < most; at++) {
      const fate = (call: Call): Fate =>
        call.index === at ? (at % 2 === 0 ? 'dies-before' : 'dies-after') : 'made';
      const one = await aCase();
      await quietly(contain(one.suspect, one.incident, toolsWith(one.incident, fate), nothing));
      await contain(one.suspect, one.incident, stage.tools(one.incident), nothing);
      await quietly(restore(one.suspect, one.incident, toolsWith(one.incident, fate)));
      const restored = await restore(one.suspect, one.incident, stage.tools(one.incident));
      // What the try before did is its doing, and nobody else's: to call that drift would send people looking.
      expect([at, restored.filter(({ outcome }) => outcome === 'drift')]).toEqual([at, []]);
      expect([at, await readLiveState(stage.clients, one.suspect.arn)]).toEqual([at, one.before]);
    }
  }, 900_000);

  it('dies at every call of a release in steps: the retry stands at the same step, and the whole is restored exactly', async () => {
    const small = { ...EVERYTHING, provisioned: null, urls: [], statements: [], invokeConfigs: [] };
    const decision = { action: 'release', by: 'U0', via: 'slack', reason: '', at: '' } as const;
    const take = async (one: Case, fateOf: (call: Call) => Fate, later: number) => {
      const tools = toolsWith(one.incident, fateOf);
      const now = () => new Date(Date.now() + later * 1000);
      const at = { ...decision, at: one.incident.openedAt };
      const incident = await getIncident(stage.records, one.incident.id);
      return stageRelease(
        one.suspect,
        incident,
        at,
        { ...tools, metrics: stage.clients.metrics, records: { ...tools.records, now } },
        { rules: [{ functions: '*', concurrency: [2, 3], sources: ['*'] }], bakeSeconds: 60 },
      );
    };
    let calls = 0;
    const made = (call: Call): Fate => {
      calls = Math.max(calls, call.index + 1);
      return 'made';
    };
    for (let at = 0; at === 0 || at < calls; at++) {
      const fate = (call: Call): Fate =>
        call.index === at ? (at % 2 === 0 ? 'dies-before' : 'dies-after') : 'made';
      const one = await aCase(small);
      await stage.records.db.send(
        new PutCommand({
          TableName: stage.records.table,
          Item: { ...incidentKey(one.incident.id), ...one.incident, status: 'releasing' },
        }),
      );
      await contain(one.suspect, one.incident, stage.tools(one.incident), nothing);
      await quietly(take(one, fate, 0));
      expect([at, await take(one, made, 0)]).toMatchObject([at, { go: 'bake' }]);
      expect((await getIncident(stage.records, one.incident.id)).stage).toMatchObject({ concurrency: 2 });
      // In the second step as in the first: what is live is the step's before it, or its own.
      await quietly(take(one, fate, 90));
      expect([at, await take(one, made, 90)]).toMatchObject([at, { go: 'bake' }]);
      expect((await getIncident(stage.records, one.incident.id)).stage).toMatchObject({ concurrency: 3 });
      expect(await take(one, made, 180)).toEqual({ go: 'whole', staged: 3 });
      const whole = await restore(one.suspect, one.incident, { ...stage.tools(one.incident), staged: 3 });
      expect([at, whole.filter(({ outcome }) => outcome === 'drift')]).toEqual([at, []]);
      expect([at, await readLiveState(stage.clients, one.suspect.arn)]).toEqual([at, one.before]);
    }
    expect(calls).toBeGreaterThan(5);
  }, 900_000);

  it('finds done what a release did that died right after it, and does not call it drift', async () => {
    const calls = await callsOf();
    const writes = calls.restore.flatMap((command, index) =>
      /^(Get|List|Describe|Query|Simulate)/.test(command) ? [] : [index],
    );
    for (const at of writes) {
      const one = await aCase();
      await contain(one.suspect, one.incident, stage.tools(one.incident), nothing);
      const fate = (call: Call): Fate => (call.index === at ? 'dies-after' : 'made');
      await quietly(restore(one.suspect, one.incident, toolsWith(one.incident, fate)));
      const restored = await restore(one.suspect, one.incident, stage.tools(one.incident));
      expect([calls.restore[at], restored.filter(({ outcome }) => outcome === 'drift')]).toEqual([
        calls.restore[at],
        [],
      ]);
      expect(await readLiveState(stage.clients, one.suspect.arn)).toEqual(one.before);
    }
  }, 900_000);

  it('is throttled, or denied, at each kind of call: what can be put on is put on, and the retry completes', async () => {
    const calls = await callsOf();
    for (const [index, command] of [...new Set(calls.contain)].entries()) {
      const one = await aCase();
      const error = awsError(index % 2 === 0 ? 'ThrottlingException' : 'AccessDeniedException');
      const tools = toolsWith(one.incident, (call) => (call.command === command ? error : 'made'));
      const whole = await quietly(contain(one.suspect, one.incident, tools, nothing));
      const held = (await readLedgers(stage.tools(one.incident).records, one.incident)).filter(
        ({ state }) => state === 'held',
      );
      // The ledger's own table is what nothing can go on without (invariant 1).
      const ledgerIsGone = /^(PutItem|Query|UpdateItem)$/.test(command);
      expect([command, whole || ledgerIsGone || held.length > 0]).toEqual([command, true]);
      await completes(one);
    }
  }, 900_000);

  it('restores when it is throttled or denied at each kind of call of the release, and never more than it was told', async () => {
    const calls = await callsOf();
    for (const [index, command] of [...new Set(calls.restore)].entries()) {
      const one = await aCase();
      await contain(one.suspect, one.incident, stage.tools(one.incident), nothing);
      const error = awsError(index % 2 === 0 ? 'ThrottlingException' : 'AccessDeniedException');
      const tools = toolsWith(one.incident, (call) => (call.command === command ? error : 'made'));
      await quietly(restore(one.suspect, one.incident, tools));
      const restored = await restore(one.suspect, one.incident, stage.tools(one.incident));
      expect([command, restored.filter(({ outcome }) => outcome === 'drift')]).toEqual([command, []]);
      expect([command, await readLiveState(stage.clients, one.suspect.arn)]).toEqual([command, one.before]);
    }
  }, 900_000);

  it('does no harm when it is done twice, by two at once, and released twice', async () => {
    const one = await aCase();
    const twice = [0, 1].map(() => contain(one.suspect, one.incident, stage.tools(one.incident), nothing));
    await Promise.allSettled(twice);
    await completes(one);
    const again = await restore(one.suspect, one.incident, stage.tools(one.incident));
    expect(again.filter(({ outcome }) => outcome !== 'restored')).toEqual([]);
    expect(await readLiveState(stage.clients, one.suspect.arn)).toEqual(one.before);
  });
});
