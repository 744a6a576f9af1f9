import { type Json, objectOf, textOf } from '../json';
import type { Content } from '../store/messages';
import { refused, refusedFor, type SlackAnswer } from './answers';
import { structured } from './arguments';
import { checkBlocks, IN_MESSAGES } from './checkBlocks';

const LONGEST_TEXT = 40_000;

/** Text and blocks of a message to be, or Slack's reason not to take them. */
export const contentOf = (args: Json): Content | { readonly refusal: SlackAnswer } => {
  const text = textOf(args.text);
  const blocks = args.blocks === undefined || args.blocks === '' ? [] : structured(args.blocks);
  if (!Array.isArray(blocks)) return { refusal: refused('invalid_blocks_format') };
  if (text === '' && blocks.length === 0) return { refusal: refused('no_text') };
  if (text.length > LONGEST_TEXT) return { refusal: refused('msg_too_long') };
  const issues = checkBlocks(blocks, '/blocks', { most: 50, known: IN_MESSAGES });
  if (issues.length > 0) return { refusal: refusedFor('invalid_blocks', issues) };
  return { text, blocks: blocks.map(objectOf) };
};
