import type { Act, DecisionAction } from '../incident/incident';
import { ADDABLES, type Addable } from '../policy/addable';
import { WAIVABLE, type Waivable } from '../recovery/gate';

/** What somebody wrote behind the slash command. */
export type SlashCommand =
  | {
      readonly kind: 'decide';
      readonly action: DecisionAction | Act;
      readonly incidentId: string;
      readonly reason: string;
      readonly hours?: number;
      readonly control?: Addable;
      readonly task?: string;
      readonly check?: Waivable;
    }
  | { readonly kind: 'list' }
  | { readonly kind: 'help'; readonly problem: string };

const VERBS: Readonly<Record<string, DecisionAction | Act>> = {
  release: 'release',
  replay: 'release_with_replay',
  'false-positive': 'false_positive',
  keep: 'keep',
  contain: 'contain',
  dismiss: 'dismiss',
  recontain: 'recontain',
  extend: 'extend',
  take: 'take',
  add: 'add',
  done: 'done',
  waive: 'waive',
};

export const MOST_HOURS = 72;
const TASK_ID = /^[0-9a-f]{8}$/;

/** Verbs behind which a word comes before the reason. */
const TAKES_MORE: readonly string[] = ['extend', 'add', 'done', 'waive'];

/** How it is used, for people. */
export const USAGE = [
  '`list`: the open incidents',
  `\`<what> <incident> <reason>\`, where what is one of ${Object.keys(VERBS)
    .filter((verb) => !TAKES_MORE.includes(verb))
    .map((verb) => `\`${verb}\``)
    .join(', ')}`,
  `\`add <incident> <control> <reason>\`: put it on beside, where policy leaves it to you: ${ADDABLES.map((control) => `\`${control}\``).join(', ')}`,
  '`done <incident> <task> <how>`: a task is done',
  `\`waive <incident> <check> <why>\`: release it although this fails: ${WAIVABLE.map((check) => `\`${check}\``).join(', ')}`,
  `\`extend <incident> <hours> <reason>\`: nobody is asked again for so long, ${MOST_HOURS} hours at most`,
].join('\n');

const help = (problem: string): SlashCommand => ({ kind: 'help', problem });

/** Reads it. Nothing that was written is repeated in a problem. */
export const readSlashCommand = (text: string): SlashCommand => {
  const [verb = '', incidentId = '', ...rest] = text.trim().split(/\s+/);
  if (verb === '' || verb === 'help') return help('');
  if (verb === 'list') return { kind: 'list' };
  const action = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (action === undefined) return help('That is none of what can be done.');
  if (!/^inc-\d{8}-[0-9a-f]{12}$/.test(incidentId))
    return help('After it comes the id of an incident: inc-20261120-0123456789ab.');
  const [first = '', ...others] = rest;
  const hours = Number(first);
  if (action === 'extend' && !(first !== '' && hours >= 1 && hours <= MOST_HOURS))
    return help(`After the incident come hours, from 1 to ${MOST_HOURS}.`);
  const control = ADDABLES.find((name) => name === first);
  if (action === 'add' && control === undefined)
    return help(`After the incident comes one of ${ADDABLES.join(', ')}.`);
  if (action === 'done' && !TASK_ID.test(first)) return help('After the incident comes the id of a task.');
  const check = WAIVABLE.find((name) => name === first);
  if (action === 'waive' && check === undefined)
    return help(`After the incident comes one of ${WAIVABLE.join(', ')}.`);
  const reason = (TAKES_MORE.includes(action) ? others : rest).join(' ').slice(0, 1000);
  if (reason === '') return help('A reason is needed: it is kept in the post-mortem.');
  return {
    kind: 'decide',
    action,
    incidentId,
    reason,
    ...(action === 'extend' ? { hours } : {}),
    ...(action === 'add' ? { control } : {}),
    ...(action === 'done' ? { task: first } : {}),
    ...(action === 'waive' ? { check } : {}),
  };
};

/** A slash command as Slack posts it (https://docs.slack.dev/interactivity/implementing-slash-commands/). */
export const readCommandRequest = (
  rawBody: string,
): { readonly user: string; readonly text: string } | null => {
  const form = new URLSearchParams(rawBody);
  const [command, user, text] = ['command', 'user_id', 'text'].map((name) => form.get(name) ?? '');
  return command !== undefined && /^\/\w/.test(command) && /^[UW][A-Z0-9]{2,20}$/.test(user ?? '')
    ? { user: user ?? '', text: text ?? '' }
    : null;
};
