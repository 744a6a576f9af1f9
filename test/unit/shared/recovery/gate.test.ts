import fc from 'fast-check';
import type { Incident } from '../../../../shared/incident/incident';
import type { GateFacts } from '../../../../shared/recovery/checks/facts';
import { FROM_ANYWHERE } from '../../../../shared/recovery/checks/source';
import {
  GATE,
  type GateCheck,
  isGated,
  releaseGate,
  roleGate,
  WAIVABLE,
  type Waiver,
} from '../../../../shared/recovery/gate';
import type { Deployed } from '../../../../shared/suspect/deployed';
import { anIncident } from '../../../fixtures/incident';

const aDeployed = (changes: Partial<Deployed> = {}): Deployed => ({
  judged: 'contained',
  latest: 'contained',
  role: 'arn:aws:iam::123456789012:role/order-worker',
  settings: { Handler: 'index.handler', Runtime: 'nodejs22.x' },
  layers: [],
  environment: { TABLE: 'f1' },
  aliases: {},
  network: '',
  lastModified: '',
  ...changes,
});

type Case = {
  readonly incident?: Partial<Incident>;
  readonly contained?: Partial<Deployed>;
  readonly deployed?: Partial<Deployed>;
  /** As the deployed, unless its values are others. */
  readonly comparable?: Partial<Deployed>;
  readonly known?: boolean;
  readonly live?: Partial<GateFacts['live']>;
  readonly started?: Partial<GateFacts['started']>;
  readonly from?: Partial<GateFacts['from']>;
  readonly policies?: Partial<GateFacts['policies']>;
  readonly dependency?: GateFacts['dependency'];
  readonly staging?: GateFacts['staging'];
  readonly awaited?: boolean;
};

/** One statement of its role was approved, and is all that there is. */
const SAME: GateFacts['policies'] = {
  contained: { 'policy work of the role': ['s1'] },
  planted: [],
  approved: { grants: { 'policy work of the role': ['s1'] }, by: 'U0ONCALL' },
  live: { now: { 'policy work of the role': ['s1'] }, back: {} },
};

const factsOf = ({
  incident,
  contained,
  deployed,
  comparable,
  known = true,
  live,
  started,
  from,
  policies,
  dependency = null,
  staging = null,
  awaited = false,
}: Case = {}): GateFacts => ({
  awaited,
  incident: anIncident({
    containedDigest: 'contained',
    containedConfiguration: aDeployed(contained),
    investigatedAt: '2026-11-20T10:07:00.000Z',
    namedSecretsAt: '2026-11-20T10:06:00.000Z',
    exposedSecretsAt: '2026-11-20T10:07:30.000Z',
    ...incident,
  }),
  started: { judged: 'fixed', latest: 'fixed', aliased: {}, again: {}, ...started },
  live: { signer: null, tags: {}, ...live },
  deployed: aDeployed({ judged: 'fixed', latest: 'fixed', ...deployed }),
  approved: known
    ? {
        state: aDeployed({ environment: { TABLE: 'a1' } }),
        deployed: aDeployed({ environment: { TABLE: 'a1' }, ...comparable }),
      }
    : null,
  policies: { ...SAME, ...policies },
  dependency,
  staging,
  from: { ...FROM_ANYWHERE, ...from },
});

const outcomeOf = (check: GateCheck, facts: Case) =>
  releaseGate(factsOf(facts)).find((one) => one.check === check);

const LAYER = 'arn:aws:lambda:eu-west-1:999999999999:layer:helper:1';
const task = { about: 'x', what: 'replace it', contact: null, at: '2026-11-20T10:06:00.000Z' };
const secret = (outcome: 'failed' | 'asked' | 'rotated') => ({
  secretArn: 'arn:s',
  outcome,
  detail: '',
  at: '2026-11-20T10:06:00.000Z',
});

describe('a release is let through', () => {
  it('when the code is another, and nothing is left to be done', () => {
    expect(releaseGate(factsOf()).map(({ check, outcome }) => `${check} ${outcome}`)).toEqual(
      Object.keys(GATE).map((check) => `${check} passed`),
    );
  });

  it('where there is no approved state to compare with; that is told', () => {
    expect(outcomeOf('configuration', { known: false })).toMatchObject({ outcome: 'unknown' });
  });

  it('with a layer and a variable that came with the fix, and were not there when it was contained', () => {
    const deployed = { layers: [LAYER], environment: { TABLE: 'f1', NEW: 'f9' } };
    expect(outcomeOf('configuration', { deployed })).toMatchObject({ outcome: 'passed' });
  });

  it.each([
    ['a pattern of who deployed it', { deployers: ['arn:aws:iam::*:role/deploy'] }],
    ['who signed it', { signers: ['arn:aws:signer:*:/signing-profiles/ours/*'] }],
    ['its digest', { digests: ['fixed'] }],
    ['a tag of it', { tags: { change: 'CHG-*' } }],
  ])('from %s that policy names', (_what, from) => {
    const incident = {
      candidate: {
        number: 1,
        codeSha256: 'fixed',
        by: 'arn:aws:iam::123456789012:role/deploy',
        at: '',
        changes: [],
        deployed: aDeployed(),
      },
    };
    const live = {
      signer: 'arn:aws:signer:eu-west-1:123456789012:/signing-profiles/ours/v1',
      tags: { change: 'CHG-17' },
    };
    expect(outcomeOf('source', { from, incident, live })).toMatchObject({ outcome: 'passed' });
  });
});

describe('what nobody has looked at', () => {
  const cases = [
    ['policies', 'investigatedAt'],
    ['dependency', 'investigatedAt'],
    ['secrets', 'namedSecretsAt'],
    ['secrets', 'exposedSecretsAt'],
  ] as const;

  it.each(cases)('is told of %s while %s is still awaited, and stops nothing yet', (check, missing) => {
    expect(outcomeOf(check, { incident: { [missing]: undefined }, awaited: true })).toMatchObject({
      outcome: 'unknown',
      because: expect.stringContaining('not looked at yet'),
    });
  });

  it.each(cases)(
    'stops a release by %s once nothing more comes of %s, unless an approver waives it',
    (check, missing) => {
      const waiver = { by: 'U1', at: 't', because: 'looked at by hand', containment: 1 };
      const incident = { [missing]: undefined };
      expect(outcomeOf(check, { incident })).toMatchObject({
        outcome: 'failed',
        because: expect.stringContaining('could not be looked at'),
      });
      expect(outcomeOf(check, { incident: { ...incident, waivers: { [check]: waiver } } })).toMatchObject({
        outcome: 'waived',
      });
    },
  );

  it('hides nothing that is known already', () => {
    const incident = { exposedSecretsAt: undefined, secrets: [secret('failed')] };
    expect(outcomeOf('secrets', { incident, awaited: true })).toMatchObject({ outcome: 'failed' });
  });
});

describe('a function that was deleted', () => {
  it('has its role and what it could read checked', () => {
    const { incident, policies } = factsOf({
      incident: { secrets: [secret('failed')] },
      policies: { live: { now: { 'policy evil of the role': ['s9'] }, back: {} } },
    });
    const found = roleGate(
      {
        incident,
        awaited: false,
        policies: { ...policies, contained: { 'policy evil of the role': ['s9'] } },
      },
      ['policies', 'secrets'],
    );
    expect(found.map(({ check, outcome }) => `${check} ${outcome}`)).toEqual([
      'policies failed',
      'secrets failed',
    ]);
  });
});

describe('a fix that is none', () => {
  it.each([
    ['is the code that was contained', { started: { judged: 'contained' } }],
    [
      'is the code of an earlier containment, to which somebody went back',
      { started: { judged: 'older' }, incident: { containedDigests: ['older', 'contained'] } },
    ],
    [
      'stands beside a version with the code that was contained, to which an alias sends traffic',
      { started: { aliased: { '6': 'good', '7': 'contained' } } },
    ],
    [
      'is an alias on other code, while what is called without one is what was contained',
      { started: { latest: 'contained' } },
    ],
    [
      'would have a numbered version with the contained code fed again',
      { started: { again: { '3': 'contained' } } },
    ],
  ])('%s', (_what, facts) => {
    expect(outcomeOf('code', facts)).toMatchObject({ outcome: 'failed' });
  });

  it.each([
    ['a layer', { contained: { layers: [LAYER] }, deployed: { layers: [LAYER] } }, LAYER],
    [
      'a layer in another version',
      { contained: { layers: [LAYER] }, deployed: { layers: [LAYER.replace(/1$/, '2')] } },
      'helper:2 was added',
    ],
    [
      'a variable',
      {
        contained: { environment: { TABLE: 'f1', NODE_OPTIONS: 'f2' } },
        deployed: { environment: { TABLE: 'f1', NODE_OPTIONS: 'f3' } },
      },
      'NODE_OPTIONS was added',
    ],
    [
      "a variable's value",
      {
        contained: { environment: { TABLE: 'f2' } },
        deployed: { environment: { TABLE: 'f2' } },
        comparable: { environment: { TABLE: 'a2' } },
      },
      'TABLE was changed',
    ],
    [
      'a handler',
      {
        contained: { settings: { Handler: 'evil.handler' } },
        deployed: { settings: { Handler: 'evil.handler' } },
      },
      'Handler was changed',
    ],
    [
      'a role',
      {
        contained: { role: 'arn:aws:iam::123456789012:role/admin' },
        deployed: { role: 'arn:aws:iam::123456789012:role/admin' },
      },
      'role/admin',
    ],
  ])('has left %s that was put there before it was contained', (_what, facts, said) => {
    expect(outcomeOf('configuration', facts as Case)).toMatchObject({
      outcome: 'failed',
      because: expect.stringContaining(said),
    });
  });

  it('has left a layer that the intruder set, where there is no approved state to compare with', () => {
    const planted = [{ what: `layer ${LAYER}`, statements: [], by: 'arn:aws:iam::1:user/mallory', at: '' }];
    const facts = { known: false, policies: { planted }, deployed: { layers: [LAYER] } };
    expect(outcomeOf('configuration', facts)).toMatchObject({
      outcome: 'failed',
      because: expect.stringMatching(/helper:1 was set by .*mallory/),
    });
    expect(outcomeOf('configuration', { ...facts, deployed: {} })).toMatchObject({ outcome: 'unknown' });
  });

  it.each([
    ['a secret that could not be rotated', { secrets: [secret('failed')] }],
    [
      'a secret about which nobody has said anything',
      { secrets: [secret('asked')], questions: [{ id: 'q', secretArn: 'arn:s', why: '' }] },
    ],
    ['a task that is open', { tasks: { '0a1b2c3d': task } }],
  ])('leaves %s', (_what, incident) => {
    expect(outcomeOf('secrets', { incident })).toMatchObject({ outcome: 'failed' });
  });

  it.each([
    ['nobody is known to have deployed', { deployers: ['deploy'] }, 'not known'],
    ['nobody signed', { signers: ['arn:aws:signer:*'] }, 'nobody'],
    ['nobody approved', { digests: ['another'] }, 'not among'],
    ['has no tag that says so', { tags: { change: 'CHG-*' } }, 'no tag change'],
  ])('is code that %s, where policy asks for it', (_what, from, said) => {
    expect(outcomeOf('source', { from })).toMatchObject({
      outcome: 'failed',
      because: expect.stringContaining(said),
    });
  });

  it('comes from somebody whom policy does not name', () => {
    const candidate = {
      number: 1,
      codeSha256: 'fixed',
      by: 'arn:aws:iam::123456789012:user/mallory',
      at: '',
      changes: [],
      deployed: aDeployed(),
    };
    expect(
      outcomeOf('source', { from: { deployers: ['*:role/deploy'] }, incident: { candidate } }),
    ).toMatchObject({
      outcome: 'failed',
      because: expect.stringContaining('mallory'),
    });
  });
});

describe('a waiver', () => {
  const waiver: Waiver = {
    by: 'U0ONCALL',
    at: '2026-11-20T11:00:00.000Z',
    because: 'it is ours',
    containment: 1,
  };
  const open = { tasks: { '0a1b2c3d': task } };

  it('lets a failed check through, and says by whom and why', () => {
    const { outcome, because } =
      outcomeOf('secrets', { incident: { ...open, waivers: { secrets: waiver } } }) ?? {};
    expect(outcome).toBe('waived');
    expect(because).toContain('waived by U0ONCALL');
    expect(because).toContain('it is ours');
  });

  it('is for one containment: after a relapse it is asked for anew', () => {
    const incident = { ...open, containment: 2, waivers: { secrets: waiver } };
    expect(outcomeOf('secrets', { incident })).toMatchObject({ outcome: 'failed' });
  });

  it.each(WAIVABLE)('by an approver lets %s through where it fails, and nothing else', (check) => {
    const facts: Case = {
      incident: { ...open, waivers: { [check]: waiver } },
      contained: { layers: [LAYER] },
      deployed: { layers: [LAYER] },
      from: { digests: ['another'] },
      policies: { live: { error: 'AccessDenied' } },
      dependency: {
        dependency: 'left-pad@1.3.1',
        files: [],
        live: { dependencies: ['left-pad@1.3.1'], files: new Set(), unread: [] },
      },
      staging: { where: 'order-worker:staging', error: 'AccessDenied' },
    };
    const outcomes = releaseGate(factsOf(facts)).map(({ check: one, outcome }) => [one, outcome] as const);
    expect(outcomes).toEqual(
      Object.keys(GATE).map((one) => [one, one === 'code' ? 'passed' : one === check ? 'waived' : 'failed']),
    );
  });

  it('never lets code through that was contained before, whatever is waived (property)', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1 }),
        fc.subarray([...WAIVABLE, 'code']),
        fc.nat(),
        (digests, waived, pick) => {
          const found = outcomeOf('code', {
            incident: {
              containedDigests: digests,
              waivers: Object.fromEntries(waived.map((check) => [check, waiver])),
            },
            started: { judged: digests[pick % digests.length] ?? '' },
          });
          return found?.outcome === 'failed';
        },
      ),
    );
  });

  it('has a check of the gate to be for', () => {
    expect(Object.keys(GATE)).toEqual(expect.arrayContaining([...WAIVABLE]));
  });
});

describe('a false positive', () => {
  it('skips the gate; a release and a replay do not', () => {
    expect(
      ['release', 'release_with_replay', 'false_positive', 'keep'].map((one) => isGated(one as 'keep')),
    ).toEqual([true, true, false, false]);
  });
});
