import { isJson, type Json, listOf, objectOf, textOf } from '../json';
import type { Message } from '../store/messages';

/** A button as a press reports it. */
export type Button = {
  readonly action_id: string;
  readonly block_id: string;
  readonly text: Json;
  readonly value?: string;
  readonly style?: string;
};

export type Wanted = { readonly actionId: string; readonly value?: string; readonly blockId?: string };

/** The first button of a message that is the one wanted. */
export const findButton = ({ blocks }: Message, wanted: Wanted): Button | undefined =>
  blocks
    .flatMap(buttonsOf)
    .find(
      ({ action_id, block_id, value }) =>
        action_id === wanted.actionId &&
        (wanted.value === undefined || value === wanted.value) &&
        (wanted.blockId === undefined || block_id === wanted.blockId),
    );

const buttonsOf = (block: Json): readonly Button[] => {
  const elements = block.type === 'actions' ? listOf(block.elements) : [block.accessory];
  return elements.filter(isButton).map(({ action_id, text, value, style }) => ({
    action_id: textOf(action_id),
    block_id: textOf(block.block_id),
    text: objectOf(text),
    ...(typeof value === 'string' ? { value } : {}),
    ...(typeof style === 'string' ? { style } : {}),
  }));
};

const isButton = (element: unknown): element is Json => isJson(element) && element.type === 'button';
