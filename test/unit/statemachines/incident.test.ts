import validate from 'asl-validator';
import { ABOUTS, type About, PAGES } from '../../../shared/notification/about';
import {
  type Catcher,
  catcherOf,
  deployedPlaybook,
  onwards,
  PLAYBOOK,
  reachable,
  type State,
  statesOf,
} from '../../fixtures/playbook';
import { exists, filesUnder, read, readYaml } from '../../fixtures/repository';

const machine = deployedPlaybook();
const states = statesOf(machine);
const named = new Map(states);
const tasks = states.filter(([, { Type }]) => Type === 'Task');

/** The members of a union of string literals, read from the source: `type Route = 'A' | 'B'`. */
const unionIn = (path: string, name: string): readonly string[] => {
  const [, body = ''] = new RegExp(`type ${name} =([^;]+);`).exec(read(path)) ?? [];
  return [...body.matchAll(/'([^']+)'/g)].map(([, member = '']) => member);
};

const functionOf = (state: State): string => /[^:]+$/.exec(state.Arguments?.FunctionName ?? '')?.[0] ?? '';
const aboutOf = (state: State): unknown => state.Arguments?.Payload.about;
const isAnnouncement = (state: State | undefined): boolean =>
  state !== undefined && functionOf(state) === 'announce';
const waitsForToken = (state: State): boolean => state.Resource?.endsWith('.waitForTaskToken') === true;
/** Whether it takes time to get past a state: a wait, a human's decision, or branches that hold one. */
const pauses = (state: State): boolean =>
  state.Type === 'Wait' ||
  waitsForToken(state) ||
  (state.Branches ?? []).some((branch) => statesOf(branch).some(([, inner]) => pauses(inner)));
const choices = (name: string): ReadonlyMap<string, string> =>
  new Map(
    (named.get(name)?.Choices ?? []).map(({ Condition, Next }) => [
      /= '([^']+)'/.exec(Condition)?.[1] ?? Condition,
      Next,
    ]),
  );
const catches = (state: State): readonly Catcher[] => state.Catch ?? [];
const leadingTo = (name: string): readonly string[] =>
  states
    .filter(([, state]) => [...onwards(state), ...catches(state).map(({ Next }) => Next)].includes(name))
    .map(([from]) => from);

describe('the playbook', () => {
  it('is a valid state machine', () => {
    const { isValid, errorsText } = validate(machine as never);

    expect(errorsText('\n')).toBe('');
    expect(isValid).toBe(true);
  });

  it('names every state once, so that a name says where an incident stands', () => {
    const names = states.map(([name]) => name);

    expect(names).toEqual([...new Set(names)]);
  });

  it.each(states)('goes on from %s only to states that exist', (_name, state) => {
    const nexts = [...onwards(state), ...catches(state).map(({ Next }) => Next)];

    expect(nexts.filter((next) => !named.has(next))).toEqual([]);
  });

  it('can reach every state', () => {
    const reached = reachable(machine, machine.StartAt);

    expect(states.map(([name]) => name).filter((name) => !reached.has(name))).toEqual([]);
  });

  it.each(states)('says what %s is for', (_name, { Comment = '' }) => {
    expect(Comment.length).toBeGreaterThan(10);
  });

  it.each(['Closed', 'Folded', 'Observed', 'Unparseable', 'SuspectGone', 'Refused', 'Ignored'])(
    'can end as %s',
    (name) => {
      expect(named.get(name)?.Type).toBe('Succeed');
    },
  );
});

describe('the playbook and its functions', () => {
  const placeholders = [
    ...new Set([...read(PLAYBOOK).matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => name)),
  ];
  const deployed = readYaml('serverless.yml') as { functions: Record<string, { handler: string }> };
  const template = readYaml('infrastructure/stateMachine.yml') as {
    Resources: { StateMachine: { Properties: { DefinitionSubstitutions: Record<string, string> } } };
  };
  const substitutions = template.Resources.StateMachine.Properties.DefinitionSubstitutions;

  it.each(placeholders.filter((name) => name !== 'name'))(
    'has a function, its file and its ARN for %s',
    (name) => {
      expect(exists(`functions/${name}.ts`)).toBe(true);
      expect(deployed.functions[name]?.handler).toBe(`functions/${name}.handler`);
      expect(substitutions[name]).toBe(`${name.charAt(0).toUpperCase()}${name.slice(1)}LambdaFunction.Arn`);
    },
  );

  it('is told of no function that it does not call', () => {
    expect(Object.keys(substitutions).filter((name) => !placeholders.includes(name))).toEqual([]);
  });

  it('is given the parameters that it names', () => {
    const policy = readYaml('policy.yml') as Record<string, unknown>;
    const used = [...read(PLAYBOOK).matchAll(/\$\{self:custom\.config\.(\w+)\}/g)].map(
      ([, name = '']) => name,
    );

    expect(used.filter((name) => name !== 'name' && !(name in policy))).toEqual([]);
  });

  it.each(tasks)('passes %s an id and never content', (_name, state) => {
    const { incidentId, event, ...rest } = state.Arguments?.Payload ?? {};

    // Assess alone is given the event: from there on it is in the record.
    if (functionOf(state) === 'assess') expect(event).toBe('{% $states.input %}');
    else expect({ incidentId, event }).toEqual({ incidentId: '{% $incidentId %}', event: undefined });
    expect(
      Object.keys(rest).filter(
        (key) =>
          ![
            'executionArn',
            'token',
            'about',
            'detail',
            'error',
            'settleForPartial',
            'afterRelease',
            'exposed',
            'again',
            'when',
          ].includes(key),
      ),
    ).toEqual([]);
  });

  it.each(tasks)('gives up on %s in the end', (_name, { TimeoutSeconds }) => {
    expect(TimeoutSeconds).toBeGreaterThan(0);
  });
});

describe('the playbook and what it announces', () => {
  const announced = states.map(([, state]) => aboutOf(state)).filter((about) => about !== undefined);

  it('announces only what the channels know', () => {
    expect(announced.filter((about) => !ABOUTS.some((known) => known === about))).toEqual([]);
  });

  it.each(ABOUTS)('has a use for the announcement %s', (about) => {
    const product = [...filesUnder('functions', '.ts'), ...filesUnder('shared/containment', '.ts')];
    const fromFunctions = product.some(
      (path) => read(path).includes(`about: '${about}'`) || read(path).includes(`, '${about}', [`),
    );

    expect(announced.includes(about) || fromFunctions).toBe(true);
  });

  it.each(states.filter(([, state]) => isAnnouncement(state)))('says what %s is about', (_name, state) => {
    expect(typeof aboutOf(state)).toBe('string');
  });
});

describe('the playbook and the answers of its steps', () => {
  const ROUTES = unionIn('functions/assess.ts', 'Route');
  const NEXTS = unionIn('functions/verify.ts', 'Next');

  it('reads the routes from the source', () => {
    expect(ROUTES.length).toBeGreaterThan(5);
    expect(NEXTS.length).toBeGreaterThan(3);
  });

  it.each(ROUTES)('knows where to go for the route %s', (route) => {
    expect(choices('RouteByDisposition').has(route)).toBe(true);
  });

  it('chooses by no route that Assess does not give', () => {
    expect([...choices('RouteByDisposition').keys()].filter((route) => !ROUTES.includes(route))).toEqual([]);
  });

  it('fails loudly on a route that it does not know', () => {
    expect(named.get(named.get('RouteByDisposition')?.Default ?? '')?.Type).toBe('Fail');
  });

  it.each(NEXTS.filter((next) => next !== 'Wait'))(
    'knows where to go when a decision comes to %s',
    (next) => {
      expect(
        choices('AfterAnswer').has(next) ||
          choices('AfterDecision').has(next) ||
          choices('AfterVerifyAgain').has(next) ||
          choices('AfterWatch').has(next),
      ).toBe(true);
    },
  );

  it.each(unionIn('functions/contain.ts', 'Outcome').filter((outcome) => outcome !== 'contained'))(
    'knows where to go when containment comes to %s',
    (outcome) => {
      expect(choices('AfterContain').has(outcome)).toBe(true);
    },
  );

  it.each(['AfterAnswer', 'AfterDecision', 'AfterWatch'])(
    'goes on waiting in %s where nothing was decided',
    (name) => {
      const state = named.get(named.get(name)?.Default ?? '');

      expect(state !== undefined && waitsForToken(state)).toBe(true);
      expect([...choices(name).keys()].filter((next) => !NEXTS.includes(next))).toEqual([]);
    },
  );
});

describe('the playbook when something fails', () => {
  it.each(tasks)('tries %s again', (_name, { Retry = [] }) => {
    expect(Retry.length).toBeGreaterThan(0);
    expect(Retry.some(({ ErrorEquals }) => ErrorEquals.includes('Lambda.TooManyRequestsException'))).toBe(
      true,
    );
  });

  it.each(tasks)('catches what %s throws, unless it is the last word of the execution', (_name, state) => {
    const last = isAnnouncement(state) && named.get(state.Next ?? '')?.Type === 'Succeed';

    expect(last || catcherOf(state, 'States.TaskFailed') !== undefined).toBe(true);
  });

  it('names in its retries only errors that exist under that very name', () => {
    const ours = states
      .flatMap(([, { Retry = [], Catch = [] }]) =>
        [...Retry, ...Catch].flatMap(({ ErrorEquals }) => ErrorEquals),
      )
      .filter((name) => !name.startsWith('States.') && !name.startsWith('Lambda.'));
    const raised = states.map(([, state]) => state.Error);
    const sources = [...filesUnder('shared', '.ts'), ...filesUnder('functions', '.ts')].map(read).join('\n');
    const missing = [...new Set(ours)].filter(
      (name) =>
        !raised.includes(name) &&
        (!sources.includes(`class ${name} extends Error`) ||
          !sources.includes(`override readonly name = '${name}'`)),
    );

    expect(ours).toContain('RefusedByGuardError');
    expect(missing).toEqual([]);
  });

  it.each(['RefusedByGuardError', 'SuspectGoneError'])(
    'does not try again after %s: it would be the same',
    (name) => {
      const retriers = named.get('Contain')?.Retry ?? [];
      const first = retriers.find(
        ({ ErrorEquals }) => ErrorEquals.includes(name) || ErrorEquals.includes('States.ALL'),
      );

      expect(first?.MaxAttempts).toBe(0);
    },
  );

  it('releases nothing because something failed', () => {
    // What follows the release only sends held events on, and tells.
    const releasing = ['Release', 'Decided', 'VerifyAgain', 'Replay'];
    const wrong = states.flatMap(([name, state]) =>
      catches(state)
        .filter(({ Next }) => releasing.includes(Next))
        .map(({ Next, ErrorEquals }) => `${name} → ${Next}: ${ErrorEquals.join(', ')}`),
    );

    // The end of a step's time is what it waits for, and no failure; nor is what a person has decided.
    expect(wrong).toEqual([
      'Respond → Release: FalsePositive',
      'Bake → Release: States.Timeout',
      'Watch → Release: Settled',
    ]);
    const raising = (error: string) =>
      states.filter(([, state]) => state.Error === error).map(([name]) => name);
    expect(raising('FalsePositive').flatMap(leadingTo)).toEqual(['AfterDecision']);
    expect(raising('Settled').flatMap(leadingTo).toSorted()).toEqual(['AfterWatch', 'RestGathered']);
  });

  it('contains again what comes back while it is watched, though evidence is still gathered', () => {
    expect(choices('AfterWatch').get('Contain')).toBe('Relapsed');
    const { Error: relapsed = '' } = named.get('Relapsed') as State;
    const next = catcherOf(named.get('Watch') as State, relapsed)?.Next ?? '';
    expect(aboutOf(named.get(next) as State)).toBe('relapse');
    expect(named.get(next)?.Next).toBe('Contain');
    // Nothing else that ends a branch is taken for that, nor for a decision.
    for (const name of ['Watch', 'Respond'])
      expect(catcherOf(named.get(name) as State, 'States.TaskFailed')).toBeUndefined();
  });

  it('goes on with the evidence as the gathering answers, and takes up what is not to wait for it', () => {
    const answers = unionIn('shared/evidence/goesOn.ts', 'Gathered');
    const places = ['EvidenceGathered', 'RestGathered', 'ClosingGathered'];
    const nextOf = (at: string, answer: string) => choices(at).get(answer) ?? named.get(at)?.Default ?? '';

    for (const at of places)
      expect([...choices(at).keys()].filter((answer) => !answers.includes(answer))).toEqual([]);
    expect(places.map((at) => nextOf(at, 'Done'))).toEqual(['Investigate', 'RestOver', 'PostMortem']);
    expect(named.get(nextOf('RestGathered', 'Relapsed'))).toMatchObject({ Error: 'Relapsed' });
    expect(named.get(nextOf('RestGathered', 'Settled'))).toMatchObject({ Error: 'Settled' });
    expect(nextOf('ClosingGathered', 'Relapsed')).toBe('AnnounceRelapse');
    expect(nextOf('ClosingGathered', 'Settled')).toBe('Release');
  });

  it('goes one step further only in a release that has begun, and only when its time is over or something wakes it', () => {
    expect(named.get('AnnounceStage')?.Next).toBe('Bake');
    expect(named.get('Bake')?.Next).toBe('Release');
    // Anything else that ends the wait asks a human.
    const bake = states.find(([name]) => name === 'Bake');
    const otherwise = (bake === undefined ? [] : catches(bake[1])).find(({ ErrorEquals }) =>
      ErrorEquals.includes('States.ALL'),
    );
    expect(otherwise?.Next).toBe('AnnounceReleaseFailure');
    // What went wrong in a step is told, and contained again.
    expect(choices('AfterRelease').get('Recontain')).toBe('AnnounceStepBack');
    expect(named.get('AnnounceStepBack')?.Next).toBe('Contain');
  });

  it('comes to Release only from a human: by a verified decision, a resumed release, or a release tried again', () => {
    const into = states.filter(([, state]) => onwards(state).includes('Release')).map(([name]) => name);

    expect(into.toSorted()).toEqual([
      'AfterVerifyAgain',
      'Bake',
      'ClosingGathered',
      'ReleaseAgainLater',
      'ReleaseAgainSoon',
      'RouteByDisposition',
    ]);
    expect(choices('AfterVerifyAgain').get('Release')).toBe('Release');
    expect(leadingTo('AfterVerifyAgain')).toEqual(['VerifyAgain']);
    expect(leadingTo('VerifyAgain').toSorted()).toEqual(['AwaitReleaseDecision', 'Respond']);
    expect(named.get('VerifyAgain')?.Arguments?.Payload).toMatchObject({ again: true });
    // Respond is left only when all its branches end, and the one with the decision ends in Decided alone; or by what an
    // approver called a false positive.
    const branch = named.get('Respond')?.Branches?.find(({ States }) => 'AwaitDecision' in States);
    const ends = Object.entries(branch?.States ?? {}).filter(
      ([, { End, Type }]) => End || Type === 'Succeed' || Type === 'Fail',
    );
    expect(ends.map(([name]) => name).toSorted()).toEqual(['CalledFalsePositive', 'Decided']);
    expect(leadingTo('CalledFalsePositive')).toEqual(['AfterDecision']);
    expect(choices('AfterDecision').get('ReleaseAtOnce')).toBe('CalledFalsePositive');
    const intoDecided = states
      .filter(([, state]) => onwards(state).includes('Decided'))
      .map(([name]) => name);
    expect(intoDecided).toEqual(['AfterDecision']);
    expect(choices('AfterDecision').get('Release')).toBe('Decided');
    // The waits before another try are reached from a release alone.
    expect(leadingTo('ReleaseAgainSoon')).toEqual(['AfterRelease']);
    expect(leadingTo('ReleaseAgainLater').toSorted()).toEqual(['AfterRelease', 'AnnounceReleaseRetry']);
    expect(leadingTo('AnnounceReleaseRetry')).toEqual(['AfterRelease']);
    expect(leadingTo('Bake')).toEqual(['AnnounceStage']);
    expect(leadingTo('AnnounceStage')).toEqual(['AfterRelease']);
    expect(leadingTo('AfterRelease')).toEqual(['Release']);
  });

  it('goes on releasing by itself only where the step says so: what else it answers waits for a human', () => {
    const answers = unionIn('functions/release.ts', 'Release');
    const unknown = [...choices('AfterRelease').keys()].filter((next) => !answers.includes(next));

    expect(answers.length).toBeGreaterThan(4);
    expect(unknown).toEqual([]);
    expect(answers.filter((next) => !choices('AfterRelease').has(next))).toEqual([]);
    // What it does not know pages.
    expect(named.get('AfterRelease')?.Default).toBe('AnnounceReleaseStopped');
    expect(named.get(choices('AfterRelease').get('Ask') ?? '')?.Next).toBe('AwaitReleaseDecision');
  });

  it('pages about a release that has stopped once, and not with each try', () => {
    const pages = (name: string) => PAGES[aboutOf(named.get(name) as State) as About];
    const retrying = reachable(machine, 'ReleaseAgainLater', (name) => name === 'Release');

    expect(pages('AnnounceReleaseStopped')).toBe('trigger');
    expect(pages('AnnounceReleaseRetry')).toBeNull();
    expect([...retrying].toSorted()).toEqual(['Release', 'ReleaseAgainLater']);
  });

  it('does not release because nobody decided how a stopped release goes on', () => {
    const timedOut = catcherOf(named.get('AwaitReleaseDecision') as State, 'States.Timeout');

    expect(aboutOf(named.get(timedOut?.Next ?? '') as State)).toBe('escalated');
    expect(named.get(timedOut?.Next ?? '')?.Next).toBe('AwaitReleaseDecision');
  });

  it.each([
    ['Verify', 'RefuseUnverified'],
    ['VerifyAgain', 'RefuseUnverifiedAgain'],
  ])('takes a decision back that %s cannot verify, tells, and waits for another', (name, refusing) => {
    expect(catcherOf(named.get(name) as State, 'States.TaskFailed')?.Next).toBe(refusing);
    const told = named.get(named.get(refusing)?.Next ?? '') as State;
    expect(aboutOf(told)).toBe('failure');
    expect(waitsForToken(named.get(told.Next ?? '') as State)).toBe(true);
    // Where it cannot be taken back it stands, and would be taken up at once: then there is a pause before.
    const failed = catcherOf(named.get(refusing) as State, 'States.TaskFailed');
    const pausing = reachable(machine, failed?.Next ?? '', (_at, next) => pauses(next));
    expect([...pausing].some((at) => named.get(at)?.Type === 'Wait')).toBe(true);
  });

  it('stays contained when nobody decides in time', () => {
    const timedOut = catcherOf(named.get('AwaitDecision') as State, 'States.Timeout');
    const escalation = named.get(timedOut?.Next ?? '');

    expect(escalation && aboutOf(escalation)).toBe('escalated');
    expect(escalation?.Next).toBe('AwaitDecision');
  });

  it('does not contain because nobody answered', () => {
    const timedOut = catcherOf(named.get('AwaitContainDecision') as State, 'States.Timeout');

    expect(named.get(timedOut?.Next ?? '')?.Next).toBe('AwaitContainDecision');
  });

  // What is caught here is said by what comes next.
  const SAID_ELSEWHERE: Readonly<Record<string, string>> = {
    Assess: 'the execution fails, and the alarm on failed executions pages',
  };

  it.each(tasks.filter(([name, state]) => !isAnnouncement(state) && !(name in SAID_ELSEWHERE)))(
    'tells people when %s fails, and which error it was',
    (_name, state) => {
      let next = named.get(catcherOf(state, 'States.TaskFailed')?.Next ?? '');
      // On the way there may be a step that keeps what holds.
      while (next !== undefined && !isAnnouncement(next)) next = named.get(next.Next ?? '');

      expect(JSON.stringify(next?.Arguments?.Payload ?? null)).toMatch(/\$failure|\$states\.input\.error/);
    },
  );

  it.each(states.filter(([, state]) => waitsForToken(state)))(
    'pauses before it waits in %s again, when the wait itself fails',
    (name, state) => {
      const failed = catcherOf(state, 'States.TaskFailed');
      const before = reachable(machine, failed?.Next ?? '', (_at, next) => pauses(next));

      expect(before.has(name)).toBe(false);
    },
  );

  it.each(['refused', 'gone'])(
    'rotates no secret of a function that is %s, and does not call it contained',
    (outcome) => {
      const choices = named.get('AfterContain')?.Choices ?? [];
      const next = choices.find(({ Condition }) => Condition.includes(`'${outcome}'`))?.Next ?? '';
      const after = reachable(machine, next);

      expect(after.size).toBeGreaterThan(0);
      expect(['RotateSecrets', 'Announce'].filter((name) => after.has(name))).toEqual([]);
    },
  );

  const into = (name: string) =>
    states
      .filter(([, state]) => [...onwards(state), ...catches(state).map(({ Next }) => Next)].includes(name))
      .map(([from]) => from);

  it('ends only what is over: dismissed, or watched to the end', () => {
    expect(into('GatherClosing').toSorted()).toEqual(['AfterAnswer', 'ClosingGathered', 'Watch']);
    // The watch is over when its time is, or when people were told that it could not be watched.
    expect(into('WatchOver').toSorted()).toEqual(['AnnounceWatchFailure', 'AwaitFinding']);
  });

  it('writes the post-mortem after what came since was gathered, or people were told that it was not', () => {
    expect(into('PostMortem').toSorted()).toEqual(['AnnounceClosingGap', 'ClosingGathered']);
  });
});
