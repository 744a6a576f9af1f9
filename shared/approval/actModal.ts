import type { ModalView } from '@slack/web-api';
import type { Incident } from '../incident/incident';
import { isOpen } from '../incident/incident';
import { openTasks, taskLine } from '../incident/tasks';
import { cut, oneLine } from '../notification/slackText';
import { ADDABLE, type Addable } from '../policy/addable';
import { GATE, WAIVABLE, type Waivable } from '../recovery/gate';
import type { Asked } from './answer';

export const ACT_MODAL = 'act';
export const ACT_BLOCK = 'act';
export const WHY_BLOCK = 'why';

/** What one line of the modal stands for. */
export type Choice = Pick<Asked, 'hours' | 'control' | 'task' | 'check'> & {
  readonly action: 'take' | 'extend' | 'recontain' | 'add' | 'done' | 'waive';
};

const HOURS = [1, 4, 24] as const;
const extend = (hours: number) => [`extend-${hours}`, { action: 'extend', hours }] as const;
const add = (control: Addable) => [`add-${control}`, { action: 'add', control }] as const;

const waive = (check: Waivable) => [`waive-${check}`, { action: 'waive', check }] as const;

/** What is offered by its status alone. */
type Offered = Omit<Choice, 'action'> & { readonly action: Exclude<Choice['action'], 'done'> };

const CHOICES: ReadonlyMap<string, Offered> = new Map<string, Offered>([
  ['take', { action: 'take' }],
  ...HOURS.map(extend),
  ['recontain', { action: 'recontain' }],
  ...(Object.keys(ADDABLE) as Addable[]).map(add),
  ...WAIVABLE.map(waive),
]);

/** What was chosen in the modal; null for what it did not offer. */
export const choiceOf = (value: string): Choice | null => {
  const [, task] = /^done-([0-9a-f]{8})$/.exec(value) ?? [];
  return task === undefined ? (CHOICES.get(value) ?? null) : { action: 'done', task };
};

/** A list of Slack's holds 100 options of 75 characters (https://docs.slack.dev/reference/block-kit/composition-objects/option-object/). */
const MOST_TASKS = 20;
const LONGEST = 75;

const tasksOf = (incident: Incident): readonly (readonly [string, string])[] =>
  openTasks(incident)
    .slice(0, MOST_TASKS)
    .map((task) => [`done-${task[0]}`, cut(`Done: ${oneLine(taskLine(task, incident))}`, LONGEST)]);

const labelOf = ({ action, hours, control, check }: Offered): string => {
  switch (action) {
    case 'take':
      return 'I look after it';
    case 'extend':
      return `Ask nobody again for ${hours} h`;
    case 'recontain':
      return 'Contain it again';
    case 'add':
      return control === undefined ? '' : `Add: ${ADDABLE[control]}`;
    case 'waive':
      return check === undefined ? '' : cut(`Waive: ${GATE[check]}`, LONGEST);
  }
};

/** What an incident admits beside the answer to its question. */
const isOffered = (
  { action, control, check }: Offered,
  { status, added = [], gate = [], stage }: Incident,
  addable: readonly Addable[],
): boolean => {
  switch (action) {
    case 'take':
      return isOpen(status);
    case 'extend':
      return status === 'asking' || status === 'contained';
    case 'recontain':
      return status === 'watching' || (status === 'releasing' && stage !== undefined);
    case 'waive':
      // Only what the last try to release it was refused for.
      return status === 'contained' && gate.some((one) => one.check === check && one.outcome === 'failed');
    case 'add':
      return (
        status === 'contained' &&
        control !== undefined &&
        addable.includes(control) &&
        !added.includes(control)
      );
  }
};

/** The modal that offers them, or null where there is nothing left to do. Who may is looked at when it is submitted. */
export const actModal = (
  incident: Incident,
  addable: readonly Addable[],
  channel: string | null,
): ModalView | null => {
  const offered = [
    ...[...CHOICES]
      .filter(([, choice]) => isOffered(choice, incident, addable))
      .map(([value, choice]) => [value, labelOf(choice)] as const),
    ...tasksOf(incident),
  ];
  if (offered.length === 0) return null;
  return {
    type: 'modal',
    callback_id: ACT_MODAL,
    // `0` as for Details: it decides nothing, so it works as long as the message is there.
    private_metadata: JSON.stringify({ value: `${incident.id}.0`, channel }),
    title: { type: 'plain_text', text: 'More' },
    submit: { type: 'plain_text', text: 'Do it' },
    close: { type: 'plain_text', text: 'Cancel' },
    blocks: [
      {
        type: 'input',
        block_id: ACT_BLOCK,
        label: { type: 'plain_text', text: 'What' },
        element: {
          type: 'static_select',
          action_id: ACT_BLOCK,
          placeholder: { type: 'plain_text', text: 'Choose' },
          options: offered.map(([value, label]) => ({
            text: { type: 'plain_text', text: label },
            value,
          })),
        },
      },
      {
        type: 'input',
        block_id: WHY_BLOCK,
        label: { type: 'plain_text', text: 'Why? It is kept in the post-mortem.' },
        element: { type: 'plain_text_input', action_id: WHY_BLOCK, min_length: 3, max_length: 1000 },
      },
    ],
  };
};
