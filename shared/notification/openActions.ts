import type { Reminder } from '../incident/actionReminder';
import { type Incident, isOpen } from '../incident/incident';
import { openActions } from '../incident/openActions';
import { cut, oneLine } from './slackText';

/** A note holds no more; the rest is in `npx tourniquet show`. */
const MOST_ACTIONS = 8;
const LONGEST = 260;

const DAY_MS = 24 * 3_600_000;
const HOUR_MS = 3_600_000;

const age = (at: string, now: Date): string => {
  const span = Math.max(0, now.getTime() - Date.parse(at));
  const [amount, unit] =
    span >= DAY_MS ? [Math.floor(span / DAY_MS), 'day'] : [Math.floor(span / HOUR_MS), 'hour'];
  return `open for ${amount} ${unit}${amount === 1 ? '' : 's'}`;
};

/** What people are reminded of: a title, how it is closed, and each open action with whose it is. */
export const reminderLines = (
  incident: Incident,
  { count }: Reminder,
  most: number,
  now: Date,
): readonly string[] => {
  const { id, status } = incident;
  const actions = openActions(incident);
  const has = (kind: string): boolean => actions.some((action) => action.kind === kind);
  const left = actions.length - MOST_ACTIONS;
  return [
    `Still to be done${isOpen(status) ? '' : ', though the incident is over'}: ${actions.length} open action${actions.length === 1 ? '' : 's'}`,
    ...(has('task')
      ? [
          `A task is closed with /tourniquet done ${id} <task> <how it was done>, or npx tourniquet decide ${id} --done <task> --reason <how it was done>`,
        ]
      : []),
    ...(has('question') ? ['A question about a secret is answered with its buttons in this thread'] : []),
    ...actions
      .slice(0, MOST_ACTIONS)
      .map(({ at, line }) => `${cut(oneLine(line), LONGEST)} (${age(at, now)})`),
    ...(left > 0 ? [`and ${left} more: npx tourniquet show ${id}`] : []),
    ...(count >= most ? [`This is the last of ${most} reminders: nobody is reminded of these again`] : []),
  ];
};
