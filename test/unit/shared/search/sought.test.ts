import { type SoughtKind, soughtOf } from '../../../../shared/search/sought';
import { concluded } from '../../../fixtures/incidents/concluded';
import * as elsewhere from '../../../fixtures/incidents/elsewhere';
import { type Golden, NAMES, type Names, personArn } from '../../../fixtures/incidents/golden';
import * as inCode from '../../../fixtures/incidents/inCode';

const DIGEST = 'c29tZSBkaWdlc3Qgb2YgYSBwYWNrYWdlIGluIGJhc2U2NA==';
const CONTAINED = { digest: DIGEST, openedAt: '2026-11-20T10:05:01.000Z' };

const searchOf = async (tell: (names: Names) => Promise<Golden>) =>
  soughtOf(await concluded(await tell(NAMES), NAMES), CONTAINED);

const WANTED: readonly (readonly [string, (names: Names) => Promise<Golden>, readonly SoughtKind[]])[] = [
  ['a miner in a dependency', inCode.minerInADependency, ['code-digest', 'file-sha256', 'dependency']],
  ['a dependency with other bytes', inCode.rewrittenDependency, ['code-digest', 'file-sha256', 'dependency']],
  [
    'a dependency with a name like a popular one',
    inCode.typosquattedDependency,
    ['code-digest', 'file-sha256', 'dependency', 'host'],
  ],
  ['a poisoned layer', inCode.poisonedLayer, ['layer', 'file-sha256', 'host', 'principal']],
  [
    'tampering by an insider',
    inCode.tamperingByAnInsider,
    ['code-digest', 'file-sha256', 'host', 'principal'],
  ],
  ['a build role that is abused', inCode.buildRoleAbused, ['code-digest', 'file-sha256', 'host', 'address']],
  ['stolen credentials', elsewhere.stolenCredentials, ['access-key', 'address']],
  ['a false alarm', elsewhere.knownDeployer, []],
  ['a sample', elsewhere.sampleFinding, []],
  ['evidence that is too thin', elsewhere.tooThin, []],
];

describe('what the other functions are searched for', () => {
  it.each(WANTED)('follows from what the evidence shows, of %s', async (_name, tell, kinds) => {
    const { sought } = await searchOf(tell);

    expect([...new Set(sought.map(({ kind }) => kind))]).toEqual(kinds);
  });

  it('is the bad layer alone, by the ARN of its version, and who added it', async () => {
    const { sought } = await searchOf(inCode.poisonedLayer);

    expect(sought.filter(({ kind }) => kind === 'layer').map(({ value }) => value)).toEqual([
      'arn:aws:lambda:eu-west-1:999988887777:layer:observability:1',
    ]);
    expect(sought.filter(({ kind }) => kind === 'principal').map(({ value }) => value)).toEqual([
      personArn(NAMES),
    ]);
  });

  it('is nothing where the likeliest is a false alarm, and that is said', async () => {
    expect(await searchOf(elsewhere.sampleFinding)).toMatchObject({
      sought: [],
      gaps: ['nothing was looked for: the likeliest is a false alarm'],
    });
  });

  it('is never what a caller wrote into the log: they could have any function asked about', async () => {
    const conclusions = await concluded(await elsewhere.stolenCredentials(NAMES), NAMES);
    const written = ['address', 'access-key', 'principal', 'layer'].map((kind) => ({
      kind: kind as 'address',
      value: '192.0.2.1',
      artifact: 'behaviour/logs.jsonl',
      from: 'a line of the log (an attack)',
    }));
    const { sought, gaps } = soughtOf(
      { ...conclusions, indicators: [...written, ...conclusions.indicators] },
      CONTAINED,
    );

    expect(sought.map(({ value }) => value)).toContain(NAMES.outside);
    expect(sought.map(({ value }) => value)).not.toContain('192.0.2.1');
    expect(gaps.join()).toContain('that log lines and other files name were not looked for');
  });

  it.each(['10.0.0.7', '127.0.0.1', '100.64.3.4', '::1', 'fd00::7', 'cloudformation.amazonaws.com'])(
    'is no address that names nobody: %s',
    async (outside) => {
      const names = { ...NAMES, outside };
      const conclusions = await concluded(await elsewhere.stolenCredentials(names), names);

      expect(soughtOf(conclusions, CONTAINED).sought.map(({ kind }) => kind)).toEqual(['access-key']);
    },
  );

  it('counts what somebody did from a day before it began', async () => {
    const { since } = await searchOf(inCode.poisonedLayer);

    expect(since).toBe('2026-11-19T06:40:00.000Z');
  });

  it('is no digest where the code is innocent: a layer is in functions with any code', async () => {
    const conclusions = await concluded(await inCode.poisonedLayer(NAMES), NAMES);

    expect(soughtOf(conclusions, CONTAINED).sought.map(({ value }) => value)).not.toContain(DIGEST);
  });
});
