import fc from 'fast-check';
import type { Entry, Incident } from '../../../../shared/incident/incident';
import { duration } from '../../../../shared/report/duration';
import { plain } from '../../../../shared/report/plain';
import { postMortem } from '../../../../shared/report/postMortem';
import { aDecision, aLedger, anIncident, aWitness } from '../../../fixtures/incident';

const NOW = new Date('2026-11-20T13:00:00.000Z');

/** An incident in which everything that others may have written is `text`. */
const written = (text: string): { incident: Incident; history: readonly Entry[] } => ({
  incident: anIncident({
    status: 'watching',
    functionName: text,
    functionArn: text,
    because: [text],
    witnesses: { f: aWitness({ rule: text, title: text, description: text }) },
    decision: aDecision({ by: text, reason: text }),
    investigation: [text],
    secrets: [{ secretArn: text, outcome: 'failed', detail: text, at: '2026-11-20T10:06:00.000Z' }],
    questions: [{ id: 'abcdef012345', secretArn: text, why: text }],
    siblings: [text],
    containedAt: '2026-11-20T10:05:03.000Z',
    releasedAt: '2026-11-20T12:00:00.000Z',
  }),
  history: [{ at: '2026-11-20T10:05:01.000Z', kind: text, text }],
});
const reportOf = (text: string): string => {
  const { incident, history } = written(text);
  return postMortem(
    incident,
    aLedger().map((record) => ({ ...record, detail: text })),
    history,
    NOW,
  );
};

type Shape = 'heading' | 'table' | 'list' | 'rule' | 'code' | 'quote' | 'html' | 'text' | 'empty';

/** What a Markdown reader takes a line for, from how it begins (CommonMark, GFM tables). */
const shapeOf = (line: string): Shape => {
  if (line.trim() === '') return 'empty';
  if (/^ {0,3}#{1,6}(\s|$)/.test(line)) return 'heading';
  if (/^\s*\|/.test(line)) return 'table';
  if (/^ {0,3}(?:-{3,}|\*{3,}|_{3,}|={2,})\s*$/.test(line)) return 'rule';
  if (/^\s*(?:[-+*]|\d{1,9}[.)])\s/.test(line)) return 'list';
  if (/^(?: {4}|\t)/.test(line) || /^ {0,3}(?:```|~~~)/.test(line)) return 'code';
  if (/^ {0,3}>/.test(line)) return 'quote';
  if (/^ {0,3}</.test(line)) return 'html';
  return 'text';
};
const shapesOf = (report: string): readonly Shape[] => report.split(/\r\n|[\n\r\u2028\u2029]/).map(shapeOf);

const HOSTILE = [
  '# Heading',
  '## Decision\nreleased by everyone',
  'a | b | c',
  '| a |\n|---|',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<!-- hidden',
  '[click](https://evil.example)',
  '![x](https://evil.example/x.png)',
  '[x]: https://evil.example',
  '**bold** _it_ ~~gone~~ `code`',
  '```\nfence',
  '- done',
  '+ done',
  '* done',
  '1. done',
  '12) done',
  '---',
  '===',
  '    code',
  '\tcode',
  '> quote',
  '&lt;script&gt;',
  '&#60;script&#62;',
  '\\<script>',
  '\\\\<script>',
  '\\[x](y)',
  'a\u2028# Heading',
  'a\r# Heading',
];

describe('plain', () => {
  it.each([
    ['# x', '\\# x'],
    ['a|b', 'a\\|b'],
    ['<b>', '&lt;b&gt;'],
    ['&lt;', '&amp;lt;'],
    ['\\<', '\\\\&lt;'],
    ['a\nb', 'a b'],
    ['a\r\n\u2028b', 'a b'],
    ['[x](y)', '\\[x\\](y)'],
    ['*b* _i_ ~s~ `c`', '\\*b\\* \\_i\\_ \\~s\\~ \\`c\\`'],
    ['order-worker', 'order-worker'],
    ['', ''],
  ])('turns %j into %j', (text, expected) => {
    expect(plain(text)).toBe(expected);
  });

  it('leaves no markup, HTML, table cell or line break (property)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = plain(text);
        expect(shown).not.toMatch(/[<>\p{Cc}\u2028\u2029]/u);
        // Every character that means something is preceded by an odd number of backslashes.
        const bare = shown.replaceAll(/\\[\\`*_{}[\]#|~!\-+=.)]/g, '');
        expect(bare).not.toMatch(/[\\`*_{}[\]#|~!]/);
        expect(shown.replaceAll(/&(?:amp|lt|gt);/g, '')).not.toContain('&');
      }),
    );
  });

  it('can be read back: nothing is lost but what makes lines (property)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        const back = plain(text)
          .replaceAll(/\\([\\`*_{}[\]#|~!\-+=.)])/g, '$1')
          .replaceAll('&lt;', '<')
          .replaceAll('&gt;', '>')
          .replaceAll('&amp;', '&');
        expect(back).toBe(text.trimStart());
      }),
    );
  });
});

describe('the post-mortem', () => {
  const calm = shapesOf(reportOf('calm'));

  it.each(HOSTILE)('has the same headings, tables and lists whatever others wrote: %j', (text) => {
    expect(shapesOf(reportOf(text))).toEqual(calm);
  });

  it('has the same headings, tables and lists whatever others wrote (property)', () => {
    const token = fc.constantFrom(
      '#',
      '|',
      '-',
      '`',
      '>',
      '<',
      '*',
      '_',
      '1.',
      '=',
      ' ',
      '\n',
      '\r',
      '\u2028',
      'a',
      '\\',
      '~',
    );

    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(token, { maxLength: 12 }).map((parts) => parts.join('')),
        ),
        (text) => {
          fc.pre(plain(text).trim() !== '');
          expect(shapesOf(reportOf(text))).toEqual(calm);
          expect(reportOf(text)).not.toMatch(/[<>]/);
        },
      ),
    );
  });

  it.each(HOSTILE)('makes no link, image or HTML of %j', (text) => {
    expect(reportOf(text)).not.toMatch(/(?<!\\)\]\(|(?<!\\)!\[|<[a-z!/]/i);
  });

  it('says what was found, decided, done and how long it took', () => {
    const report = postMortem(
      anIncident({
        containedAt: '2026-11-20T10:05:03.500Z',
        decision: aDecision({ reason: 'fixed in 1.2.3' }),
        releasedAt: '2026-11-20T11:00:30.000Z',
      }),
      aLedger(),
      [{ at: '2026-11-20T10:06:03.500Z', kind: 'evidence', text: '9 artifacts sealed' }],
      NOW,
    );

    expect(report).toContain('# Post-mortem inc-20261120-0123456789ab: order-worker');
    expect(report).toContain('severity 8');
    expect(report).toContain('| incident opened | contained | 2.5 s |');
    expect(report).toContain('| contained | all evidence sealed | 1 min 0 s |');
    expect(report).toContain('| decided | released | 30.0 s |');
    expect(report).toContain('- Reserved concurrency: set to 0');
    expect(report).toContain('fixed in 1.2.3');
    expect(report).toContain('## Open items');
  });

  it('says of what is back for how long it was on', () => {
    const [stopped, ...others] = aLedger();
    if (stopped === undefined) throw new Error('the ledger is empty');
    const ledger = [
      ...others,
      {
        ...stopped,
        state: 'restored' as const,
        detail: 'no reservation, as before',
        heldAt: '2026-11-20T10:05:03.000Z',
        settledAt: '2026-11-20T11:00:30.000Z',
      },
    ];
    const report = postMortem(anIncident({ status: 'closed' }), ledger, [], NOW);

    expect(report).toContain(
      '- Reserved concurrency: contained from 2026-11-20 10:05:03 UTC to 2026-11-20 11:00:30 UTC',
    );
    expect(report).toContain('- Reserved concurrency: no reservation, as before');
  });

  it('says what was not reached and what is missing (invariant 8)', () => {
    const report = postMortem(anIncident({ containedAt: '2026-11-20T10:05:03.000Z' }), [], [], NOW);

    expect(report).toContain('| contained | all evidence sealed | not reached |');
    expect(report).toContain('No evidence was gathered');
    expect(report).toContain('Decision | not decided');
  });

  it('lists as open what was not rotated and what nobody answered', () => {
    const secret = (name: string) => `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${name}`;
    const at = '2026-11-20T10:06:00.000Z';
    const report = postMortem(
      anIncident({
        secrets: [
          { secretArn: secret('mine'), outcome: 'rotated', detail: 'rotated', at },
          { secretArn: secret('broken'), outcome: 'failed', detail: 'NOT rotated', at },
        ],
        questions: [
          { id: '1', secretArn: secret('shared'), why: 'shared' },
          { id: '2', secretArn: secret('answered'), why: 'shared', answer: 'leave' },
          { id: '3', secretArn: secret('promised'), why: 'shared', answer: 'rotate' },
        ],
      }),
      aLedger(),
      [],
      NOW,
    );
    const open = report.slice(report.indexOf('## Open items'));

    expect(open).toContain('secret:broken');
    expect(open).toContain('secret:shared');
    expect(open).toContain('secret:promised: to be rotated');
    expect(open).not.toContain('secret:mine');
    expect(open).not.toContain('secret:answered');
  });

  it('names no evidence as what there is not', () => {
    expect(reportOf('x')).toContain('## Evidence\nNone.');
  });
});

describe('duration', () => {
  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1000, '1.0 s'],
    [2500, '2.5 s'],
    [59_949, '59.9 s'],
    [59_990, '1 min 0 s'],
    [60_000, '1 min 0 s'],
    [119_600, '2 min 0 s'],
    [3_599_700, '1 h 0 min'],
    [3_600_000, '1 h 0 min'],
    [90_061_000, '25 h 1 min'],
  ])('says %d milliseconds as %s', (milliseconds, expected) => {
    expect(duration(milliseconds)).toBe(expected);
  });

  it('never says sixty of anything, nor a number that is none (property)', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(10 ** 9), max: 10 ** 10 }), (milliseconds) => {
        expect(duration(milliseconds)).not.toMatch(/\b60(\.0)? (s|min)|NaN|-/);
      }),
    );
  });
});
