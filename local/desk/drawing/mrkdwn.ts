import { EMOJI } from './emoji';
import { type Rules, readLine } from './inline';
import { type Rich, unescapeText } from './rich';

/** Reads Slack's mrkdwn (https://docs.slack.dev/messaging/formatting-message-text/). */
export const readMrkdwn = (text: string, rules: Rules): readonly Rich[] =>
  // Odd pieces stood between a pair of triple backticks.
  text.split(/```([\s\S]+?)```/).flatMap((piece, index) => {
    if (index % 2 === 1) return [{ kind: 'pre' as const, text: unescapeText(piece).replace(/^\n|\n$/g, '') }];
    // The line breaks around a code block are the block's own.
    const trimmed = index === 0 ? piece : piece.replace(/^\n/, '');
    return trimmed === '' ? [] : readLines(trimmed.replace(/\n$/, ''), rules);
  });

const QUOTE = /^(?:>|&gt;) ?/;

const readLines = (text: string, rules: Rules): readonly Rich[] => {
  const nodes: Rich[] = [];
  for (const { quoted, lines } of runsOf(text.split('\n'))) {
    const read = lines.flatMap((line, index): readonly Rich[] => [
      ...(index === 0 ? [] : [{ kind: 'break' as const }]),
      ...readLine(line, rules),
    ]);
    if (quoted) nodes.push({ kind: 'quote', children: read });
    else nodes.push(...read);
  }
  return nodes;
};

type Run = { readonly quoted: boolean; readonly lines: string[] };

const runsOf = (lines: readonly string[]): readonly Run[] => {
  const runs: Run[] = [];
  for (const line of lines) {
    const quoted = QUOTE.test(line);
    const last = runs.at(-1);
    const bare = quoted ? line.replace(QUOTE, '') : line;
    if (last?.quoted === quoted) last.lines.push(bare);
    else runs.push({ quoted, lines: [bare] });
  }
  return runs;
};

/** Plain text has line breaks and emoji and nothing else. */
export const readPlain = (text: string): readonly Rich[] =>
  text.split(/(\n|:[a-z0-9_+-]{1,40}:)/).flatMap((piece): readonly Rich[] => {
    if (piece === '') return [];
    if (piece === '\n') return [{ kind: 'break' }];
    const name = piece.slice(1, -1);
    const glyph = Object.hasOwn(EMOJI, name) ? EMOJI[name] : undefined;
    if (glyph !== undefined && piece === `:${name}:`) return [{ kind: 'emoji', name, glyph }];
    return [{ kind: 'text', text: unescapeText(piece) }];
  });
