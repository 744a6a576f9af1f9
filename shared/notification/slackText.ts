/** Slack's mrkdwn has three control characters; everything else in hostile text is inert once they are escaped. */
export const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Cut to a length with a mark that something was cut, never through a pair of surrogates; lone ones are replaced. */
export const cut = (text: string, most: number): string => {
  const whole = text.replaceAll(LONE_SURROGATE, '\ufffd');
  return whole.length <= most ? whole : `${whole.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
};

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Hostile text as inline code: a backtick would end it. Line breaks and control characters become spaces. */
export const inlineCode = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out.
  `\`${escapeText(cut(text, 300).replaceAll(/[`\u0000-\u001f\u007f\u2028\u2029]/g, ' ')).trim() || ' '}\``;

/** Who decided, as Slack shows people; anything that is not a Slack user id is shown as code. */
export const mention = (principal: string): string =>
  /^[UW][A-Z0-9]{2,20}$/.test(principal) ? `<@${principal}>` : inlineCode(principal);

/** A time as people read it: to the second, in UTC and saying so. */
export const clock = (iso: string): string => `${iso.slice(0, 19).replace('T', ' ')} UTC`;

/** Text of others must not make lines of its own: line breaks and control characters become spaces. */
export const oneLine = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out.
  text.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');
