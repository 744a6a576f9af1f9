/** Quotes one word for a POSIX shell: what an attacker named must stay a word. */
const quote = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** One AWS CLI command as a person would paste it. */
export const awsCli = (region: string, ...words: readonly string[]): string =>
  ['aws', ...words, '--region', region].map(quote).join(' ');
