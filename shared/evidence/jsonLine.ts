/**
 * One JSON object as one line: whatever somebody wrote (line breaks, terminal escapes) stays inside a string. JSON leaves
 * U+2028 and U+2029 as they are, which many readers take for line breaks.
 */
export const jsonLine = (value: unknown): string =>
  `${JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}\n`;
