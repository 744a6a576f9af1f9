import { readMrkdwn, readPlain } from '../../../../local/desk/drawing/mrkdwn';
import type { Rich } from '../../../../local/desk/drawing/rich';

const names = {
  user: (id: string) => (id === 'U0ALICE' ? 'Alice' : undefined),
  channel: (id: string) => (id === 'C0INCIDENTS' ? 'incidents' : undefined),
};
const read = (text: string): readonly Rich[] => readMrkdwn(text, { names, links: true });
const text = (value: string): Rich => ({ kind: 'text', text: value });

describe('mrkdwn', () => {
  it.each<[string, readonly Rich[]]>([
    ['*bold*', [{ kind: 'bold', children: [text('bold')] }]],
    ['_italic_', [{ kind: 'italic', children: [text('italic')] }]],
    ['~gone~', [{ kind: 'strike', children: [text('gone')] }]],
    ['*b _i_*', [{ kind: 'bold', children: [text('b '), { kind: 'italic', children: [text('i')] }] }]],
    ['`*code*`', [{ kind: 'code', text: '*code*' }]],
    ['a\n```\nx *y*\n```\nb', [text('a'), { kind: 'pre', text: 'x *y*' }, text('b')]],
    [
      '&gt; said\n> more\nend',
      [{ kind: 'quote', children: [text('said'), { kind: 'break' }, text('more')] }, text('end')],
    ],
    ['<https://a.example/x|label>', [{ kind: 'link', href: 'https://a.example/x', text: 'label' }]],
    [
      '<https://a.example/?a=1&amp;b=2>',
      [{ kind: 'link', href: 'https://a.example/?a=1&b=2', text: 'https://a.example/?a=1&b=2' }],
    ],
    [
      'see https://a.example/x.',
      [text('see '), { kind: 'link', href: 'https://a.example/x', text: 'https://a.example/x' }, text('.')],
    ],
    ['<@U0ALICE>', [{ kind: 'mention', text: '@Alice' }]],
    ['<@U0NOBODY>', [{ kind: 'mention', text: '@U0NOBODY' }]],
    ['<#C0INCIDENTS>', [{ kind: 'channel', id: 'C0INCIDENTS', text: '#incidents' }]],
    ['<!here>', [{ kind: 'broadcast', text: '@here' }]],
    [
      '<!date^1732323232^{date_num}|then>',
      [{ kind: 'date', seconds: 1_732_323_232, format: '{date_num}', fallback: 'then' }],
    ],
    [':rotating_light:', [{ kind: 'emoji', name: 'rotating_light', glyph: '🚨' }]],
    ['a &lt;b&gt; &amp;lt;', [text('a <b> &lt;')]],
  ])('reads %j', (source, expected) => {
    expect(read(source)).toEqual(expected);
  });

  it.each([
    '2 * 3 * 4',
    'snake_case_name',
    'a*b*c',
    '* not bold *',
    ':no_such_emoji:',
    ':constructor:',
    '``',
    '~',
    '*',
    '<',
    '>',
  ])('leaves %j as it is', (source) => {
    const kinds = new Set(read(source).map(({ kind }) => kind));
    kinds.delete('text');
    kinds.delete('quote');
    expect([...kinds]).toEqual([]);
  });

  it.each([
    '<javascript:alert(1)|click>',
    '<JaVaScRiPt:alert(1)>',
    '<data:text/html,x|click>',
    '<file:///etc/passwd|click>',
    '<vbscript:x>',
    '<//evil.example|x>',
    '<script>alert(1)</script>',
  ])('makes no link of %j', (source) => {
    expect(read(source).map(({ kind }) => kind)).toEqual(expect.not.arrayContaining(['link', 'mention']));
    expect(read(source).every(({ kind }) => kind === 'text')).toBe(true);
  });

  it('makes no link of a bare address in verbatim text', () => {
    expect(readMrkdwn('https://a.example/', { names, links: false })).toEqual([text('https://a.example/')]);
  });

  it.each(['*a ', '_a ', '<', '`', '*_~', '<a', '*`', ':a', 'https://', '&gt;', '```', '*<'])(
    'reads forty thousand characters of %j in no time',
    (source) => {
      const started = performance.now();
      read(source.repeat(40_000 / source.length));
      expect(performance.now() - started).toBeLessThan(1000);
    },
  );

  it('keeps marks in plain text as they are', () => {
    expect(readPlain('*x* :lock: &lt;b&gt;\n<@U0ALICE>')).toEqual([
      text('*x* '),
      { kind: 'emoji', name: 'lock', glyph: '🔒' },
      text(' <b>'),
      { kind: 'break' },
      text('<@U0ALICE>'),
    ]);
  });
});
