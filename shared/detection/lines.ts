import type { LogRule } from './sign';

/** Of a line more is not looked at: attackers write long ones, and what an attack needs stands together. */
const LONGEST = 16 * 1024;

/** Requests are logged as they came, often encoded once, by proxies twice. */
const MOST_DECODINGS = 2;

const decodePercent = (line: string): string =>
  line.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      // Not UTF-8: byte by byte, as Latin-1.
      return run.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      );
    }
  });

const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  amp: '&',
  lbrace: '{',
  rbrace: '}',
  dollar: '$',
  colon: ':',
};

const decodeEntities = (line: string): string =>
  line.replaceAll(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,6}));/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? whole;
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );

const decodeEscapes = (line: string): string =>
  line
    .replaceAll(/\\u\{?([0-9a-f]{4})\}?/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replaceAll(/\\x([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replaceAll(/\\(["'/])/g, '$1');

// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what begins with these.
const NOT_ASCII = /[^\u0000-\u007f]/;

/** Lookups inside lookups, by which `jndi` is written without its letters standing together; a few deep, as Log4j goes. */
const MOST_LOOKUPS = 8;
const resolveLookups = (line: string): string => {
  let plain = line;
  for (let times = 0; times < MOST_LOOKUPS; times++) {
    const next = plain
      .replaceAll(/\$\{(?:lower|upper):([^{}]{0,12})\}/gi, '$1')
      .replaceAll(/\$\{[^{}]{0,40}?:-([^{}]{0,12})\}/g, '$1');
    if (next === plain) return plain;
    plain = next;
  }
  return plain;
};

/** A line as it is looked at: bounded, decoded a few times, in lower case. */
export const plainLine = (line: string): string => {
  let plain = line.slice(0, LONGEST);
  for (let times = 0; times < MOST_DECODINGS; times++) {
    let next = plain;
    if (next.includes('%')) next = decodePercent(next);
    if (next.includes('&')) next = decodeEntities(next);
    if (next.includes('\\')) next = decodeEscapes(next);
    if (next.includes('${')) next = resolveLookups(next);
    if (next === plain) break;
    plain = next.slice(0, LONGEST);
  }
  // Letters and digits in circles and full width are read as letters and digits by what resolves names.
  if (NOT_ASCII.test(plain)) plain = plain.normalize('NFKC').replaceAll('\u3002', '.');
  return plain.toLowerCase();
};

const escaped = (hint: string): string => hint.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

export type FindSigns = (line: string) => readonly LogRule[];

/** Makes what looks at lines: one pass for all hints, then the patterns of the few rules that a hint speaks for. */
export const signFinder = (rules: readonly LogRule[]): FindSigns => {
  const any = new RegExp(
    rules
      .flatMap(({ hints }) => hints)
      .map(escaped)
      .join('|'),
  );
  return (line) => {
    const plain = plainLine(line);
    if (!any.test(plain)) return [];
    return rules.filter(
      ({ hints, patterns }) =>
        hints.some((hint) => plain.includes(hint)) && patterns.some((pattern) => pattern.test(plain)),
    );
  };
};
