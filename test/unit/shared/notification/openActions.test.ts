import type { Incident, Task } from '../../../../shared/incident/incident';
import { reminderLines } from '../../../../shared/notification/openActions';
import { threadNote } from '../../../../shared/notification/slackMessage';
import { noteAbout } from '../../../../shared/notification/thread';
import { anIncident } from '../../../fixtures/incident';

const OPENED = '2026-11-20T10:00:00.000Z';
const NOW = new Date('2026-11-23T11:00:00.000Z');
const aTask = (changes: Partial<Task> = {}): Task => ({
  about: 'PAYMENT_KEY',
  what: 'replace the value of PAYMENT_KEY',
  contact: 'team-payments',
  at: OPENED,
  ...changes,
});
const tasksOf = (count: number, changes: Partial<Task> = {}): NonNullable<Incident['tasks']> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [String(index).padStart(8, '0'), aTask(changes)]),
  );
const linesOf = (changes: Partial<Incident>, count = 1) =>
  reminderLines(anIncident({ status: 'closed', ...changes }), { at: NOW.toISOString(), count }, 5, NOW);

describe('what people are reminded of', () => {
  it('is each open action with its id, whose it is and since when, and how it is closed', () => {
    const lines = linesOf({ tasks: tasksOf(1) });

    expect(lines).toEqual([
      'Still to be done, though the incident is over: 1 open action',
      'A task is closed with /tourniquet done inc-20261120-0123456789ab <task> <how it was done>, or npx tourniquet decide inc-20261120-0123456789ab --done <task> --reason <how it was done>',
      'Task 00000000, for team-payments: replace the value of PAYMENT_KEY (open for 3 days)',
    ]);
    expect(noteAbout('open-actions', anIncident(), lines)).toEqual({
      title: lines[0],
      lines: lines.slice(1),
    });
  });

  it('says how a question is answered where one is open, and nothing of tasks where none is', () => {
    const lines = linesOf({
      status: 'contained',
      questions: [{ id: 'q', secretArn: 'partner', why: 'mailer uses it' }],
    });

    expect(lines[0]).toBe('Still to be done: 1 open action');
    expect(lines.join('\n')).toContain('answered with its buttons in this thread');
    expect(lines.join('\n')).not.toContain('--done');
  });

  it('is bounded: of many the first, and where the rest is', () => {
    const lines = linesOf({ tasks: tasksOf(40, { what: 'x'.repeat(5000) }) });

    expect(lines[0]).toContain('40 open actions');
    expect(lines.filter((line) => line.startsWith('Task '))).toHaveLength(8);
    expect(lines).toContain('and 32 more: npx tourniquet show inc-20261120-0123456789ab');
    const [section] = threadNote(lines[0] ?? '', lines.slice(1)).blocks;
    expect(JSON.stringify(section)).toContain('and 32 more');
  });

  it('says of the last one that it is the last', () => {
    expect(linesOf({ tasks: tasksOf(1) }, 4).join('\n')).not.toContain('last');
    expect(linesOf({ tasks: tasksOf(1) }, 5).at(-1)).toContain('This is the last of 5 reminders');
  });

  it('pings whoever looks after it, and nobody that hostile text names', () => {
    const lines = linesOf({
      tasks: tasksOf(1, {
        contact: '<!channel> <@U0VICTIM>',
        what: 'see <https://evil.example|the console>\n• *done*, nothing to do',
      }),
    });
    const { blocks } = threadNote(lines[0] ?? '', lines.slice(1), 'U0ALICE');
    const text = JSON.stringify(blocks);

    expect(text).toContain('Looked after by <@U0ALICE>');
    expect(text).not.toMatch(/<!channel>|<@U0VICTIM>|<https/);
    expect(text.match(/\\n• /g)).toHaveLength(lines.length - 1);
  });
});
