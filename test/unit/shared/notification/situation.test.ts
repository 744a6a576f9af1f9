import { receiptsOf, receiptsPage } from '../../../../cli/receipts';
import { incidentPage, incidentTable } from '../../../../cli/show';
import type { LedgerRecord } from '../../../../shared/containment/ledger';
import { receiptOf } from '../../../../shared/containment/planned';
import { type Incident, STATUSES } from '../../../../shared/incident/incident';
import { pagerDutyEvent } from '../../../../shared/notification/pagerDuty';
import { describeSituation, subjectOf, worstWitness } from '../../../../shared/notification/situation';
import { incidentMessage } from '../../../../shared/notification/slackMessage';
import { noteAbout } from '../../../../shared/notification/thread';
import { postMortem } from '../../../../shared/report/postMortem';
import { aLedger, anIncident, aWitness } from '../../../fixtures/incident';
import { aPlan } from '../../../fixtures/plan';

const record = (control: string, state: LedgerRecord['state'], detail = 'why'): LedgerRecord => ({
  control,
  before: null,
  state,
  detail,
  capturedAt: '2026-11-20T10:05:02.000Z',
});

describe('worstWitness', () => {
  it('is the finding of the highest severity, whichever came first', () => {
    const witnesses = { a: aWitness({ id: 'a', severity: 5 }), b: aWitness({ id: 'b', severity: 8 }) };

    expect(worstWitness(anIncident({ witnesses }))?.id).toBe('b');
    expect(worstWitness(anIncident({ witnesses: {} }))).toBeNull();
  });
});

describe('open tasks', () => {
  const aTask = (what: string, contact: string | null = null) => ({
    about: what,
    what,
    contact,
    at: '2026-11-20T10:06:00.000Z',
  });
  const done = { by: 'U0ONCALL', at: '2026-11-20T11:00:00.000Z', how: 'replaced' };

  it('are told wherever the incident is, for whom a tag names, else for who looks after it', () => {
    const tasks = { aaaaaaaa: aTask('replace A', 'team-a'), bbbbbbbb: aTask('replace B') };
    const lines = (changes: Partial<Incident>) =>
      describeSituation(anIncident({ tasks, ...changes }), []).notDone.filter((line) =>
        line.startsWith('Task'),
      );

    expect(lines({ status: 'closed' })).toEqual([
      'Task aaaaaaaa, for team-a: replace A',
      'Task bbbbbbbb, for whoever looks after this: replace B',
    ]);
    expect(lines({ owner: 'U0ONCALL' })[1]).toBe('Task bbbbbbbb, for U0ONCALL: replace B');
    expect(lines({ tasks: { aaaaaaaa: { ...tasks.aaaaaaaa, done } } })).toEqual([]);
  });

  it('are five in the message, and all of them on the page', () => {
    const ids = Array.from({ length: 7 }, (_, index) => String(index).repeat(8));
    const incident = anIncident({ tasks: Object.fromEntries(ids.map((id) => [id, aTask(`replace ${id}`)])) });
    const { notDone } = describeSituation(incident, []);

    expect(notDone.filter((line) => line.startsWith('Task'))).toHaveLength(5);
    expect(notDone).toContain(`and 2 more open tasks: npx tourniquet show ${incident.id}`);
    for (const id of ids) expect(incidentPage(incident, [], [], {})).toContain(`Task ${id}`);
  });

  it('make nothing of what a tag says but text', () => {
    const tasks = { aaaaaaaa: aTask('replace A', '<!channel> *now*') };
    const text = JSON.stringify(incidentMessage(anIncident({ tasks }), []));

    expect(text).not.toContain('<!channel>');
  });

  it('are in the post-mortem, open or with how they were done', () => {
    const tasks = { aaaaaaaa: aTask('replace A'), bbbbbbbb: { ...aTask('replace B'), done } };
    const page = postMortem(anIncident({ tasks }), [], [], new Date('2026-11-20T13:00:00.000Z'));

    expect(page.slice(page.indexOf('## Open items'))).toContain('Task aaaaaaaa');
    expect(page.slice(page.indexOf('## Open items'))).not.toContain('bbbbbbbb');
    expect(page).toContain('Done by U0ONCALL at 2026-11-20T11:00:00.000Z: replace B. replaced');
  });
});

describe('what an incident is about', () => {
  const named = { functionName: null, functionArn: null, siblings: ['a', 'b'] };

  it.each<[Partial<Incident>, string]>([
    [{}, 'order-worker'],
    [{ ...named, roleArn: 'arn:aws:iam::123456789012:role/x/shared' }, 'one of the 2 functions of shared'],
    [{ ...named, roleArn: null }, 'one of 2 functions'],
    [{ ...named, siblings: undefined }, 'an event that names no function'],
  ])('is said in a few words (%#)', (changes, said) => {
    const incident = anIncident({ status: 'observed', ...changes });

    expect(subjectOf(incident)).toBe(said);
    expect(incidentMessage(incident, []).text).toContain(said);
  });
});

describe('a situation in sentences', () => {
  it.each(STATUSES)('has a headline while the incident is %s', (status) => {
    expect(describeSituation(anIncident({ status }), []).headline).toMatch(/^[A-Z]/);
  });

  it('tells of the controls in the order in which they are put on, however the ledger lists them', () => {
    const { done } = describeSituation(anIncident(), aLedger().toReversed());

    expect(done.map((line) => line.split(':')[0])).toEqual(['Reserved concurrency', 'Execution role']);
  });

  it.each(['failed', 'captured'] as const)(
    'says that a control which is %s is not in place (invariant 8)',
    (state) => {
      const { done, notDone } = describeSituation(anIncident({ status: 'containing' }), [
        record('role', state),
      ]);

      expect(done).toEqual([]);
      expect(notDone).toContain('Execution role is NOT in place (why)');
    },
  );

  it('does not call contained what is not wholly contained', () => {
    const { headline } = describeSituation(anIncident({ status: 'contained' }), [
      record('concurrency', 'failed'),
      record('role', 'held'),
    ]);

    expect(headline).toMatch(/not/i);
  });

  it.each([
    ['every control failed', [record('concurrency', 'failed'), record('role', 'failed')]],
    ['nothing was ever recorded', []],
  ])('says that nothing holds where %s, and calls it contained nowhere', (_why, ledger) => {
    const incident = anIncident({ status: 'contained', holds: 'nothing' });
    const { headline } = describeSituation(incident, ledger);
    const everything = JSON.stringify([
      headline,
      incidentMessage(incident, ledger),
      pagerDutyEvent({ about: 'contained', incident, ledger, detail: [] }, 'key')?.payload?.summary,
      incidentTable([incident]),
      noteAbout('escalated', incident, [])?.title,
    ]);

    expect(headline).toBe('NOT contained: nothing holds');
    expect(everything).not.toMatch(/Contained:|"Contained|:lock:|stays contained/);
    expect(incidentTable([incident])).toContain('NOT CONTAINED');
  });

  it('does not call contained what has controls that never came to a record', () => {
    const { headline } = describeSituation(anIncident({ holds: 'part' }), [record('concurrency', 'held')]);

    expect(headline).toBe('NOT wholly contained');
  });

  it('calls contained what the drift watch has put on since', () => {
    const { headline } = describeSituation(anIncident({ holds: 'nothing' }), [record('concurrency', 'held')]);

    expect(headline).toBe('Contained');
  });

  it.each([
    [
      'a list of what each control would do',
      [{ control: 'concurrency', title: 'Reserved concurrency', would: 'set to 0' }, null],
    ],
    ['a shape that nobody knows', { surprise: true }],
    ['text', 'Reserved concurrency: set to 0'],
  ])('reads a receipt of an older version that is %s, and says that it is one', (_what, receipt) => {
    const incident = anIncident({ status: 'observed', receipt: receipt as unknown as Incident['receipt'] });
    const { notDone } = describeSituation(incident, []);
    const page = incidentPage(incident, [], [], null);

    expect(notDone).toContainEqual(
      expect.stringMatching(/^This receipt (was written by an older|is of a shape)/),
    );
    expect(page).toContain('This receipt');
    if (Array.isArray(receipt)) expect(page).toContain('Reserved concurrency: set to 0');
    expect(receiptsPage(receiptsOf([incident], new Date('2026-11-21T00:00:00Z'), 14))).toContain(incident.id);
  });

  it('calls contained what AWS let us only do with a loss, and says the loss', () => {
    const { headline, done, notDone } = describeSituation(anIncident({ status: 'contained' }), [
      record('concurrency', 'held', 'set to 0'),
      record('held-events', 'not-possible', 'asynchronous events are LOST'),
    ]);

    expect([headline, done]).toEqual(['Contained', ['Reserved concurrency: set to 0']]);
    expect(notDone).toContain('Held events: asynchronous events are LOST');
  });

  it('says what had drifted, and keeps what was not needed apart', () => {
    const { notDone, notNeeded } = describeSituation(anIncident({ status: 'closed' }), [
      record('concurrency', 'drift', 'somebody changed it'),
      record('event-sources', 'not-needed', 'the function has no event source mapping'),
    ]);

    expect(notDone).toEqual(['Reserved concurrency: somebody changed it']);
    expect(notNeeded).toEqual(['Event source mappings: the function has no event source mapping']);
  });

  it('says until when what was running may go on, and that memory is lost', () => {
    const { notDone } = describeSituation(
      anIncident({ containedAt: '2026-11-20T10:05:03.000Z', lastInFlightAt: '2026-11-20T10:06:03.000Z' }),
      aLedger(),
    );

    expect(notDone.join('\n')).toContain('may go on until 2026-11-20 10:06:03 UTC');
    expect(notDone.join('\n')).toContain('Memory and /tmp');
  });

  it('says until when stolen credentials work again after a release', () => {
    const { notDone } = describeSituation(
      anIncident({
        status: 'watching',
        containedAt: '2026-11-20T10:05:03.000Z',
        releasedAt: '2026-11-20T12:00:00.000Z',
      }),
      [],
    );

    expect(notDone.join('\n')).toContain('some until 2026-11-20 22:05:03 UTC');
  });

  it('names the other functions that the deny on the role stops, while it stops them', () => {
    const siblings = ['invoice-mailer', 'refunds'];
    const said = (status: 'contained' | 'closed') =>
      describeSituation(anIncident({ status, siblings }), []).affected.join('\n');

    expect(said('contained')).toContain('invoice-mailer, refunds are denied too');
    expect(said('closed')).not.toContain('are denied too');
  });

  it('shows the receipt of what would have been done', () => {
    const { done, notDone } = describeSituation(
      anIncident({ status: 'observed', receipt: receiptOf(aPlan()) }),
      [],
    );

    expect(done).toEqual([
      'Reserved concurrency: reserve 0 (found no reservation)',
      'Execution role: not known whether it applies: AccessDenied: not allowed',
      'Event source mappings: not needed: the function has none',
    ]);
    expect(notDone).toContain(
      'It would have reached: EventBridge rules: 2; Callers with permissions of their own: not known; Invocations in the last 24 h: 240',
    );
  });

  it('names the way out without us while something is changed, and the sealed text once there is one', () => {
    const evidence = {
      bucket: 'evidence',
      manifestKey: 'incidents/i/t/manifest.json',
      manifestVersionId: null,
      manifestSha256: 'aa',
      artifacts: 9,
      missing: [],
      lockedUntil: '2027-11-20T10:05:01.000Z',
      undoKey: 'incidents/i/t/response/undo.txt',
    };
    const wayOut = (changes: Partial<Incident>) => describeSituation(anIncident(changes), []).wayOut;

    expect(wayOut({ status: 'contained' })).toBe(
      'Undo without Tourniquet: npx tourniquet undo inc-20261120-0123456789ab',
    );
    expect(wayOut({ status: 'contained', evidence })).toMatch(
      /, or s3:\/\/evidence\/incidents\/i\/t\/response\/undo\.txt$/,
    );
    expect(wayOut({ status: 'watching', evidence })).toBeNull();
    expect(wayOut({ status: 'observed' })).toBeNull();
  });

  it('does not lose a control that it does not know', () => {
    expect(describeSituation(anIncident(), [record('new-control', 'held')]).done).toEqual([
      'new-control: why',
    ]);
  });
});
