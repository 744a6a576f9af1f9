/** Text of others as a part of one line, at most so long: line breaks and control characters become spaces. */
export const oneLine = (text: string | null, most: number): string =>
  (text ?? '')
    .slice(0, most)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out.
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .trim();

/** Text of others in quotes: JSON's, which leaves the separators of lines and paragraphs as they are. */
export const quoted = (text: string): string =>
  JSON.stringify(text.slice(0, 256)).replaceAll(/[\u007f-\u009f\u2028\u2029]/g, ' ');
