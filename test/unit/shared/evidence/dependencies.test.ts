import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Dependencies, dependenciesIn } from '../../../../shared/evidence/code/dependencies';
import { bomOf, purlOf } from '../../../../shared/evidence/code/sbom';
import { zipOf } from '../../../fixtures/zip';

describe('the list of dependencies in a package', () => {
  let place: string;
  beforeAll(async () => {
    place = await mkdtemp(join(tmpdir(), 'tourniquet-sbom-'));
  });
  afterAll(() => rm(place, { recursive: true, force: true }));

  const inArchive = async (bytes: Buffer): Promise<Dependencies> => {
    const path = join(place, 'package.zip');
    await writeFile(path, bytes);
    return dependenciesIn(path, AbortSignal.timeout(60_000));
  };
  const inFiles = async (files: Readonly<Record<string, string | Buffer>>): Promise<Dependencies> =>
    inArchive(await zipOf(files));
  const purls = ({ dependencies }: Dependencies): readonly string[] => dependencies.map(purlOf);

  it.each([
    ['npm', 'node_modules/ms/package.json', '{"name":"ms","version":"2.1.3"}', ['pkg:npm/ms@2.1.3']],
    [
      'npm, in a scope and nested',
      'nodejs/node_modules/a/node_modules/@scope/b/package.json',
      '{"name":"@scope/b","version":"1.0.0"}',
      ['pkg:npm/%40scope/b@1.0.0'],
    ],
    [
      "npm's lock",
      'package-lock.json',
      '{"packages":{"":{"version":"1.0.0"},"node_modules/@scope/b":{"version":"1.0.0"},"node_modules/x":{"name":"y","version":"2.0.0"}}}',
      ['pkg:npm/%40scope/b@1.0.0', 'pkg:npm/y@2.0.0'],
    ],
    [
      'PyPI',
      'python/Foo_Bar-1.2.dist-info/METADATA',
      'Metadata-Version: 2.1\nName: Foo_Bar\nVersion: 1.2\n\nName: something else',
      ['pkg:pypi/foo-bar@1.2'],
    ],
    [
      'Maven',
      'META-INF/maven/org.x/y/pom.properties',
      'artifactId=y\ngroupId=org.x\nversion=3',
      ['pkg:maven/org.x/y@3'],
    ],
    [
      'NuGet',
      'app.deps.json',
      '{"libraries":{"Newtonsoft.Json/13.0.1":{"type":"package"},"app/1.0.0":{"type":"project"}}}',
      ['pkg:nuget/Newtonsoft.Json@13.0.1'],
    ],
    [
      'RubyGems',
      'ruby/gems/3.3.0/specifications/rack-session-2.0.0.gemspec',
      '',
      ['pkg:gem/rack-session@2.0.0'],
    ],
  ])('names what it finds of %s', async (_what, path, text, expected) => {
    const found = await inFiles({ [path]: text });

    expect(purls(found)).toEqual(expected);
    expect(found.unread).toEqual([]);
  });

  it('does not take files for packages that only look like them', async () => {
    const found = await inFiles({
      'package.json': '{"name":"the-function","version":"1.0.0"}',
      'node_modules/a/test/fixtures/package.json': '{"name":"b","version":"1.0.0"}',
      METADATA: 'Name: x\nVersion: 1',
    });

    expect(found).toEqual({ dependencies: [], unread: [] });
  });

  it('is empty for an empty package', async () => {
    expect(await inFiles({})).toEqual({ dependencies: [], unread: [] });
  });

  it('says what it could not read, and goes on', async () => {
    const { dependencies, unread } = await inFiles({
      'node_modules/a/package.json': '{',
      'node_modules/b/package.json': '{"name":5}',
      'lib/inner.jar': 'PK',
      'node_modules/c/package.json': '{"name":"c","version":"1.0.0"}',
    });

    expect(dependencies).toMatchObject([{ name: 'c', path: 'node_modules/c/package.json' }]);
    expect(unread).toEqual([
      '"node_modules/a/package.json": it is no JSON',
      '"node_modules/b/package.json": it names no package and version',
      '"lib/inner.jar": an archive within the archive',
    ]);
  });

  it('reads no more of a zip bomb than its bound', async () => {
    const { dependencies, unread } = await inFiles({
      'node_modules/bomb/package.json': Buffer.alloc(200 * 1024 * 1024, ' '),
      'node_modules/c/package.json': '{"name":"c","version":"1.0.0"}',
    });

    expect(dependencies).toMatchObject([{ name: 'c' }]);
    expect(unread).toEqual([expect.stringContaining('it is larger than')]);
  });

  it('takes names that lead out of the package, escapes and broken UTF-8 for text', async () => {
    const bytes = await zipOf({
      'AA/AAAAAA/node_modules/c/package.json': '{"name":"\\u001b[2Jc","version":"../1"}',
    });
    // The same length, so that the archive stays one: `..` twice, and a byte that is no UTF-8.
    const hostile = Buffer.from(
      bytes.toString('latin1').replaceAll('AA/AAAAAA/', '../../\xff\x1b[/'),
      'latin1',
    );
    const { dependencies } = await inArchive(hostile);

    expect(dependencies).toMatchObject([
      { name: '\u001b[2Jc', path: '../../\ufffd\u001b[/node_modules/c/package.json' },
    ]);
    const text = bomOf('f', undefined, dependencies);
    expect(text).not.toContain('\u001b');
    expect(JSON.parse(text)).toMatchObject({ components: [{ purl: 'pkg:npm/%1B%5B2Jc@..%2F1' }] });
  });

  it.each([
    ['no archive', Buffer.from('not a zip')],
    ['nothing', Buffer.alloc(0)],
  ])('says of %s that it cannot be read', async (_what, bytes) => {
    expect(await inArchive(bytes)).toEqual({
      dependencies: [],
      unread: [expect.stringContaining('the rest of the archive')],
    });
  });

  it('says of an archive that was cut off what it could not read', async () => {
    const whole = await zipOf({ 'node_modules/a/package.json': '{"name":"a","version":"1.0.0"}' });
    const spoilt = Buffer.from(whole);
    // The header of the entry, which the table of contents points to.
    spoilt.fill(0, 0, 30);

    const { dependencies, unread } = await inArchive(spoilt);
    expect(dependencies).toEqual([]);
    expect(unread).toHaveLength(1);
  });

  it('is a bill of materials in CycloneDX 1.6', () => {
    const bom = JSON.parse(
      bomOf('arn:aws:lambda:x', Buffer.from('aa', 'hex').toString('base64'), [
        { type: 'npm', namespace: '@s', name: 'b', version: '1', path: 'node_modules/@s/b/package.json' },
      ]),
    );

    expect(bom).toEqual({
      $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      serialNumber: expect.stringMatching(
        /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
      ),
      version: 1,
      metadata: {
        tools: { components: [{ type: 'application', name: 'tourniquet' }] },
        component: {
          type: 'application',
          name: 'arn:aws:lambda:x',
          hashes: [{ alg: 'SHA-256', content: 'aa' }],
        },
      },
      components: [
        {
          type: 'library',
          'bom-ref': 'pkg:npm/%40s/b@1',
          group: '@s',
          name: 'b',
          version: '1',
          purl: 'pkg:npm/%40s/b@1',
          evidence: { occurrences: [{ location: 'node_modules/@s/b/package.json' }] },
        },
      ],
    });
  });
});
