import fc from 'fast-check';
import type { Approved } from '../../../../shared/fleet/approved';
import { judgeState } from '../../../../shared/fleet/judgeState';
import { type State, stateChanges } from '../../../../shared/fleet/state';

const ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:orders';
const PIPELINE = 'arn:aws:sts::111122223333:assumed-role/pipeline/run-7';
const state: State = {
  deployed: {
    judged: 'aaaa',
    latest: 'aaaa',
    role: 'arn:aws:iam::111122223333:role/orders',
    settings: { Handler: 'index.handler', Runtime: 'nodejs24.x' },
    layers: ['arn:aws:lambda:eu-west-1:111122223333:layer:base:1'],
    environment: { TABLE: 'sha256:1' },
    aliases: { live: '3' },
    network: '',
    lastModified: '2026-11-01T00:00:00Z',
  },
  access: { 'resource policy': 'p1', 'trust of the role': 't1', 'policy work of the role': 'w1' },
};
const approved: Approved = {
  version: 1,
  state,
  by: 'nobody',
  because: 'the first',
  approvedAt: '2026-11-01T00:00:00Z',
  lookedAt: '2026-11-01T00:00:00Z',
};
const deployed = (of: Partial<State['deployed']>): State => ({
  ...state,
  deployed: { ...state.deployed, ...of },
});
const access = (of: Readonly<Record<string, string>>): State => ({
  ...state,
  access: { ...state.access, ...of },
});

const CHANGED: readonly (readonly [string, State, string, number])[] = [
  ['its code', deployed({ judged: 'bbbb', latest: 'bbbb' }), 'code changed from aaaa to bbbb', 8],
  ['its role', deployed({ role: 'arn:aws:iam::111122223333:role/admin' }), 'role changed', 8],
  ['a layer', deployed({ layers: [] }), 'layers changed', 8],
  [
    'its handler',
    deployed({ settings: { ...state.deployed.settings, Handler: 'x.y' } }),
    'setting Handler changed',
    8,
  ],
  [
    'what the runtime loads',
    deployed({ environment: { ...state.deployed.environment, NODE_OPTIONS: 'sha256:2' } }),
    'environment variable NODE_OPTIONS added',
    8,
  ],
  [
    'a value of its environment',
    deployed({ environment: { TABLE: 'sha256:9' } }),
    'environment variable TABLE changed',
    5,
  ],
  ['an alias', deployed({ aliases: { live: '4' } }), 'alias live changed from 3 to 4', 5],
  ['its resource policy', access({ 'resource policy': 'p2' }), 'resource policy changed', 6],
  ['a function URL', access({ 'function URL': 'NONE' }), 'function URL added', 6],
  ["the role's trust", access({ 'trust of the role': 't2' }), 'trust of the role changed', 6],
  [
    "another policy of the role's",
    access({ 'policy AdministratorAccess of the role': 'attached' }),
    'policy AdministratorAccess of the role added',
    6,
  ],
];

describe('the approved state of a function', () => {
  it('is no finding as long as nothing changed, whatever order things come in', () => {
    const turned = { ...state, access: Object.fromEntries(Object.entries(state.access).toReversed()) };

    expect(stateChanges(state, turned)).toEqual([]);
    expect(judgeState(ARN, approved, turned, [], [])).toEqual({ kind: 'same' });
  });

  it.each(CHANGED)('is left with %s alone: that is named, and nothing else', (_what, now, said, severity) => {
    const outcome = judgeState(ARN, approved, now, [], ['pipeline']);

    expect(stateChanges(state, now)).toHaveLength(1);
    expect(outcome).toMatchObject({
      kind: 'raised',
      detail: {
        severity,
        functionArn: ARN,
        observer: 'state',
        description: expect.stringContaining(said),
        // Somebody else did it: but for code, role and what is loaded people are asked.
        bound: { most: severity === 8 ? 'respond' : 'ask' },
      },
    });
    expect(stateChanges(now, state)).toHaveLength(1);
  });

  it.each([
    ['the role of a pipeline', [PIPELINE], ['pipeline'], 'approved'],
    ['its ARN', [PIPELINE], ['arn:aws:iam::111122223333:role/pipe*'], 'approved'],
    ['CloudFormation', ['cloudformation.amazonaws.com'], ['x'], 'approved'],
    [
      'a pipeline and somebody else',
      [PIPELINE, 'arn:aws:iam::111122223333:user/mallory'],
      ['pipeline'],
      'raised',
    ],
    [
      'a role of such a name in a session of such a name',
      ['arn:aws:sts::111122223333:assumed-role/other/pipeline'],
      ['pipeline'],
      'raised',
    ],
    ['nobody whom CloudTrail shows', [], ['pipeline'], 'raised'],
  ])('changed by %s: %j among %j is %s', (_who, actors, known, kind) => {
    expect(judgeState(ARN, approved, deployed({ judged: 'b', latest: 'b' }), actors, known).kind).toBe(kind);
  });

  it('is told and no more while nobody is known to deploy', () => {
    const outcome = judgeState(ARN, approved, deployed({ judged: 'b', latest: 'b' }), [], []);

    expect(outcome).toMatchObject({ detail: { bound: { most: 'observe' } } });
  });

  it('has one finding for one difference, however often it is seen, and another for another', () => {
    const idOf = (now: State) => {
      const outcome = judgeState(ARN, approved, now, [], ['pipeline']);
      return outcome.kind === 'raised' ? outcome.detail.id : null;
    };
    const ids = CHANGED.map(([, now]) => idOf(now));

    expect(new Set(ids).size).toBe(CHANGED.length);
    expect(CHANGED.map(([, now]) => idOf(now))).toEqual(ids);
  });

  it('says what somebody named in plain characters, and of no more than fits a message', () => {
    void fc.assert(
      fc.property(fc.dictionary(fc.string({ maxLength: 200 }), fc.string(), { maxKeys: 40 }), (more) => {
        const outcome = judgeState(ARN, approved, access(more), ['<!channel>'], ['pipeline']);
        if (outcome.kind !== 'raised') return;
        const { description } = outcome.detail;
        expect(description).toMatch(/^[\w+=,.@:/$ ;?-]*$/);
        expect(description.length).toBeLessThan(8192);
      }),
    );
  });
});
