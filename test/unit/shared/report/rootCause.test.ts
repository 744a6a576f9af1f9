import { rootCauseOf, sayHypotheses } from '../../../../shared/investigation/sayHypotheses';
import { postMortem } from '../../../../shared/report/postMortem';
import { sayRootCause } from '../../../../shared/report/rootCause';
import { anIncident } from '../../../fixtures/incident';
import { concluded } from '../../../fixtures/incidents/concluded';
import { injection, tooThin } from '../../../fixtures/incidents/elsewhere';
import { NAMES } from '../../../fixtures/incidents/golden';
import { tamperingByAnInsider } from '../../../fixtures/incidents/inCode';

const OURS = '123456789012:role/tourniquet-prod-';
const NOW = new Date('2026-11-21T08:00:00.000Z');

describe('the root cause in the post-mortem', () => {
  it('stands with what speaks for and against it, each line with its artifacts', async () => {
    const rootCause = rootCauseOf(await concluded(await tamperingByAnInsider(NAMES), NAMES), OURS);
    const written = postMortem(anIncident({ rootCause }), [], [], NOW);

    expect(written).toContain('## Root cause\nSomebody replaced the code');
    expect(written).toContain('It began at 2026-11-20T02:13Z');
    expect(written).toContain('Principal: arn:aws:iam::123456789012:user/mallory');
    for (const line of [...rootCause.supports, ...rootCause.contradicts, ...rootCause.did])
      expect(line).toMatch(/\[(?:code|behaviour|configuration|response)\//);
    expect(sayRootCause({ rootCause })).toEqual(
      expect.arrayContaining([expect.stringContaining('for: +4: The code was deployed at 2026-11-20T02:13')]),
    );
  });

  it('is said not to be known where the evidence shows none, and not to be looked for where nobody did', async () => {
    const conclusions = await concluded(await tooThin(), NAMES);
    const written = postMortem(anIncident({ rootCause: rootCauseOf(conclusions, OURS) }), [], [], NOW);

    expect(written).toContain('The cause is not known');
    expect(written).toContain('Nothing: no artifact supports a cause.');
    expect(sayHypotheses(conclusions)).toEqual(['The cause is not known: the evidence does not show one']);
    expect(postMortem(anIncident(), [], [], NOW)).toContain('## Root cause\nNot looked for.');
  });

  it('names what others changed before what the containment itself did, however much that is', async () => {
    const conclusions = await concluded(await tamperingByAnInsider(NAMES), NAMES);
    const [theirs] = conclusions.changed.made;
    if (theirs === undefined) throw new Error('nobody changed anything');
    const ours = Array.from({ length: 30 }, (_, second) => ({
      ...theirs,
      at: `2026-11-20T03:00:${String(second).padStart(2, '0')}.000Z`,
      event: 'lambda:PutFunctionConcurrency',
      by: 'arn:aws:iam::123456789012:role/tourniquet-prod-us-east-1-contain',
    }));
    const made = [...ours, ...conclusions.changed.made];
    const { changed } = rootCauseOf({ ...conclusions, changed: { ...conclusions.changed, made } }, OURS);
    const lines = changed.filter((line) => line.includes(' by '));

    expect(lines[0]).toContain(theirs.event);
    expect(lines.at(-1)).toContain('role/tourniquet-prod-us-east-1-contain');
  });

  it('keeps what callers wrote inert, and short', async () => {
    const hostile = `request {"q":"require('child_process').exec('x')<img src=x onerror=alert(1)> [a](https://evil.test) ${'y'.repeat(5000)}"}`;
    const golden = await injection(NAMES);
    const line = JSON.stringify({ timestamp: '2026-11-20T09:41:00.000Z', message: hostile });
    const conclusions = await concluded(
      { ...golden, artifacts: { ...golden.artifacts, 'behaviour/logs.jsonl': `${line}\n` } },
      NAMES,
    );
    const rootCause = rootCauseOf(conclusions, OURS);
    const written = postMortem(anIncident({ rootCause }), [], [], NOW);

    expect(rootCause.cause).toBe('injection');
    expect(written).not.toMatch(/<img|\]\(http|https:\/\/evil/);
    for (const said of [...sayHypotheses(conclusions), ...rootCause.supports])
      expect(said.length).toBeLessThan(650);
  });
});
