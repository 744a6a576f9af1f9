import { isJson, type Json, listOf } from '../json';
import { checkBlocks, IN_MODALS } from './checkBlocks';
import { type Issues, issue, optionalText, optionalTextObject, textObject } from './limits';

/** Everything that Slack would not take in a modal. */
export const checkView = (view: Json): Issues => {
  if (view.type !== 'modal') return [issue('must be one of: modal', '/view/type')];
  if (!Array.isArray(view.blocks)) return [issue('missing required field: blocks', '/view')];
  const blocks = listOf(view.blocks);
  const asks = blocks.some((block) => isJson(block) && block.type === 'input');
  return [
    ...textObject(view.title, '/view/title', { most: 24, plain: true }),
    ...optionalTextObject(view, 'submit', '/view', { most: 24, plain: true }),
    ...optionalTextObject(view, 'close', '/view', { most: 24, plain: true }),
    ...optionalText(view.callback_id, 255, '/view/callback_id'),
    ...optionalText(view.private_metadata, 3000, '/view/private_metadata'),
    ...(asks && view.submit === undefined
      ? [issue('`submit` is required when an `input` block is in the `blocks` array', '/view')]
      : []),
    ...checkBlocks(blocks, '/view/blocks', { most: 100, known: IN_MODALS }),
  ];
};
