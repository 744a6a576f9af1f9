import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Link } from '../../../../cli/evidence/chain';
import { NotThisBundleError, pullBundle } from '../../../../cli/evidence/pull';
import { canonical } from '../../../../shared/evidence/canonical';
import { chainManifest } from '../../../../shared/evidence/manifest';
import { verifyBundle } from '../../../../shared/evidence/verify';
import { aDraft, aPiece, BUCKET, INCIDENT, refTo } from '../../../fixtures/bundle';
import { aSigner } from '../../../fixtures/signer';

const signer = aSigner();

const chainOf = (contents: Readonly<Record<string, string>>): readonly Link[] => {
  const entries = Object.entries(contents).map(([name, content], second) => aPiece(name, content, second));
  const manifest = chainManifest(aDraft(signer, entries));
  const bytes = Buffer.from(canonical(manifest));
  return [{ ref: refTo(manifest), bytes, signature: signer.sign(bytes), manifest }];
};

type Asked = { readonly Key: string; readonly Range?: string };

/** S3's answer to GetObject, from what is given by key. */
const s3Of = (contents: Readonly<Record<string, string>>, asked: Asked[] = []): S3Client => {
  const send = ({ input }: { readonly input: Asked }) => {
    asked.push(input);
    const name = input.Key.replace(`incidents/${INCIDENT}/1/`, '');
    const content = contents[name];
    if (content === undefined)
      return Promise.reject(Object.assign(new Error('gone'), { name: 'NoSuchVersion' }));
    const [, from] = /^bytes=(\d+)-$/.exec(input.Range ?? '') ?? [];
    const bytes = Buffer.from(content).subarray(Number(from ?? 0));
    return Promise.resolve({
      Body: Readable.from([bytes]),
      ...(from === undefined
        ? {}
        : { ContentRange: `bytes ${from}-${content.length - 1}/${content.length}` }),
    });
  };
  return { send } as unknown as S3Client;
};

const about = { incident: INCIDENT, notes: [], now: new Date('2026-11-21T10:00:00Z') };
const quiet = () => undefined;
const trust = { keysFor: () => new Set([signer.key.fingerprint]), headOf: () => null };

let place: string;
let dir: string;
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'tourniquet-pull-'));
  dir = join(place, 'bundle');
});
afterEach(() => rm(place, { recursive: true }));

const pull = (contents: Readonly<Record<string, string>>, s3 = s3Of(contents)) =>
  pullBundle({ s3, bucket: BUCKET }, chainOf(contents), dir, about, quiet);
const defects = async () => (await verifyBundle(dir, trust, quiet)).defects;

describe('a pull', () => {
  it('gives a bundle that verifies, and asks for versions', async () => {
    const contents = { 'code/package.zip': 'code', 'empty.txt': '' };
    const asked: Asked[] = [];
    expect(await pull(contents, s3Of(contents, asked))).toEqual({ bytes: 4, failures: [] });

    expect(await defects()).toEqual([]);
    expect(asked).toEqual(asked.map(() => expect.objectContaining({ Bucket: BUCKET, VersionId: 'v1' })));
  });

  it.each(['../../outside', '/etc/outside', '..\\..\\outside', 'a/../../../outside', '.ssh/outside'])(
    'writes nothing outside of its directory for an artifact named %j',
    async (name) => {
      await pull({ [name]: 'evil' });

      expect(await readdir(place)).toEqual(['bundle']);
      expect((await readdir(dir)).toSorted()).toEqual(['artifacts', 'bundle.json', 'keys', 'manifests']);
      expect(await defects()).toEqual([]);
    },
  );

  it('follows no link that was put in its way', async () => {
    const contents = { 'code/package.zip': 'code' };
    await pull(contents);
    await rm(join(dir, 'artifacts', '0001', 'code'), { recursive: true });
    await mkdir(join(place, 'elsewhere'));
    await symlink(join(place, 'elsewhere'), join(dir, 'artifacts', '0001', 'code'));

    const { failures } = await pull(contents);
    expect(failures).toEqual([expect.stringContaining('is no folder')]);
    expect(await readdir(join(place, 'elsewhere'))).toEqual([]);
  });

  it('asks only for what is missing of a file that was begun, and for nothing that is there', async () => {
    const contents = { 'a.txt': 'all of it', 'b.txt': '0123456789' };
    await pull(contents);
    await rm(join(dir, 'artifacts/0001/b.txt'));
    await writeFile(join(dir, 'artifacts/0001/b.txt.partial'), '0123');
    const asked: Asked[] = [];
    await pull(contents, s3Of(contents, asked));

    expect(asked.map(({ Range }) => Range)).toEqual(['bytes=4-']);
    expect(await readFile(join(dir, 'artifacts/0001/b.txt'), 'utf8')).toBe('0123456789');
  });

  it('takes a beginning that is not the beginning of what was sealed for nothing', async () => {
    const contents = { 'b.txt': '0123456789' };
    await pull(contents);
    await rm(join(dir, 'artifacts/0001/b.txt'));
    await writeFile(join(dir, 'artifacts/0001/b.txt.partial'), 'xxxx');

    expect((await pull(contents)).failures).toEqual([expect.stringContaining('is not what was sealed')]);
    // The beginning is thrown away with it: the next pull begins anew.
    expect((await pull(contents)).failures).toEqual([]);
    expect(await defects()).toEqual([]);
  });

  it('keeps no bytes that are not those that were sealed, and goes on with the rest', async () => {
    const { failures } = await pullBundle(
      { s3: s3Of({ 'a.txt': 'other bytes', 'b.txt': 'b' }), bucket: BUCKET },
      chainOf({ 'a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c' }),
      dir,
      about,
      quiet,
    );

    expect(failures).toEqual([
      expect.stringContaining('a.txt: PulledOtherBytesError'),
      expect.stringContaining('c.txt: NoSuchVersion'),
    ]);
    expect((await defects()).map(({ what, path }) => `${what} ${path}`)).toEqual([
      'missing artifacts/0001/a.txt',
      'missing artifacts/0001/c.txt',
    ]);
  });

  it('goes without what is for its reader roles alone, where it is refused, and without nothing else', async () => {
    const refusing = { send: () => Promise.reject(Object.assign(new Error('no'), { name: 'AccessDenied' })) };
    const secret = {
      ...aPiece('secret.json', 's', 1),
      encryptedUnder: 'arn:aws:kms:us-east-1:0:key/readers',
    };
    const manifest = chainManifest(aDraft(signer, [secret, aPiece('a.txt', 'a', 2)]));
    const bytes = Buffer.from(canonical(manifest));
    const chain = [{ ref: refTo(manifest), bytes, signature: signer.sign(bytes), manifest }];
    const { failures } = await pullBundle(
      { s3: refusing as unknown as S3Client, bucket: BUCKET },
      chain,
      dir,
      about,
      quiet,
    );

    expect(failures).toEqual(['a.txt: AccessDenied: no']);
    expect((await defects()).map(({ path }) => path)).toEqual(['artifacts/0001/a.txt']);
  });

  it.each(['{}', 'no JSON', ''])(
    'leaves a directory alone that is not empty, with %j as its index',
    async (text) => {
      await mkdir(dir);
      await writeFile(join(dir, 'bundle.json'), text);

      await expect(pull({ a: 'a' })).rejects.toBeInstanceOf(NotThisBundleError);
      expect(await readdir(dir)).toEqual(['bundle.json']);
    },
  );

  it('leaves a bundle of another incident alone', async () => {
    await pull({ a: 'a' });
    const other = { ...about, incident: 'inc-20261120-ffffffffffff' };

    await expect(pullBundle({ s3: s3Of({}), bucket: BUCKET }, [], dir, other, quiet)).rejects.toBeInstanceOf(
      NotThisBundleError,
    );
  });
});
