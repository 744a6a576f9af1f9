import fc from 'fast-check';
import { dueReminder, isRemindedOut } from '../../../../shared/incident/actionReminder';
import type { Incident, Question, Task } from '../../../../shared/incident/incident';
import { openActions } from '../../../../shared/incident/openActions';
import { anIncident } from '../../../fixtures/incident';

const CADENCE = { hours: 24, most: 3 };
const HOUR_MS = 3_600_000;
const OPENED = '2026-11-20T10:00:00.000Z';
const later = (hours: number, from = OPENED): Date => new Date(Date.parse(from) + hours * HOUR_MS);

const aTask = (changes: Partial<Task> = {}): Task => ({
  about: 'PAYMENT_KEY',
  what: 'replace the value of PAYMENT_KEY',
  contact: null,
  at: OPENED,
  ...changes,
});
const done = { by: 'U0ONCALL', at: OPENED, how: 'replaced' };
const withTask = (changes: Partial<Incident> = {}) =>
  anIncident({ status: 'closed', tasks: { '0123abcd': aTask() }, ...changes });

const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:partner-AbCdEf';
const asked = (changes: Partial<Question> = {}): Partial<Incident> => ({
  questions: [{ id: 'q1', secretArn: SECRET, why: 'mailer uses it too', ...changes }],
  secrets: [{ secretArn: SECRET, outcome: 'asked', detail: 'asked', at: OPENED }],
});

describe('the reminder of what is open', () => {
  it('is due a cadence after the oldest action was opened, and not before', () => {
    expect(dueReminder(withTask(), CADENCE, later(23.9))).toBeNull();
    expect(dueReminder(withTask(), CADENCE, later(24))).toEqual({ at: later(24).toISOString(), count: 1 });
  });

  it.each(['asking', 'contained', 'releasing', 'watching', 'closed', 'suspect-gone'] as const)(
    'is due of an incident that is %s',
    (status) => {
      expect(dueReminder(withTask({ status }), CADENCE, later(25))?.count).toBe(1);
    },
  );

  it('is due of a question that nobody answered, and of an answer that came to nothing', () => {
    expect(dueReminder(anIncident(asked()), CADENCE, later(25))?.count).toBe(1);
    expect(dueReminder(anIncident(asked({ answer: 'rotate' })), CADENCE, later(25))?.count).toBe(1);
  });

  it('is never due where nothing is open: a task that is done, a secret that is left or rotated', () => {
    const rotated = [{ secretArn: SECRET, outcome: 'rotated' as const, detail: 'rotated', at: OPENED }];

    expect(dueReminder(anIncident(), CADENCE, later(999))).toBeNull();
    expect(dueReminder(withTask({ tasks: { '0123abcd': aTask({ done }) } }), CADENCE, later(999))).toBeNull();
    expect(dueReminder(anIncident(asked({ answer: 'leave' })), CADENCE, later(999))).toBeNull();
    expect(
      dueReminder(anIncident({ ...asked({ answer: 'rotate' }), secrets: rotated }), CADENCE, later(999)),
    ).toBeNull();
  });

  it('is off with a cadence of 0', () => {
    expect(dueReminder(withTask(), { hours: 0, most: 3 }, later(999))).toBeNull();
  });

  it('is not given before the time until which an approver asked for peace', () => {
    const remind = { after: later(48).toISOString(), round: 1, status: 'contained' as const };

    expect(dueReminder(withTask({ status: 'contained', remind }), CADENCE, later(47))).toBeNull();
    expect(dueReminder(withTask({ status: 'contained', remind }), CADENCE, later(48))?.count).toBe(1);
    // Of another question that was asked for.
    expect(dueReminder(withTask({ status: 'closed', remind }), CADENCE, later(47))?.count).toBe(1);
  });

  it('is counted anew when something more was opened since, and ends after as many as policy says', () => {
    const actionsReminded = { at: later(72).toISOString(), count: 3 };
    const tired = withTask({ actionsReminded });
    const more = withTask({
      actionsReminded,
      tasks: { '0123abcd': aTask(), '89abcdef': aTask({ at: later(80).toISOString() }) },
    });

    expect(dueReminder(tired, CADENCE, later(999))).toBeNull();
    expect(isRemindedOut(tired, CADENCE)).toBe(true);
    expect(isRemindedOut(more, CADENCE)).toBe(false);
    expect(dueReminder(more, CADENCE, later(95))).toBeNull();
    expect(dueReminder(more, CADENCE, later(96))?.count).toBe(1);
  });

  it('comes once a cadence at most and so many times at most, however often it is looked', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 600 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 72 }),
        fc.integer({ min: 1, max: 5 }),
        (looks, hours, most) => {
          let incident = withTask();
          const given: number[] = [];
          for (const look of looks.toSorted((a, b) => a - b)) {
            const due = dueReminder(incident, { hours, most }, later(look));
            if (due === null) continue;
            given.push(look);
            incident = { ...incident, actionsReminded: due };
          }
          expect(given.length).toBeLessThanOrEqual(most);
          given.forEach((at, index) => {
            expect(at - (given[index - 1] ?? 0)).toBeGreaterThanOrEqual(hours);
          });
        },
      ),
    );
  });
});

describe('what is open', () => {
  it('is oldest first, with whose it is', () => {
    const incident = withTask({
      ...asked(),
      owner: 'U0ALICE',
      tasks: {
        '0123abcd': aTask({ at: later(2).toISOString(), contact: 'team-payments' }),
        '89abcdef': aTask({ at: later(1).toISOString(), what: 'revoke it' }),
      },
    });

    expect(openActions(incident).map(({ line }) => line)).toEqual([
      `Nobody answered whether to rotate ${SECRET}: mailer uses it too`,
      'Task 89abcdef, for U0ALICE: revoke it',
      'Task 0123abcd, for team-payments: replace the value of PAYMENT_KEY',
    ]);
  });
});
