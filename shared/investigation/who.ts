import type { Call } from '../detection/call';

/** Who made a call, without the session: the role's or the user's ARN; null where the record names nobody. */
export const principalOf = ({ caller }: Call): string | null =>
  caller.roleArn ?? caller.arn ?? caller.account;

export const isOneOf = (principal: string | null, others: readonly (string | null)[]): boolean =>
  principal !== null && others.includes(principal);

/** Text of a caller within a sentence: one line, bounded. */
const word = (text: string | null, most: number): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out.
  (text ?? 'unknown').slice(0, most).replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');

/** Who, by which pipeline (the client) and from where, as a clause. */
export const sayWho = (call: Call): string =>
  `${word(principalOf(call), 200)} (client ${word(call.agent.split(' ')[0] ?? '', 60)}, from ${word(call.address, 60)})`;
