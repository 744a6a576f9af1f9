const ENTITIES: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;' };

/**
 * Text from findings, logs and names is the attacker's: in Markdown every character that could begin markup, a link,
 * HTML or a table cell is escaped, and line breaks and control characters become spaces.
 */
export const plain = (text: string): string =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out.
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .replaceAll(/[\\`*_{}[\]<>#|~!&]/g, (character) => ENTITIES[character] ?? `\\${character}`)
    // What looks like an address is made a link by some that show Markdown.
    .replaceAll('://', '\\://')
    .replaceAll(/\bwww\./gi, (found) => `${found.slice(0, 3)}\\.`)
    .trimStart()
    // At the start of a line these would begin a list, a rule or a heading.
    .replace(/^([-+=])/, '\\$1')
    .replace(/^(\d+)([.)])/, '$1\\$2');

/** A list in Markdown, with every line made plain. */
export const bullets = (lines: readonly string[], none: string): string =>
  lines.length === 0 ? none : lines.map((line) => `- ${plain(line)}`).join('\n');
