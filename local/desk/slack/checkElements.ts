import { isJson, type Json, listOf, objectOf } from '../json';
import { type Issues, issue, optionalText, optionalTextObject, textObject, tooMany } from './limits';

/** Everything that Slack would not take in an element of a block. Kinds that the desk does not draw pass. */
export const checkElement = (element: unknown, pointer: string): Issues => {
  if (!isJson(element)) return [issue('must provide an object', pointer)];
  if (typeof element.type !== 'string') return [issue('missing required field: type', pointer)];
  return [
    ...optionalText(element.action_id, 255, `${pointer}/action_id`),
    ...(element.type === 'button' ? button(element, pointer) : []),
    ...(element.type === 'plain_text_input' ? textInput(element, pointer) : []),
    ...(element.type === 'static_select' ? select(element, pointer) : []),
  ];
};

const button = (element: Json, pointer: string): Issues => [
  ...textObject(element.text, `${pointer}/text`, { most: 75, plain: true }),
  ...optionalText(element.value, 2000, `${pointer}/value`),
  ...optionalText(element.url, 3000, `${pointer}/url`),
  ...oneOf(element.style, ['primary', 'danger'], `${pointer}/style`),
  ...(element.confirm === undefined ? [] : confirmation(element.confirm, `${pointer}/confirm`)),
];

const oneOf = (value: unknown, allowed: readonly string[], pointer: string): Issues =>
  value === undefined || allowed.includes(String(value))
    ? []
    : [issue(`must be one of: ${allowed.join(', ')}`, pointer)];

const confirmation = (confirm: unknown, pointer: string): Issues =>
  isJson(confirm)
    ? [
        ...textObject(confirm.title, `${pointer}/title`, { most: 100, plain: true }),
        ...textObject(confirm.text, `${pointer}/text`, { most: 300 }),
        ...textObject(confirm.confirm, `${pointer}/confirm`, { most: 30, plain: true }),
        ...textObject(confirm.deny, `${pointer}/deny`, { most: 30, plain: true }),
        ...oneOf(confirm.style, ['primary', 'danger'], `${pointer}/style`),
      ]
    : [issue('must provide an object', pointer)];

const textInput = (element: Json, pointer: string): Issues => [
  ...optionalTextObject(element, 'placeholder', pointer, { most: 150, plain: true }),
  ...optionalText(element.initial_value, 3000, `${pointer}/initial_value`),
  ...within(element.min_length, 0, `${pointer}/min_length`),
  ...within(element.max_length, 1, `${pointer}/max_length`),
];

/** https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element/ */
const select = (element: Json, pointer: string): Issues => {
  const options = listOf(element.options);
  if (options.length === 0) return [issue('must provide at least 1 item', `${pointer}/options`)];
  return [
    ...optionalTextObject(element, 'placeholder', pointer, { most: 150, plain: true }),
    ...tooMany(options, 100, `${pointer}/options`),
    ...options.flatMap((option, index) => [
      ...textObject(objectOf(option).text, `${pointer}/options/${index}/text`, { most: 75, plain: true }),
      ...optionalText(objectOf(option).value, 150, `${pointer}/options/${index}/value`),
    ]),
  ];
};

const within = (value: unknown, least: number, pointer: string): Issues =>
  value === undefined || (Number.isInteger(value) && Number(value) >= least && Number(value) <= 3000)
    ? []
    : [issue(`must be a whole number from ${least} to 3000`, pointer)];
