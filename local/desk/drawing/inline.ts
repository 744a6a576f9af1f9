import { readAngle } from './angle';
import { EMOJI } from './emoji';
import { type Names, type Rich, unescapeText, webAddress } from './rich';

export type Rules = {
  readonly names: Names;
  /** Whether bare addresses become links: Slack does that unless the text is `verbatim`. */
  readonly links: boolean;
};

/** A piece that was recognised, and where the text goes on after it. */
type Piece = { readonly node: Rich; readonly end: number };

const STYLES = { '*': 'bold', _: 'italic', '~': 'strike' } as const;
type Mark = keyof typeof STYLES;
const isMark = (char: string): char is Mark => Object.hasOwn(STYLES, char);

// Styles within styles: past this depth the marks are shown as they are.
const DEEPEST = 4;

/** Reads the styles, links and emoji of one line. */
export const readLine = (line: string, rules: Rules, depth = 0): readonly Rich[] => {
  const nodes: Rich[] = [];
  // A mark that has no end from here on has none further on either: hostile text is not searched again and again.
  const endless = new Set<string>();
  let plainFrom = 0;
  let at = 0;
  const flush = (): void => {
    if (at > plainFrom) nodes.push({ kind: 'text', text: unescapeText(line.slice(plainFrom, at)) });
  };
  while (at < line.length) {
    const piece = pieceAt(line, at, rules, depth, endless);
    if (piece === null) {
      at += 1;
      continue;
    }
    flush();
    nodes.push(piece.node);
    at = piece.end;
    plainFrom = at;
  }
  flush();
  return nodes;
};

const pieceAt = (
  line: string,
  at: number,
  rules: Rules,
  depth: number,
  endless: Set<string>,
): Piece | null => {
  const char = line.charAt(at);
  if (char === '<') return angleAt(line, at, rules, endless);
  if (char === '`') return codeAt(line, at);
  if (char === ':') return emojiAt(line, at);
  if (char === 'h' && rules.links) return addressAt(line, at);
  return isMark(char) && depth < DEEPEST ? styleAt(line, at, char, rules, depth, endless) : null;
};

const angleAt = (line: string, at: number, { names }: Rules, endless: Set<string>): Piece | null => {
  const close = endless.has('<') ? -1 : line.indexOf('>', at);
  if (close === -1) {
    endless.add('<');
    return null;
  }
  const node = readAngle(line.slice(at + 1, close), names);
  return node === null ? null : { node, end: close + 1 };
};

const codeAt = (line: string, at: number): Piece | null => {
  const close = line.indexOf('`', at + 1);
  if (close <= at + 1) return null;
  return { node: { kind: 'code', text: unescapeText(line.slice(at + 1, close)) }, end: close + 1 };
};

const emojiAt = (line: string, at: number): Piece | null => {
  const name = match(/:([a-z0-9_+-]{1,40}):/y, line, at)?.[1];
  const glyph = name !== undefined && Object.hasOwn(EMOJI, name) ? EMOJI[name] : undefined;
  if (name === undefined || glyph === undefined) return null;
  return { node: { kind: 'emoji', name, glyph }, end: at + name.length + 2 };
};

const addressAt = (line: string, at: number): Piece | null => {
  if (isWord(line.charAt(at - 1))) return null;
  const raw = match(/https?:\/\/[^\s<>|`]{1,2000}/y, line, at)?.[0].replace(/[.,;:!?)*_~'"]+$/, '');
  const href = raw === undefined ? null : webAddress(unescapeText(raw));
  if (raw === undefined || href === null) return null;
  return { node: { kind: 'link', href, text: unescapeText(raw) }, end: at + raw.length };
};

const match = (pattern: RegExp, line: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at;
  return pattern.exec(line);
};

const isWord = (char: string): boolean => /[\p{L}\p{N}]/u.test(char);
const isSpace = (char: string): boolean => char === '' || /\s/.test(char);

const styleAt = (
  line: string,
  at: number,
  mark: Mark,
  rules: Rules,
  depth: number,
  endless: Set<string>,
): Piece | null => {
  const opens = !isWord(line.charAt(at - 1)) && !isSpace(line.charAt(at + 1)) && line.charAt(at + 1) !== mark;
  if (!opens || endless.has(mark)) return null;
  const close = closeOf(line, at + 2, mark);
  if (close === -1) {
    endless.add(mark);
    return null;
  }
  return {
    node: { kind: STYLES[mark], children: readLine(line.slice(at + 1, close), rules, depth + 1) },
    end: close + 1,
  };
};

/** Where a style ends; marks within code and within links do not count. */
const closeOf = (line: string, from: number, mark: Mark): number => {
  for (let at = from; at < line.length; at += 1) {
    const char = line.charAt(at);
    if (char === mark && !isSpace(line.charAt(at - 1)) && !isWord(line.charAt(at + 1))) return at;
    const skipTo = char === '`' ? line.indexOf('`', at + 1) : char === '<' ? line.indexOf('>', at + 1) : -1;
    if (skipTo !== -1) at = skipTo;
  }
  return -1;
};
