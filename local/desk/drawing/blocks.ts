import { isJson, type Json, listOf, objectOf, textOf } from '../json';
import { readMrkdwn, readPlain } from './mrkdwn';
import { type Names, type Rich, webAddress } from './rich';

/** Blocks as the page shows them: nothing here is markup or an id that the page would have to look up. */
export type DrawnBlock =
  | { readonly kind: 'divider' }
  | { readonly kind: 'header' | 'note'; readonly text: readonly Rich[] }
  | {
      readonly kind: 'section';
      readonly text: readonly Rich[];
      readonly fields: readonly (readonly Rich[])[];
      readonly accessory: DrawnElement | null;
    }
  | { readonly kind: 'context'; readonly texts: readonly (readonly Rich[])[] }
  | { readonly kind: 'actions'; readonly elements: readonly DrawnElement[] }
  | ({ readonly kind: 'input' } & DrawnInput);

export type DrawnElement = DrawnButton | { readonly kind: 'note'; readonly text: readonly Rich[] };

type DrawnButton = {
  readonly kind: 'button';
  readonly actionId: string;
  readonly blockId: string;
  readonly value: string | null;
  readonly label: readonly Rich[];
  readonly style: 'primary' | 'danger' | 'plain';
  /** Opened in a new window when pressed. */
  readonly href: string | null;
  readonly confirm: {
    readonly title: readonly Rich[];
    readonly text: readonly Rich[];
    readonly yes: readonly Rich[];
    readonly no: readonly Rich[];
    readonly danger: boolean;
  } | null;
};

type DrawnInput = {
  readonly actionId: string;
  readonly blockId: string;
  readonly label: readonly Rich[];
  readonly hint: readonly Rich[];
  readonly placeholder: string;
  readonly initial: string;
  readonly multiline: boolean;
  readonly optional: boolean;
  /** Of a menu; null where something is typed. */
  readonly options: readonly { readonly value: string; readonly label: string }[] | null;
};

export const drawText = (value: unknown, names: Names): readonly Rich[] => {
  const { type, text, verbatim } = objectOf(value);
  if (type === 'plain_text') return readPlain(textOf(text));
  return readMrkdwn(textOf(text), { names, links: verbatim !== true });
};

export const drawBlock = (block: Json, names: Names): DrawnBlock => {
  const blockId = textOf(block.block_id);
  switch (block.type) {
    case 'divider':
      return { kind: 'divider' };
    case 'header':
      return { kind: 'header', text: drawText(block.text, names) };
    case 'section':
      return {
        kind: 'section',
        text: block.text === undefined ? [] : drawText(block.text, names),
        fields: listOf(block.fields).map((field) => drawText(field, names)),
        accessory: block.accessory === undefined ? null : drawElement(block.accessory, blockId, names),
      };
    case 'context':
      return { kind: 'context', texts: listOf(block.elements).map((element) => drawContext(element, names)) };
    case 'actions':
      return {
        kind: 'actions',
        elements: listOf(block.elements).map((element) => drawElement(element, blockId, names)),
      };
    case 'input':
      return { kind: 'input', blockId, ...drawInput(block, names) };
    default:
      return { kind: 'note', text: notDrawn(block) };
  }
};

/** Pictures are not fetched: the page talks to this machine alone. */
const notDrawn = (block: Json): readonly Rich[] => [
  {
    kind: 'text',
    text:
      block.type === 'image'
        ? `[image: ${textOf(block.alt_text)}]`
        : `[${textOf(block.type)}: not drawn here]`,
  },
];

const drawContext = (element: unknown, names: Names): readonly Rich[] =>
  isJson(element) && element.type === 'image' ? notDrawn(element) : drawText(element, names);

const drawElement = (value: unknown, blockId: string, names: Names): DrawnElement => {
  const element = objectOf(value);
  if (element.type !== 'button') return { kind: 'note', text: notDrawn(element) };
  return {
    kind: 'button',
    actionId: textOf(element.action_id),
    blockId,
    value: typeof element.value === 'string' ? element.value : null,
    label: drawText(element.text, names),
    style: element.style === 'primary' || element.style === 'danger' ? element.style : 'plain',
    href: webAddress(textOf(element.url)),
    confirm: isJson(element.confirm) ? drawConfirm(element.confirm, names) : null,
  };
};

const drawConfirm = (confirm: Json, names: Names) => ({
  title: drawText(confirm.title, names),
  text: drawText(confirm.text, names),
  yes: drawText(confirm.confirm, names),
  no: drawText(confirm.deny, names),
  danger: confirm.style === 'danger',
});

const drawInput = (block: Json, names: Names): Omit<DrawnInput, 'blockId'> => {
  const element = objectOf(block.element);
  return {
    actionId: textOf(element.action_id),
    label: drawText(block.label, names),
    hint: block.hint === undefined ? [] : drawText(block.hint, names),
    placeholder: textOf(objectOf(element.placeholder).text),
    initial: textOf(element.initial_value),
    multiline: element.multiline === true,
    optional: block.optional === true,
    options:
      element.type === 'static_select'
        ? listOf(element.options).map((option) => ({
            value: textOf(objectOf(option).value),
            label: textOf(objectOf(objectOf(option).text).text),
          }))
        : null,
  };
};
