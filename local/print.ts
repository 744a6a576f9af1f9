import { stripVTControlCharacters } from 'node:util';

/** Colours only on a terminal, and never where NO_COLOR asks for none (https://no-color.org). */
const coloured = process.stdout.isTTY === true && !process.env.NO_COLOR;
const paint = (code: number) => (text: string) => (coloured ? `\u001b[${code}m${text}\u001b[0m` : text);
export const bold = paint(1);
export const dim = paint(2);
export const red = paint(31);
export const green = paint(32);

/** Text that others may have written, for a terminal: no escape sequences, no line breaks. */
export const tame = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out.
  stripVTControlCharacters(text).replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');

/** Minutes and seconds since a time in milliseconds. */
export const elapsed = (since: number): string => {
  const seconds = Math.floor((Date.now() - since) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};

let all = '';

/** Everything that was printed so far: the demo searches it for secrets. */
export const printed = (): string => all;

export const say = (text: string): void => {
  all += `${text}\n`;
  process.stdout.write(`${text}\n`);
};

export const complain = (text: string): void => {
  all += `${text}\n`;
  process.stderr.write(`${text}\n`);
};
