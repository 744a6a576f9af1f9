import { isJson, type Json, listOf } from '../json';
import { checkElement } from './checkElements';
import { type Issues, issue, optionalText, optionalTextObject, textObject, tooMany } from './limits';

type Check = (block: Json, pointer: string) => Issues;

const section: Check = (block, pointer) => {
  const fields = listOf(block.fields);
  if (block.text === undefined && fields.length === 0)
    return [issue('missing required field: text', pointer)];
  return [
    ...optionalTextObject(block, 'text', pointer, { most: 3000 }),
    ...tooMany(fields, 10, `${pointer}/fields`),
    ...fields.flatMap((field, index) => textObject(field, `${pointer}/fields/${index}`, { most: 2000 })),
    ...(block.accessory === undefined ? [] : checkElement(block.accessory, `${pointer}/accessory`)),
  ];
};

const elements = (most: number, check: (element: unknown, pointer: string) => Issues): Check => {
  return (block, pointer) => {
    const list = listOf(block.elements);
    if (list.length === 0) return [issue('must provide at least 1 item', `${pointer}/elements`)];
    return [
      ...tooMany(list, most, `${pointer}/elements`),
      ...list.flatMap((element, index) => check(element, `${pointer}/elements/${index}`)),
    ];
  };
};

const contextElement = (element: unknown, pointer: string): Issues =>
  isJson(element) && element.type === 'image' ? [] : textObject(element, pointer, { most: 3000 });

const image: Check = (block, pointer) => [
  ...(typeof block.alt_text === 'string' ? [] : [issue('missing required field: alt_text', pointer)]),
  ...optionalText(block.alt_text, 2000, `${pointer}/alt_text`),
  ...optionalText(block.image_url, 3000, `${pointer}/image_url`),
];

const FILLED_IN: readonly unknown[] = ['plain_text_input', 'static_select'];

const input: Check = (block, pointer) => [
  ...textObject(block.label, `${pointer}/label`, { most: 2000, plain: true }),
  ...optionalTextObject(block, 'hint', pointer, { most: 2000, plain: true }),
  ...checkElement(block.element, `${pointer}/element`),
  // The desk cannot fill in anything else; better to hear it here than to look for the missing field.
  ...(isJson(block.element) && FILLED_IN.includes(block.element.type)
    ? []
    : [issue(`the desk knows ${FILLED_IN.join(' and ')} alone`, `${pointer}/element/type`)]),
];

const IN_BOTH: Readonly<Record<string, Check>> = {
  section,
  image,
  divider: () => [],
  header: (block, pointer) => textObject(block.text, `${pointer}/text`, { most: 150, plain: true }),
  context: elements(10, contextElement),
  actions: elements(25, checkElement),
};
/** Slack has these and the desk shows a note in their place. */
const NOT_DRAWN: Readonly<Record<string, Check>> = Object.fromEntries(
  ['rich_text', 'markdown', 'video', 'file', 'table', 'context_actions'].map((type) => [type, () => []]),
);

export const IN_MESSAGES: Readonly<Record<string, Check>> = { ...IN_BOTH, ...NOT_DRAWN };
export const IN_MODALS: Readonly<Record<string, Check>> = { ...IN_BOTH, ...NOT_DRAWN, input };

/** Everything that Slack would not take in these blocks. */
export const checkBlocks = (
  blocks: readonly unknown[],
  pointer: string,
  { most, known }: { readonly most: number; readonly known: Readonly<Record<string, Check>> },
): Issues => [
  ...tooMany(blocks, most, pointer),
  ...blocks.slice(0, most).flatMap((block, index) => checkBlock(block, `${pointer}/${index}`, known)),
  ...sameIds(blocks, pointer),
];

const checkBlock = (block: unknown, pointer: string, known: Readonly<Record<string, Check>>): Issues => {
  if (!isJson(block)) return [issue('must provide an object', pointer)];
  const type = String(block.type);
  const check = Object.hasOwn(known, type) ? known[type] : undefined;
  if (check === undefined) return [issue(`unsupported type: ${type}`, `${pointer}/type`)];
  return [...optionalText(block.block_id, 255, `${pointer}/block_id`), ...check(block, pointer)];
};

const sameIds = (blocks: readonly unknown[], pointer: string): Issues => {
  const ids = blocks.map((block) => (isJson(block) ? block.block_id : undefined));
  return ids.flatMap((id, index) =>
    typeof id === 'string' && ids.indexOf(id) < index
      ? [issue(`\`block_id\` "${id}" already exists for another block`, `${pointer}/${index}/block_id`)]
      : [],
  );
};
