import { RequestRefused } from '../errors';
import { type Json, listOf, objectOf, textOf } from '../json';
import type { View } from '../store/views';
import type { StateValue, StateValues } from './payloads';

/** What somebody typed: by block and action, or by action alone. */
export type Typed = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

type Field = {
  readonly blockId: string;
  readonly actionId: string;
  readonly optional: boolean;
  readonly element: Json;
};

const fieldsOf = ({ blocks }: View): readonly Field[] =>
  blocks
    .filter(({ type }) => type === 'input')
    .map((block) => {
      const element = objectOf(block.element);
      const actionId = textOf(element.action_id);
      return { blockId: textOf(block.block_id), actionId, optional: block.optional === true, element };
    });

/** A modal's state as Slack would send it; throws `RequestRefused` for values of fields that it does not have. */
export const fillIn = (view: View, typed: Typed): StateValues => {
  const fields = fieldsOf(view);
  for (const [name, value] of Object.entries(typed)) {
    const known =
      typeof value === 'string'
        ? fields.some(({ actionId }) => actionId === name)
        : Object.keys(value).every((action) =>
            fields.some(({ blockId, actionId }) => blockId === name && actionId === action),
          );
    if (!known) throw new RequestRefused(400, `values.${name}: the modal has no such input`);
  }
  return Object.fromEntries(
    fields.map((field) => {
      const text = typedInto(field, typed);
      return [field.blockId, { [field.actionId]: stateOf(field, text) }];
    }),
  );
};

/** Slack sends null for a field that is empty. */
const stateOf = ({ element }: Field, text: string): StateValue => {
  if (element.type !== 'static_select') return { type: 'plain_text_input', value: text === '' ? null : text };
  const option = listOf(element.options).find((one) => objectOf(one).value === text);
  if (text !== '' && option === undefined)
    throw new RequestRefused(400, 'values: the menu has no such option');
  return { type: 'static_select', selected_option: option === undefined ? null : objectOf(option) };
};

const textIn = (value: StateValue | undefined): string =>
  value?.type === 'static_select' ? textOf(value.selected_option?.value) : (value?.value ?? '');

const typedInto = ({ blockId, actionId, element }: Field, typed: Typed): string => {
  const own = (name: string) => (Object.hasOwn(typed, name) ? typed[name] : undefined);
  const inBlock = own(blockId);
  if (typeof inBlock === 'object' && Object.hasOwn(inBlock, actionId)) return inBlock[actionId] ?? '';
  const alone = own(actionId);
  return typeof alone === 'string' ? alone : textOf(element.initial_value);
};

/** What Slack's client itself complains of before it sends anything, by block. */
export const complaints = (view: View, values: StateValues): Readonly<Record<string, string>> =>
  Object.fromEntries(
    fieldsOf(view).flatMap(({ blockId, actionId, optional, element }) => {
      const complaint = complain(textIn(values[blockId]?.[actionId]), optional, element);
      return complaint === null ? [] : [[blockId, complaint]];
    }),
  );

const complain = (text: string, optional: boolean, { min_length, max_length }: Json): string | null => {
  if (text.trim() === '') return optional ? null : 'Please complete this required field.';
  if (typeof min_length === 'number' && text.length < min_length)
    return `Must be at least ${min_length} characters.`;
  if (typeof max_length === 'number' && text.length > max_length)
    return `Must be at most ${max_length} characters.`;
  return null;
};
