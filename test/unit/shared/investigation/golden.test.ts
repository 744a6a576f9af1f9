import fc from 'fast-check';
import type { Conclusions } from '../../../../shared/investigation/findings';
import { rootCauseOf } from '../../../../shared/investigation/sayHypotheses';
import { soughtOf } from '../../../../shared/search/sought';
import { concluded } from '../../../fixtures/incidents/concluded';
import * as elsewhere from '../../../fixtures/incidents/elsewhere';
import {
  arnOf,
  deploys,
  type Golden,
  incidentOf,
  made,
  NAMES,
  type Names,
  pipeline,
} from '../../../fixtures/incidents/golden';
import * as inCode from '../../../fixtures/incidents/inCode';

const INCIDENTS: readonly (readonly [string, (names: Names) => Promise<Golden>])[] = [
  ['a miner in a dependency', inCode.minerInADependency],
  ['a dependency with a name like a popular one', inCode.typosquattedDependency],
  ['a dependency with other bytes under its version', inCode.rewrittenDependency],
  ['tampering by an insider', inCode.tamperingByAnInsider],
  ['a poisoned layer', inCode.poisonedLayer],
  ['a build role that is abused', inCode.buildRoleAbused],
  ['an injection', elsewhere.injection],
  ['stolen credentials', elsewhere.stolenCredentials],
  ['a role that another account assumes', elsewhere.roleAssumedFromOutside],
  ['an exposed function URL', elsewhere.exposedFunctionUrl],
  ['a false alarm about a known deployer', elsewhere.knownDeployer],
  ['a sample', elsewhere.sampleFinding],
  ['evidence that is too thin', elsewhere.tooThin],
];

const topOf = ({ hypotheses }: Conclusions) => {
  const [top] = hypotheses;
  return {
    cause: top?.cause,
    startedAt: top?.startedAt?.at.slice(0, 16) ?? null,
    files: [...(top?.files ?? [])].toSorted((a, b) => a.localeCompare(b)),
    dependency: top?.dependency ?? null,
    principal: top?.principal?.arn ?? null,
  };
};
const expectedOf = ({ answer }: Golden) => ({
  ...answer,
  files: answer.files.toSorted((a, b) => a.localeCompare(b)),
});

/** Every artifact that anything in the conclusions stands on. */
const citedIn = ({ hypotheses, when, changed, timeline, indicators }: Conclusions): ReadonlySet<string> =>
  new Set([
    ...hypotheses.flatMap(({ supports, contradicts, startedAt, principal }) => [
      ...[...supports, ...contradicts].flatMap(({ artifacts }) => artifacts),
      ...(startedAt?.knownBy.artifacts ?? []),
      ...(principal?.artifacts ?? []),
    ]),
    ...when.shifts.map(({ artifact }) => artifact),
    ...[when.lastDeployment, when.firstUnusual].flatMap((one) => (one === null ? [] : [one.artifact])),
    ...(changed.code?.artifacts ?? []),
    ...[...changed.made, ...timeline, ...indicators].map(({ artifact }) => artifact),
  ]);

describe('the investigation of an incident whose answer is known', () => {
  it.each(INCIDENTS)('names cause, start, files, dependency and principal of %s', async (_name, tell) => {
    const golden = await tell(NAMES);

    expect(topOf(await concluded(golden, NAMES))).toEqual(expectedOf(golden));
  });

  it.each(INCIDENTS)('states nothing without an artifact that was read, of %s', async (_name, tell) => {
    const golden = await tell(NAMES);
    const whole = await concluded(golden, NAMES);
    for (const gone of Object.keys(golden.artifacts)) {
      const left = await concluded(golden, NAMES, [gone]);

      expect([...citedIn(left)]).not.toContain(gone);
      for (const { cause, supports } of left.hypotheses)
        expect(cause === 'unknown' || supports.length > 0).toBe(true);
      for (const { cause, supports } of whole.hypotheses)
        if (cause !== 'unknown' && supports.every(({ artifacts }) => artifacts.every((one) => one === gone)))
          expect(left.hypotheses.map((one) => one.cause)).not.toContain(cause);
    }
  });

  it.each(INCIDENTS)('knows nothing where nothing was gathered of %s', async (_name, tell) => {
    const golden = await tell(NAMES);
    const left = await concluded(golden, NAMES, Object.keys(golden.artifacts));

    expect(left.hypotheses.map(({ cause }) => cause)).toEqual(['unknown']);
    expect(left).toMatchObject({ timeline: [], indicators: [], changed: { code: null, made: [] } });
    expect(left.gaps.length).toBeGreaterThan(5);
  });

  const word = fc.stringMatching(/^[a-z]{6,12}$/);
  const name = fc.tuple(word, word).map(([a, b]) => `${a}-${b}`);
  const names: fc.Arbitrary<Names> = fc.record({
    functionName: name,
    dependency: name,
    lookalike: fc.constantFrom('lodahs', 'axois', 'momment', 'requets', 'winstonn', 'mongoos', 'chakl'),
    person: word,
    pipeline: name,
    outside: fc.tuple(fc.nat(250), fc.nat(250)).map(([a, b]) => `203.${a % 113}.${b}.7`),
    domain: fc.tuple(word, word).map(([a, b]) => `${a}.${b}.test`),
    file: word.map((file) => `src/${file}.js`),
  });

  it('takes packed code in a layer for a hint, which no other function is searched for', async () => {
    const golden = await inCode.poisonedLayer(NAMES);
    const packed = await inCode.packedLayer(NAMES);
    const kindsOf = async (one: Golden) =>
      soughtOf(await concluded(one, NAMES), {
        digest: null,
        openedAt: '2026-11-20T07:00:00.000Z',
      }).sought.map(({ kind }) => kind);

    expect(await kindsOf(golden)).toEqual(expect.arrayContaining(['layer', 'file-sha256']));
    expect(topOf(await concluded(packed, NAMES))).toEqual(expectedOf(packed));
    expect(await kindsOf(packed)).toEqual([]);
  });

  it('says of each deployment by whom it was, and with what approval as the tags say', async () => {
    const approvedBy = (at: string, ticket: string) =>
      made(pipeline(NAMES), 'lambda:TagResource20170331v2', at, {
        resource: arnOf(NAMES),
        tags: { 'change-id': ticket, team: 'orders' },
      });
    const golden = await incidentOf(
      NAMES,
      {
        management: [
          approvedBy('2026-11-10T09:00:00.000Z', 'CHG-17'),
          deploys(pipeline(NAMES), NAMES, '2026-11-10T09:01:00.000Z'),
        ],
      },
      { cause: 'unknown', startedAt: null, files: [], dependency: null, principal: null },
    );
    const { changed } = rootCauseOf(await concluded(golden, NAMES), 'tourniquet-');

    const of = (at: string) =>
      changed.find((line) => line.startsWith(at) && line.includes('UpdateFunctionCode'));
    expect(of('2026-11-10T09:01')).toMatch(
      /by .*github-deploy.*, approved as its tags say: change-id=CHG-17 \[/,
    );
    expect(of('2026-11-02T14:12')).toContain(
      ', no tag names an approval [behaviour/management-events.jsonl]',
    );
  });

  it('does not hang on any name or address (property)', async () => {
    for (const [, tell] of INCIDENTS.slice(0, -1))
      await fc.assert(
        fc.asyncProperty(names, async (other) => {
          const golden = await tell(other);
          expect(topOf(await concluded(golden, other))).toEqual(expectedOf(golden));
        }),
        { numRuns: 8 },
      );
  });
});
