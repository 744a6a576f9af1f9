import fc from 'fast-check';
import { clock, cut, escapeText, inlineCode, mention } from '../../../../shared/notification/slackText';

const anyText = fc.string({ unit: 'binary', maxLength: 700 });
/** What Slack would read as control: a bare < or >, or an & that begins none of its three entities. */
const CONTROL = /[<>]|&(?!amp;|lt;|gt;)/;

const asShown = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

describe('escapeText', () => {
  it.each([
    ['<!channel>', '&lt;!channel&gt;'],
    ['<@U0ALICE>', '&lt;@U0ALICE&gt;'],
    ['<https://evil.example|Release>', '&lt;https://evil.example|Release&gt;'],
    ['a & b', 'a &amp; b'],
    ['&lt;', '&amp;lt;'],
    ['', ''],
  ])('makes %j harmless', (text, expected) => {
    expect(escapeText(text)).toBe(expected);
  });

  it('leaves nothing that Slack reads as control, and loses nothing (property)', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(escapeText(text)).not.toMatch(CONTROL);
        expect(asShown(escapeText(text))).toBe(text);
      }),
    );
  });
});

describe('inlineCode', () => {
  it.each([
    ['order-worker', '`order-worker`'],
    ['`*bold*`', '`*bold*`'],
    ['a`b', '`a b`'],
    ['a\nb\r\u2028c', '`a b  c`'],
    ['<!channel>', '`&lt;!channel&gt;`'],
    ['', '` `'],
    ['```', '` `'],
  ])('shows %j as %j', (text, expected) => {
    expect(inlineCode(text)).toBe(expected);
  });

  it('cannot be left by what is inside, and is never empty or long (property)', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const code = inlineCode(text);
        const inside = code.slice(1, -1);
        expect(code.startsWith('`') && code.endsWith('`')).toBe(true);
        expect(inside).not.toMatch(/[`\r\n\u2028\u2029]/);
        expect(inside).not.toMatch(CONTROL);
        expect(inside.length).toBeGreaterThan(0);
        expect(code.length).toBeLessThanOrEqual(1502);
      }),
    );
  });
});

describe('mention', () => {
  it('shows a Slack user as Slack does', () => {
    expect(mention('U0ONCALL')).toBe('<@U0ONCALL>');
  });

  it.each([
    'arn:aws:sts::123456789012:assumed-role/on-call/alice',
    'U0ONCALL>',
    '!channel',
    '',
    'u0oncall',
    'U0ONCALL\n',
  ])('mentions nobody for %j', (principal) => {
    expect(mention(principal)).toBe(inlineCode(principal));
  });
});

describe('cut', () => {
  it('leaves alone what is short enough, and marks what is not', () => {
    expect(cut('abc', 3)).toBe('abc');
    expect(cut('abcd', 3)).toBe('ab…');
  });

  it('keeps to the length and never cuts a character in two: half of one cannot be sent (property)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, most) => {
        const short = cut(text, most);
        expect(short.length).toBeLessThanOrEqual(most);
        expect(() => encodeURIComponent(short)).not.toThrow();
      }),
    );
  });

  it.each(['\ud83d', 'a\udc00b', '\udc00\ud83d'])('mends half a character that it is given: %j', (text) => {
    expect(() => encodeURIComponent(cut(text, 10))).not.toThrow();
  });
});

describe('clock', () => {
  it('says a time to the second, in UTC', () => {
    expect(clock('2026-11-20T10:05:01.123Z')).toBe('2026-11-20 10:05:01 UTC');
  });
});
