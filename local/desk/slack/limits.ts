import { isJson, type Json } from '../json';

/** What is wrong with a block, in Slack's words and with Slack's pointer to the place. */
export type Issues = readonly string[];

export const issue = (what: string, pointer: string): string => `${what} [json-pointer:${pointer}]`;

export const tooLong = (value: unknown, most: number, pointer: string): Issues =>
  typeof value === 'string' && value.length > most
    ? [issue(`must be less than ${most + 1} characters`, pointer)]
    : [];

export const tooMany = (list: readonly unknown[], most: number, pointer: string): Issues =>
  list.length > most ? [issue(`no more than ${most} items allowed`, pointer)] : [];

/** A text that may be left out, and when given is a string of at most so many characters. */
export const optionalText = (value: unknown, most: number, pointer: string): Issues => {
  if (value === undefined || value === null) return [];
  return typeof value === 'string' ? tooLong(value, most, pointer) : [issue('must be a string', pointer)];
};

/** A text object ({type, text}). */
export const textObject = (
  value: unknown,
  pointer: string,
  { most, plain = false }: { readonly most: number; readonly plain?: boolean },
): Issues => {
  if (!isJson(value)) return [issue('must provide an object', pointer)];
  const types = plain ? ['plain_text'] : ['plain_text', 'mrkdwn'];
  if (!types.includes(String(value.type)))
    return [issue(`must be one of: ${types.join(', ')}`, `${pointer}/type`)];
  if (typeof value.text !== 'string') return [issue('missing required field: text', pointer)];
  if (value.text === '') return [issue('must be more than 0 characters', `${pointer}/text`)];
  return tooLong(value.text, most, `${pointer}/text`);
};

export const optionalTextObject = (
  holder: Json,
  key: string,
  pointer: string,
  rules: { readonly most: number; readonly plain?: boolean },
): Issues =>
  holder[key] === undefined || holder[key] === null
    ? []
    : textObject(holder[key], `${pointer}/${key}`, rules);
