import { execFile } from 'node:child_process';
import {
  appendFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { manifestPath, readIndex, signaturePath, writeIndex } from '../../../../shared/evidence/bundle';
import { canonical } from '../../../../shared/evidence/canonical';
import type { Trust } from '../../../../shared/evidence/defect';
import { chainManifest, type Manifest } from '../../../../shared/evidence/manifest';
import { NoBundleError, type Verdict, verifyBundle } from '../../../../shared/evidence/verify';
import {
  aBundle,
  aDraft,
  aPiece,
  at,
  CONTENTS,
  INCIDENT,
  putManifest,
  refTo,
  twoManifests,
  writeBundle,
} from '../../../fixtures/bundle';
import { aSigner, type LocalSigner } from '../../../fixtures/signer';

/** What {@link aBundle} consists of. */
const ARTIFACTS = [
  'artifacts/0001/behaviour/empty.jsonl',
  'artifacts/0001/behaviour/logs.jsonl',
  'artifacts/0001/code/package.zip',
  'artifacts/0001/response/undo.txt',
  'artifacts/0002/investigation.json',
];
const MANIFESTS = [1, 2].flatMap((number) => [manifestPath(number), signaturePath(number)]);
const KEY = 'keys/the key';
const FILES = [...ARTIFACTS, ...MANIFESTS, KEY, 'bundle.json'];
/** What has bytes that can be changed or cut off. */
const FILLED = FILES.filter((path) => !path.endsWith('empty.jsonl'));

const nothing: Trust = { keysFor: () => new Set(), headOf: () => null };
const trusting = (...signers: readonly LocalSigner[]): Trust => ({
  ...nothing,
  keysFor: () => new Set(signers.map(({ key }) => key.fingerprint)),
});
const quiet = () => undefined;

let original: Awaited<ReturnType<typeof aBundle>>;
let dir: string;
const made: string[] = [];

beforeAll(async () => {
  original = await aBundle();
  made.push(original.dir);
});
afterAll(() => Promise.all(made.map((path) => rm(path, { recursive: true }))));

/** A copy of the bundle for one test to spoil. */
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tourniquet-verify-'));
  made.push(dir);
  await cp(original.dir, dir, { recursive: true });
});

const nameOf = async (path: string): Promise<string> =>
  path === KEY ? `keys/${(await readdir(join(dir, 'keys')))[0] ?? ''}` : path;
const pathOf = async (path: string): Promise<string> => join(dir, await nameOf(path));
const verdictOf = (trust: Trust = trusting(original.signer)) => verifyBundle(dir, trust, quiet);
const defectsOf = async (trust?: Trust) =>
  (await verdictOf(trust)).defects.map(({ what, path }) => `${what} ${path}`);

describe('a bundle that nobody has touched', () => {
  it('is intact, and signed by a trusted key', async () => {
    expect(await verdictOf()).toMatchObject({
      incident: INCIDENT,
      defects: [],
      trusted: true,
      manifests: 2,
      artifacts: 5,
      missing: ['role: AccessDenied: not allowed'],
      head: { number: 2 },
    });
  });

  it('is intact and of an unknown signer where no key is trusted', async () => {
    expect(await verdictOf(nothing)).toMatchObject({ defects: [], trusted: false });
  });

  it('reads every byte of every artifact once', async () => {
    const bytes = Object.values(CONTENTS).reduce((sum, content) => sum + Buffer.byteLength(content), 0);
    const seen: (readonly [number, number])[] = [];
    await verifyBundle(dir, nothing, (done, total) => seen.push([done, total]));

    expect(seen.at(-1)).toEqual([bytes, bytes]);
  });
});

describe('what is for its reader roles alone', () => {
  const SECRET = 'configuration/environment.json';
  const PATH = `artifacts/0001/${SECRET}`;
  const NOTE = { key: PATH, note: expect.stringContaining('for its reader roles alone') };
  beforeEach(async () => {
    const secret = { ...aPiece(SECRET, 'secret', 1), encryptedUnder: 'arn:aws:kms:us-east-1:0:key/readers' };
    const open = aPiece('code/package.zip', 'code', 2);
    const manifest = chainManifest(aDraft(original.signer, [secret, open]));
    dir = await writeBundle(original.signer, [manifest], { [SECRET]: 'secret', 'code/package.zip': 'code' });
    made.push(dir);
  });

  it('is verified like the rest where it is', async () => {
    expect(await verdictOf()).toMatchObject({ defects: [], notes: [] });
    await writeFile(join(dir, PATH), 'changed');
    expect(await defectsOf()).toEqual([`changed ${PATH}`]);
  });

  it('is no defect where it was withheld, and is told; the rest is missed as ever', async () => {
    await rm(join(dir, PATH));
    expect(await verdictOf()).toMatchObject({ defects: [], notes: [NOTE], trusted: true });
    await rm(join(dir, 'artifacts/0001/code/package.zip'));
    expect(await defectsOf()).toEqual(['missing artifacts/0001/code/package.zip']);
  });

  it('is a defect where it lies elsewhere', async () => {
    await rename(join(dir, PATH), join(dir, 'artifacts/0001/other.json'));
    expect(await defectsOf()).toEqual([`renamed ${PATH}`]);
  });
});

describe('tampering with a file is caught and named, whichever file it is', () => {
  it.each(FILLED)('a flipped bit in %s', async (path) => {
    const file = await pathOf(path);
    const bytes = await readFile(file);
    const places = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1].map((part) => Math.floor((bytes.length - 1) * part));
    const found: Verdict['defects'][] = [];
    for (const place of places) {
      const spoilt = Buffer.from(bytes);
      spoilt[place] = (spoilt[place] ?? 0) ^ 1;
      await writeFile(file, spoilt);
      found.push((await verdictOf()).defects);
    }

    const name = await nameOf(path);
    // A signature is beside its manifest, and one of the two was changed: which one cannot be told.
    const place = path.endsWith('.sig') ? path.replace(/\.sig$/, '') : name;
    for (const defects of found) {
      expect(defects.map((defect) => defect.path)).toContain(place);
      expect(defects.map(({ what }) => what)).toEqual(
        expect.arrayContaining([expect.stringMatching(/^(?:changed|manifest|signature|chain|index)$/)]),
      );
    }
  });

  it.each(FILLED)('a cut off end of %s', async (path) => {
    const file = await pathOf(path);
    await truncate(file, (await readFile(file)).length - 1);

    const defects = await defectsOf();
    const name = await nameOf(path);
    if (ARTIFACTS.includes(path)) expect(defects).toEqual([`truncated ${path}`]);
    else expect(defects.some((defect) => defect.includes(name.replace(/\.sig$/, '')))).toBe(true);
  });

  it.each(FILES)('a byte more in %s', async (path) => {
    await appendFile(await pathOf(path), 'x');

    const defects = await defectsOf();
    const name = await nameOf(path);
    if (ARTIFACTS.includes(path)) expect(defects).toEqual([`changed ${path}`]);
    else expect(defects.some((defect) => defect.includes(name.replace(/\.sig$/, '')))).toBe(true);
  });

  it.each(FILES)('a missing %s', async (path) => {
    const name = await nameOf(path);
    await rm(join(dir, name));

    const defects = await defectsOf();
    if (path === manifestPath(2)) expect(defects).toContain('index bundle.json');
    else if (path === manifestPath(1)) expect(defects).toContain(`chain ${manifestPath(2)}`);
    else if (path.endsWith('.sig')) expect(defects).toEqual([`signature ${path}`]);
    else expect(defects).toEqual([`missing ${name}`]);
  });

  it.each(FILES)('a renamed %s', async (path) => {
    const name = await nameOf(path);
    await rename(join(dir, name), join(dir, `${name}.old`));

    const defects = await defectsOf();
    if (ARTIFACTS.includes(path)) expect(defects).toEqual([`renamed ${path}`]);
    else expect(defects).toContain(`extra ${name}.old`);
    expect(defects.length).toBeGreaterThan(0);
  });

  it.each(FILES)('an extra file beside %s', async (path) => {
    const name = await nameOf(path);
    await writeFile(join(dir, dirname(name), 'planted'), 'x');

    const planted = join(dirname(name), 'planted');
    expect(await defectsOf()).toEqual([`extra ${planted}`]);
  });

  it.each(FILES)('a symbolic link in the place of %s, though it leads to the same bytes', async (path) => {
    const file = await pathOf(path);
    const elsewhere = await mkdtemp(join(tmpdir(), 'tourniquet-elsewhere-'));
    made.push(elsewhere);
    await rename(file, join(elsewhere, 'file'));
    await symlink(join(elsewhere, 'file'), file);

    expect((await defectsOf()).length).toBeGreaterThan(0);
  });

  it('files and folders whose names are no text, and what is no file', async () => {
    const inside = (bytes: readonly number[]) => Buffer.concat([Buffer.from(`${dir}/`), Buffer.from(bytes)]);
    await writeFile(inside([0xff, 0xfe]), 'x');
    await mkdir(inside([0xfd]));
    await promisify(execFile)('mkfifo', [join(dir, 'artifacts', 'pipe')]);

    expect((await defectsOf()).map((defect) => defect.split(' ')[0])).toEqual(['extra', 'extra', 'extra']);
  });

  it('two artifacts that were exchanged', async () => {
    const [a, b] = [ARTIFACTS[1] ?? '', ARTIFACTS[3] ?? ''];
    await rename(join(dir, a), join(dir, 'held'));
    await rename(join(dir, b), join(dir, a));
    await rename(join(dir, 'held'), join(dir, b));

    expect((await defectsOf()).toSorted()).toEqual([`reordered ${a}`, `reordered ${b}`]);
  });

  it('two manifests that were exchanged with their signatures', async () => {
    for (const pathFor of [manifestPath, signaturePath]) {
      await rename(join(dir, pathFor(1)), join(dir, 'held'));
      await rename(join(dir, pathFor(2)), join(dir, pathFor(1)));
      await rename(join(dir, 'held'), join(dir, pathFor(2)));
    }

    expect(await defectsOf()).toEqual(
      expect.arrayContaining([`renamed ${manifestPath(1)}`, `renamed ${manifestPath(2)}`]),
    );
  });
});

/** Writes another manifest in the place of the first, signed anew: by whom is for the test to say. */
const forge = (manifest: Manifest, signer: LocalSigner = original.signer) =>
  putManifest(dir, signer, manifest, 1);
const textsOf = async (trust?: Trust) => (await verdictOf(trust)).defects.map(({ text }) => text).join('\n');

describe('tampering with a manifest is caught and named', () => {
  const changed = (change: (manifest: Manifest) => Manifest): Manifest =>
    change(twoManifests(original.signer)[0]);

  it.each<[string, (manifest: Manifest) => Manifest, RegExp]>([
    [
      'an entry that was changed',
      ({ entries, ...rest }) => ({
        ...rest,
        entries: entries.map((entry, place) => (place === 1 ? { ...entry, source: 'another' } : entry)),
      }),
      /chain of entries is broken before entry 2/,
    ],
    [
      'an entry that was taken out',
      ({ entries, ...rest }) => ({ ...rest, entries: entries.filter((_, place) => place !== 1) }),
      /chain of entries is broken before entry 1/,
    ],
    [
      'entries that were put in another order',
      ({ entries, ...rest }) => ({
        ...rest,
        entries: [...entries.slice(1, 2), ...entries.slice(0, 1), ...entries.slice(2)],
      }),
      /the entries are reordered/,
    ],
    [
      'a head that was changed',
      (manifest) => ({ ...manifest, by: 'somebody else' }),
      /chain of entries is broken before entry 0/,
    ],
  ])('%s, even by whoever can sign', async (_what, change, named) => {
    await forge(changed(change));

    expect(await textsOf()).toMatch(named);
  });

  it('an order that was changed by whoever cannot sign', async () => {
    const [first] = original.manifests;
    const reordered = { ...first, entries: first.entries.toReversed() };
    await writeFile(join(dir, manifestPath(1)), canonical(reordered));

    const defects = await defectsOf();
    expect(defects).toContain(`signature ${manifestPath(1)}`);
    expect(defects).toContain(`reordered ${manifestPath(1)}`);
  });

  it('a manifest written from scratch, with a key of its own', async () => {
    const thief = aSigner();
    const forged = await writeBundle(thief, twoManifests(thief), CONTENTS);
    made.push(forged);

    const pinned = await verifyBundle(forged, trusting(original.signer), quiet);
    expect(pinned.trusted).toBe(false);
    expect(pinned.defects.map(({ what }) => what)).toEqual(['signer', 'signer']);
    expect(pinned.defects[0]?.text).toContain(thief.key.fingerprint);
    // Without a key from elsewhere it cannot be told, and nothing says that it is trusted.
    expect(await verifyBundle(forged, nothing, quiet)).toMatchObject({ defects: [], trusted: false });
  });

  it('a key that is named by another key’s fingerprint', async () => {
    const thief = aSigner();
    const named = { ...thief.key, fingerprint: original.signer.key.fingerprint };
    const [first] = twoManifests({ ...thief, key: named });
    await forge(first, thief);

    const verdict = await verdictOf();
    expect(verdict.trusted).toBe(false);
    expect(verdict.defects.map(({ what }) => what)).toContain('signature');
  });

  it('a second manifest signed by another key', async () => {
    const thief = aSigner();
    const [first] = original.manifests;
    const second = chainManifest(
      aDraft(thief, [aPiece('investigation.json', CONTENTS['investigation.json'] ?? '', 40)], {
        number: 2,
        previous: refTo(first),
        sealedAt: at(45),
      }),
    );
    await putManifest(dir, thief, second);

    const verdict = await verdictOf();
    expect(verdict).toMatchObject({ trusted: false });
    expect(verdict.defects.map(({ what, path }) => `${what} ${path}`)).toEqual([`signer ${manifestPath(2)}`]);
  });

  it.each<[string, () => Manifest, RegExp]>([
    [
      'within a manifest: sealed before its last entry',
      () => chainManifest(aDraft(original.signer, [aPiece('a', 'a', 20)], { sealedAt: at(10) })),
      /clock runs backwards: sealed at/,
    ],
    [
      'between entries',
      () => {
        const { entries, ...rest } = chainManifest(
          aDraft(original.signer, [aPiece('a', 'a', 1), aPiece('b', 'b', 2)]),
        );
        return {
          ...rest,
          entries: entries.map((entry, place) => (place === 0 ? { ...entry, collectedAt: at(9) } : entry)),
        };
      },
      /clock runs backwards: entry 1/,
    ],
    [
      'between collecting and the end of the lock',
      () =>
        chainManifest(
          aDraft(original.signer, [
            { ...aPiece('a', 'a', 1), lockedUntil: at(0) } as ReturnType<typeof aPiece>,
          ]),
        ),
      /locked until before it was collected/,
    ],
    [
      'between manifests: the first sealed after the second',
      () => chainManifest(aDraft(original.signer, [aPiece('a', 'a', 1)], { sealedAt: at(59) })),
      /clock runs backwards: sealed at .* and the manifest before it at/,
    ],
  ])('a clock that runs backwards %s', async (_what, make, named) => {
    await forge(make());

    expect(await textsOf()).toMatch(named);
  });

  it('a second manifest that names another one before it', async () => {
    const [, second] = twoManifests(original.signer);
    const { previous } = second;
    await putManifest(
      dir,
      original.signer,
      chainManifest({ ...second, previous: previous && { ...previous, sha256: 'f'.repeat(64) } }),
    );

    expect(await defectsOf()).toContain(`chain ${manifestPath(2)}`);
  });

  it('a manifest with a key twice, which two readers could read differently', async () => {
    const path = join(dir, manifestPath(1));
    const text = (await readFile(path, 'utf8')).replace('{', `{"incident":"another",`);
    await writeFile(path, text);
    await writeFile(join(dir, signaturePath(1)), original.signer.sign(Buffer.from(text)));

    expect(await textsOf()).toContain('not in canonical form');
  });

  it('the newest manifest cut off, where this machine has seen it', async () => {
    const [, second] = original.manifests;
    for (const path of [manifestPath(2), signaturePath(2), 'artifacts/0002/investigation.json'])
      await rm(join(dir, path));
    const index = readIndex(await readFile(join(dir, 'bundle.json'), 'utf8'));
    if (index === null) throw new Error('the bundle has no index');
    await writeFile(join(dir, 'bundle.json'), writeIndex({ ...index, manifests: 1 }));

    const { number, sha256 } = refTo(second);
    const seen = { ...trusting(original.signer), headOf: () => ({ number, sha256 }) };
    expect(await defectsOf(seen)).toEqual([`chain ${manifestPath(2)}`]);
    // What only the bundle says cannot show it: the newest digest is printed, to be compared with Slack's.
    expect(await verdictOf()).toMatchObject({ defects: [], head: { number: 1 } });
  });

  it('every manifest gone', async () => {
    await rm(join(dir, 'manifests'), { recursive: true });

    expect(await verdictOf(nothing)).toMatchObject({ trusted: false });
    expect(await defectsOf()).toContain('manifest manifests');
  });
});

describe('what is no bundle', () => {
  it('is refused as such, and not called intact', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'tourniquet-empty-'));
    made.push(empty);
    await mkdir(join(empty, 'folder'));
    await writeFile(join(empty, 'folder', 'file'), 'x');

    for (const path of [empty, join(empty, 'folder', 'file'), join(empty, 'absent')])
      await expect(verifyBundle(path, nothing, quiet)).rejects.toBeInstanceOf(NoBundleError);
  });
});
