import { findAll } from './find';

/** Text is looked at in windows, of UTF-16 units. What is longer than the overlap could be cut in two. */
const WINDOW = 64 * 1024;
const OVERLAP = 24 * 1024;
/** So much of what was passed is looked at once more: a value is found by the name before it. */
const BEHIND = 1024;

/** Where something was masked, in the original: lines and columns from 1. Never what was there. */
export type Masked = { readonly line: number; readonly column: number; readonly kind: string };

export type Redaction = {
  /** The first of them; `counts` is of all, by kind. */
  readonly masked: Masked[];
  readonly counts: Record<string, number>;
  /** The text is not UTF-8; what is not was replaced. */
  invalid: boolean;
};

/** In JSON a bare number becomes a number again, so that the copy can still be read; in a string and in text a word. */
const maskOf = (text: string, start: number, end: number, kind: string): string => {
  const isNumber = /^\d+$/.test(text.slice(start, end));
  const before = /[:[,]\s*$/.test(text.slice(Math.max(0, start - 40), start));
  const after = /^\s*[,}\]]/.test(text.slice(end, end + 40));
  return isNumber && before && after ? '0' : `[masked:${kind}]`;
};

/** Where a window may end: at a line's end or a space, so that no word is looked at in halves. */
const cutBefore = (text: string, limit: number): number => {
  const least = limit - OVERLAP / 2;
  const line = text.lastIndexOf('\n', limit) + 1;
  if (line > least) return line;
  const space = text.lastIndexOf(' ', limit) + 1;
  return space > least ? space : limit;
};

/** The end of what was passed; from a whole word on, where there is a space early enough to leave most of it. */
const tailOf = (passed: string): string => {
  const tail = passed.slice(-BEHIND);
  const space = tail.search(/\s/);
  return tail.length < BEHIND || space >= BEHIND / 2 ? tail : tail.slice(space + 1);
};

/**
 * A text with everything masked that is not to be shared, in constant memory however long it or a line of it is. The
 * windows overlap: a secret that lies across a border is seen whole in one of them, and the text is cut before it. Each
 * begins with the end of the one before, as the border may lie between a secret and its name.
 */
export async function* redact(
  source: AsyncIterable<Uint8Array>,
  redaction: Redaction,
  mostPlaces: number,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let text = '';
  let behind = '';
  let line = 1;
  let column = 1;
  const walk = (passed: string): void => {
    const last = passed.lastIndexOf('\n');
    if (last === -1) {
      column += passed.length;
      return;
    }
    line += passed.split('\n').length - 1;
    column = passed.length - last;
  };
  const take = async (): Promise<string> => {
    const isLast = text.length <= WINDOW + OVERLAP;
    const window = behind + text.slice(0, WINDOW + OVERLAP);
    const from = behind.length;
    const findings = (await findAll(window))
      .filter((finding) => finding.end > from)
      .map((finding) => ({ ...finding, start: Math.max(finding.start, from) }));
    let end = isLast ? window.length : cutBefore(window, from + WINDOW);
    const across = findings.find((finding) => finding.start < end && finding.end > end);
    // One that is longer than a window has begun here: it is masked as far as it is seen.
    if (across !== undefined) end = across.start === from ? across.end : across.start;
    const pieces: string[] = [];
    let at = from;
    for (const { start, end: stop, kind } of findings) {
      if (start >= end) break;
      walk(window.slice(at, start));
      redaction.counts[kind] = (redaction.counts[kind] ?? 0) + 1;
      if (redaction.masked.length < mostPlaces) redaction.masked.push({ line, column, kind });
      pieces.push(window.slice(at, start), maskOf(window, start, stop, kind));
      walk(window.slice(start, stop));
      at = stop;
    }
    walk(window.slice(at, end));
    pieces.push(window.slice(at, end));
    text = text.slice(end - from);
    behind = tailOf(window.slice(0, end));
    return pieces.join('');
  };
  const add = (more: string): void => {
    if (more.includes('\uFFFD')) redaction.invalid = true;
    text += more;
  };
  for await (const chunk of source) {
    add(decoder.decode(chunk, { stream: true }));
    while (text.length > WINDOW + OVERLAP) yield await take();
  }
  add(decoder.decode());
  while (text.length > 0) yield await take();
}
