import { posix, win32 } from 'node:path';
import fc from 'fast-check';
import { artifactPaths } from '../../../../shared/evidence/bundle';
import { chainManifest } from '../../../../shared/evidence/manifest';
import { aDraft, aPiece } from '../../../fixtures/bundle';
import { aSigner } from '../../../fixtures/signer';

const signer = aSigner();
const pathsOf = (...names: readonly string[]): readonly (string | null)[] =>
  artifactPaths(
    chainManifest(
      aDraft(
        signer,
        names.map((name, second) => aPiece(name, '', second)),
      ),
    ),
  );

describe('where an artifact lies in a bundle', () => {
  it('is where its name says, for names that are plain', () => {
    expect(pathsOf('code/package.zip', 'post-mortem.md')).toEqual([
      'artifacts/0001/code/package.zip',
      'artifacts/0001/post-mortem.md',
    ]);
  });

  it.each([
    '../../.ssh/authorized_keys',
    '/etc/passwd',
    'a/../../b',
    '..',
    '.',
    '',
    'a//b',
    '.\u0000.',
    'C:\\Windows\\win.ini',
    'a\\..\\..\\b',
    '.bashrc',
    'con',
    'NUL.txt',
    'evil\u001b]0;title\u0007',
    '\ud800',
    'a'.repeat(5000),
    'a/'.repeat(500),
    '%2e%2e/x',
  ])('never leads out of its folder: %j', (name) => {
    const [path = null] = pathsOf(name);

    expect(path).toMatch(/^artifacts\/0001\/[A-Za-z0-9_.%/-]+$/);
    for (const { normalize } of [posix, win32])
      expect(normalize(path ?? '').replaceAll('\\', '/')).toBe(path);
    expect((path ?? '').split('/').every((part) => part.length <= 200 && !/^\.|\.$/.test(part))).toBe(true);
  });

  it('is a place of its own, on file systems that know no case too', () => {
    const names = ['a', 'A', 'a/b', 'a', 'B/c', 'b', '%entry-0001', 'a/b/c'];
    const paths = pathsOf(...names).map((path) => (path ?? '').toLowerCase());

    expect(new Set(paths).size).toBe(names.length);
    for (const path of paths) expect(paths.filter((other) => other.startsWith(`${path}/`))).toEqual([]);
  });

  it('is a place of its own whatever the names are (property)', () => {
    const part = fc.oneof(
      fc.constantFrom('a', 'A', '..', '.', '', 'a.', 'con'),
      fc.string({ unit: 'binary' }),
    );
    const name = fc.array(part, { minLength: 1, maxLength: 8 }).map((parts) => parts.join('/'));

    fc.assert(
      fc.property(fc.array(name, { maxLength: 30 }), (names) => {
        const paths = pathsOf(...names).map((path) => (path ?? '').toLowerCase());
        expect(new Set(paths).size).toBe(names.length);
        for (const path of paths) {
          expect(path).toMatch(/^artifacts\/0001\/[a-z0-9_.%/-]+$/);
          expect(posix.normalize(path)).toBe(path);
          expect(paths.some((other) => other.startsWith(`${path}/`))).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });
});
