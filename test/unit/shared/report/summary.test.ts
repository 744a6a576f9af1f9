import type { Incident, RootCause } from '../../../../shared/incident/incident';
import { threadNote } from '../../../../shared/notification/slackMessage';
import { noteAbout } from '../../../../shared/notification/thread';
import { summaryOf } from '../../../../shared/report/summary';
import { aDecision, anIncident, aWitness } from '../../../fixtures/incident';

const AT = '2026-11-20T10:05:05.000Z';
const rootCause: RootCause = {
  title: 'A dependency was poisoned: left-pad',
  cause: 'dependency',
  score: 12,
  startedAt: '2026-11-20T09:00:00.000Z',
  knownBy: null,
  principal: null,
  dependency: 'left-pad@6.6.6',
  files: [],
  supports: [],
  contradicts: [],
  others: [],
  when: [],
  changed: [],
  did: [],
  indicators: [],
  gaps: [],
};
const closed = (changes: Partial<Incident> = {}) =>
  anIncident({
    status: 'closed',
    containedAt: AT,
    releasedAt: '2026-11-20T12:05:05.000Z',
    decision: aDecision({ reason: 'patched' }),
    rootCause,
    exposure: ['Did: bucket orders, 3 call(s)', 'Could: secret payments', 'Could: topic news'],
    secrets: [
      { secretArn: 'a', outcome: 'rotated', detail: 'rotated', at: AT },
      { secretArn: 'b', outcome: 'failed', detail: 'not', at: AT },
    ],
    tasks: { '0123abcd': { about: 'KEY', what: 'replace KEY', contact: 'team-a', at: AT } },
    ...changes,
  });

describe('the summary of a post-mortem', () => {
  it('says what, impact, cause, who decided, how long each took, and what is open', () => {
    expect(summaryOf(closed())).toEqual([
      'What: order-worker talks to a mining pool (CryptoCurrency:Lambda/BitcoinTool.B, severity 8), on order-worker',
      'Impact: the function stood still for 2 h 0 min; 1 of 2 secrets rotated',
      'Reach: Did: bucket orders, 3 call(s)',
      'Reach: Could: secret payments',
      'and 1 more lines about what it could reach',
      'Cause: A dependency was poisoned: left-pad, since 2026-11-20T09:00:00.000Z',
      'Decided: release by U0ONCALL: patched',
      'Time to detect: 7 min 1 s; to contain: 4.0 s; to decide: 54 min 55 s; to recover: 1 h 5 min.',
      'Open actions: 1',
      'Task 0123abcd, for team-a: replace KEY',
    ]);
  });

  it('says of a false positive that it was one, and of what nobody looked for that nobody did', () => {
    const decision = aDecision({ action: 'false_positive', reason: '' });

    expect(summaryOf(closed({ decision }))).toContain('Cause: called a false positive');
    expect(summaryOf(anIncident({ status: 'closed' }))).toEqual([
      expect.stringContaining('What: '),
      'Impact: the function was not contained',
      'Cause: not looked for',
      expect.stringContaining('to contain: not reached'),
      'Open actions: none',
    ]);
  });

  it('names the gravest of several findings, and how many there are', () => {
    const witnesses = { a: aWitness({ severity: 3, title: 'small' }), b: aWitness({ id: 'b', severity: 9 }) };

    expect(summaryOf(closed({ witnesses }))[0]).toMatch(
      /^What: order-worker talks.*severity 9.*; 2 findings$/,
    );
  });

  it('is inert and whole in a note, however long and hostile what is in it', () => {
    const hostile = '<!channel> <https://evil.example|x>\n• Open actions: none '.repeat(40);
    const incident = closed({
      witnesses: { a: aWitness({ title: hostile }) },
      rootCause: { ...rootCause, title: hostile },
      exposure: [hostile, hostile],
      decision: aDecision({ reason: hostile }),
      tasks: Object.fromEntries(
        Array.from({ length: 9 }, (_, index) => [
          `0000000${index}`,
          { about: 'KEY', what: hostile, contact: hostile, at: AT },
        ]),
      ),
      postMortemKey: 'incidents/x/post-mortem.md',
    });
    const note = noteAbout('closed', incident, ['the last line']);
    const text = JSON.stringify(threadNote(note?.title ?? '', note?.lines ?? []).blocks);

    expect(text).not.toMatch(/<!channel>|<https/);
    expect(text.match(/• /g)?.length).toBeGreaterThanOrEqual(note?.lines.length ?? 0);
    expect(text).toContain('and 6 more open actions');
    expect(text).toContain('Post-mortem: incidents/x/post-mortem.md');
    expect(text).toContain('the last line');
  });
});
