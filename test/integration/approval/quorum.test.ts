import fc from 'fast-check';
import type { Answer } from '../../../shared/approval/answer';
import { decide, involvedIn, ruleOf } from '../../../shared/approval/decide';
import { withPress } from '../../../shared/approval/press';
import { releaseProblem } from '../../../shared/approval/releaseProblem';
import type { Incident } from '../../../shared/incident/incident';
import { isRelease } from '../../../shared/incident/incident';
import { getIncident, openIncident, type Records, updateIncident } from '../../../shared/incident/store';
import { ANY_APPROVER, type ApprovalRule, type Approvals } from '../../../shared/policy/approvals';
import { aWitness } from '../../fixtures/incident';
import { aSuspect } from '../../fixtures/suspect';
import { incidentOf, type Stage, startStage } from '../containment/stage';

/** Generated sequences of clicks with every test run; `npm run test:soak` asks for more. */
const SEQUENCES = Number(process.env.TOURNIQUET_SEQUENCES ?? 320);
/** How many are clicked through side by side. */
const LANES = 8;

const ROLE = 'arn:aws:iam::000000000000:role/security/on-call';
const session = (name: string): string => `arn:aws:sts::000000000000:assumed-role/on-call/${name}`;
const PRINCIPALS = ['U0ALICE', 'U0BOB', 'U0CAROL', session('alice'), session('dave'), 'U0STRANGER'];
const APPROVERS = ['U0ALICE', 'U0BOB', 'U0CAROL', ROLE];

/** Who each of them is, written out by hand: the policy says that Alice's role session is Alice. */
const SAME = [['U0ALICE', ROLE]];
const PEOPLE: Readonly<Record<string, string>> = {
  U0ALICE: 'alice',
  U0BOB: 'bob',
  U0CAROL: 'carol',
  [session('alice')]: 'alice',
  [session('dave')]: 'alice',
  U0STRANGER: 'stranger',
};

type Step =
  | {
      readonly kind: 'press';
      readonly by: readonly string[];
      readonly action: 'release' | 'false_positive' | 'keep';
      readonly button: 'present' | 'old' | 'forged' | 'none';
    }
  /** The release was refused by the gate, and is asked again. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'time-out' }
  | { readonly kind: 'list'; readonly approvers: readonly string[] };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('press' as const),
      // Several at once are simultaneous clicks.
      by: fc.array(fc.constantFrom(...PRINCIPALS), { minLength: 1, maxLength: 3 }),
      action: fc.constantFrom(
        'release' as const,
        'release' as const,
        'false_positive' as const,
        'keep' as const,
      ),
      button: fc.constantFrom(
        'present' as const,
        'present' as const,
        'none' as const,
        'old' as const,
        'forged' as const,
      ),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'refused' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'time-out' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('list' as const), approvers: fc.subarray(APPROVERS) }),
  },
);
const rule: fc.Arbitrary<ApprovalRule> = fc.record({
  functions: fc.constant('*'),
  tag: fc.constant(null),
  severity: fc.constant(0),
  approvers: fc.constant(null),
  people: fc.integer({ min: 1, max: 3 }),
  notTriggeredAlone: fc.boolean(),
  notDeployerAlone: fc.boolean(),
});

describe('a release', () => {
  let stage: Stage;
  let records: Records;
  beforeAll(async () => {
    stage = await startStage('quorum');
    records = { ...stage.records, db: (await stage.as('slackInteractions')).db };
  });
  afterAll(() => stage.stop());

  let count = 0;
  const open = async (changes: Partial<Incident>): Promise<Incident> => {
    const name = `quorum-${process.pid}-${count++}`;
    const arn = `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
    const incident = {
      ...incidentOf(aSuspect({ functionName: name, arn })),
      functionArn: arn,
      functionName: name,
    };
    await openIncident(stage.records, { ...incident, witnesses: { w: aWitness() } }, {}, 'a rule');
    await updateIncident(stage.records, incident.id, { status: 'contained', ...changes });
    return getIncident(stage.records, incident.id);
  };
  const show = async (id: string): Promise<string> =>
    (await withPress(stage.records, await getIncident(stage.records, id))).press?.id ?? '';

  it('is pressed by what the record knows, whichever announcement was first: all that come at once carry the same', async () => {
    const { id } = await open({});
    const before = await getIncident(stage.records, id);
    const shown = await Promise.all(
      Array.from({ length: 8 }, async () => (await withPress(stage.records, before)).press?.id),
    );

    expect(new Set(shown).size).toBe(1);
    expect((await getIncident(stage.records, id)).press?.id).toBe(shown[0]);
  });

  it(
    'happens with a valid quorum alone, whatever is clicked, in whatever order, at the same time or too late',
    async () => {
      let [released, ballots] = [0, 0];
      const sequences = () =>
        fc.asyncProperty(
          rule,
          fc.array(step, { minLength: 2, maxLength: 5 }),
          fc.constantFrom(undefined, ['U0BOB'], [session('dave')]),
          fc.constantFrom(null, 'U0BOB', session('pipeline')),
          async (asked, steps, triggeredBy, deployedBy) => {
            const approvals: Approvals = { rules: [asked], samePerson: SAME };
            const { id } = await open({ ...(triggeredBy === undefined ? {} : { triggeredBy }), deployedBy });
            let approvers: readonly string[] = APPROVERS;
            let shown = await show(id);
            const old = shown;
            // Who approved what in this round, as they were told.
            let words: { by: string; action: string }[] = [];
            for (const one of steps) {
              if (one.kind === 'list') approvers = one.approvers;
              if (one.kind === 'refused') {
                const { round } = await getIncident(stage.records, id);
                await updateIncident(
                  stage.records,
                  id,
                  { round: round + 1 },
                  { remove: ['decision', 'ballot'] },
                );
                words = [];
              }
              if (one.kind === 'press') {
                const press =
                  one.button === 'none' ? null : { present: shown, old, forged: 'f'.repeat(32) }[one.button];
                const answers = await Promise.all(
                  one.by.map(
                    async (by): Promise<readonly [string, Answer]> => [
                      by,
                      await decide(
                        { incidentId: id, action: one.action, by, via: 'slack', reason: 'because', press },
                        { records, stepFunctions: stage.clients.stepFunctions, approvers, approvals },
                      ),
                    ],
                  ),
                );
                for (const [by, answer] of answers)
                  if (answer.accepted) words.push({ by, action: one.action });
                if (one.button === 'forged')
                  expect(answers.every(([, { accepted }]) => !accepted)).toBe(true);
                expect(answers.filter(([by, { accepted }]) => accepted && by === 'U0STRANGER')).toEqual([]);
              }
              const incident = await getIncident(stage.records, id);
              if (incident.ballot !== undefined) ballots += 1;
              const { decision } = incident;
              if (decision !== undefined && isRelease(decision.action)) {
                released += 1;
                const people = new Set(
                  words.filter(({ action }) => action === decision.action).map(({ by }) => PEOPLE[by]),
                );
                expect(people.size).toBeGreaterThanOrEqual(asked.people);
                if (asked.notDeployerAlone && deployedBy === null) expect(people.size).toBeGreaterThan(1);
                const deployer = deployedBy === 'U0BOB' ? 'bob' : deployedBy === null ? '' : 'alice';
                if (asked.notDeployerAlone) expect([...people]).not.toEqual([deployer]);
                const trigger = triggeredBy === undefined ? '' : (PEOPLE[triggeredBy[0] ?? ''] ?? '');
                if (asked.notTriggeredAlone) expect([...people]).not.toEqual([trigger]);
                break;
              }
              shown = await show(id);
            }
          },
        );
      // Side by side: each sequence has an incident of its own.
      await Promise.all(
        Array.from({ length: LANES }, () =>
          fc.assert(sequences(), { numRuns: Math.ceil(SEQUENCES / LANES) }),
        ),
      );
      // It must not hold because nothing ever came to it.
      expect(released).toBeGreaterThan(SEQUENCES / 10);
      expect(ballots).toBeGreaterThan(SEQUENCES / 10);
    },
    Math.max(600_000, SEQUENCES * 2000),
  );

  it('is not one any more where an approver has left the list before it was carried out', async () => {
    const approvals: Approvals = { rules: [{ ...ANY_APPROVER, people: 2 }], samePerson: [] };
    const { id } = await open({});
    for (const by of ['U0ALICE', 'U0BOB'])
      await decide(
        { incidentId: id, action: 'release', by, via: 'aws', reason: 'fixed', press: null },
        { records, stepFunctions: stage.clients.stepFunctions, approvers: APPROVERS, approvals },
      );
    const incident = await getIncident(stage.records, id);
    const { decision } = incident;
    if (decision === undefined) throw new Error('not decided');

    expect(decision.approvals?.map(({ by }) => by)).toEqual(['U0ALICE', 'U0BOB']);
    expect(releaseProblem(incident, decision, APPROVERS, approvals)).toBeNull();
    expect(releaseProblem(incident, decision, ['U0BOB'], approvals)).toBe(
      'the release needs another approver',
    );
    expect(releaseProblem(incident, decision, [], approvals)).toContain('not on the list');
    expect(ruleOf(incident, approvals).people).toBe(2);
    expect(involvedIn(incident)).toEqual({ triggeredBy: [], deployedBy: null });
  });

  it('is approved by one person once: another session of the same role is nobody else', async () => {
    const approvals: Approvals = { rules: [{ ...ANY_APPROVER, people: 2 }], samePerson: SAME };
    const { id } = await open({});
    const press = (by: string, button: string | null) =>
      decide(
        { incidentId: id, action: 'release', by, via: 'slack', reason: '', press: button },
        { records, stepFunctions: stage.clients.stepFunctions, approvers: APPROVERS, approvals },
      );
    const first = await show(id);

    expect(await press('U0ALICE', first)).toMatchObject({
      accepted: true,
      note: 'U0ALICE approved release; it needs another approver',
    });
    // The button was used: whoever presses it now is told what became of it.
    expect(await press('U0BOB', first)).toMatchObject({ accepted: false, code: 'not-now' });
    for (const by of ['U0ALICE', session('alice'), session('dave')])
      expect(await press(by, null)).toMatchObject({ accepted: false, code: 'already-approved' });
    expect(await press('U0BOB', await show(id))).toMatchObject({ accepted: true, decision: { by: 'U0BOB' } });
  });
});
