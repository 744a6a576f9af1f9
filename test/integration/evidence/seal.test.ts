import { createHash, createPublicKey } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectRetentionCommand,
} from '@aws-sdk/client-s3';
import { readChain } from '../../../cli/evidence/chain';
import { pullBundle } from '../../../cli/evidence/pull';
import { listVersions, notesOn } from '../../../cli/evidence/versions';
import { isPiece, type ManifestEntry } from '../../../shared/evidence/manifest';
import { CLASS_TAG, PART_SIZE, SealMismatchError, seal, type Vault } from '../../../shared/evidence/seal';
import { sealManifest } from '../../../shared/evidence/sealManifest';
import { isSignedBy } from '../../../shared/evidence/signature';
import { verifyBundle } from '../../../shared/evidence/verify';
import type { Incident } from '../../../shared/incident/incident';
import { getIncident, openIncident } from '../../../shared/incident/store';
import { aPiece } from '../../fixtures/bundle';
import { aSuspect } from '../../fixtures/suspect';
import { aVault } from '../../fixtures/vault';
import { incidentOf, type Stage, startStage } from '../containment/stage';

const BUCKET = 'sealed-evidence';

describe('sealing', () => {
  let stage: Stage;
  let vault: Vault;
  beforeAll(async () => {
    stage = await startStage('seal');
    await stage.clients.s3.send(
      new CreateBucketCommand({ Bucket: BUCKET, ObjectLockEnabledForBucket: true }),
    );
    vault = await aVault(stage.clients, BUCKET, () => new Date());
  });
  afterAll(() => stage.stop());

  const read = async (Key: string, VersionId: string | null): Promise<Buffer> => {
    const { Body } = await stage.clients.s3.send(
      new GetObjectCommand({ Bucket: BUCKET, Key, VersionId: VersionId ?? undefined }),
    );
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  };

  /** Pieces whose edges do not fall on those of the parts. */
  const inPieces = (bytes: Buffer): Readable =>
    Readable.from(
      Array.from({ length: Math.ceil(bytes.length / 1_000_003) }, (_, index) =>
        bytes.subarray(index * 1_000_003, (index + 1) * 1_000_003),
      ),
    );

  it.each([
    ['nothing', 0, 1],
    ['a byte', 1, 1],
    ['a part', PART_SIZE, 1],
    ['a byte more than a part', PART_SIZE + 1, 2],
    ['three parts', 3 * PART_SIZE, 3],
  ])('of %s is checked against what S3 says that it took', async (_what, size, parts) => {
    const bytes = Buffer.alloc(size, 5);
    const sealed = await seal(vault, `sizes/${size}`, 'application/octet-stream', inPieces(bytes));

    expect(sealed).toMatchObject({
      size,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      s3Checksum: expect.stringMatching(parts === 1 ? /^[^-]+$/ : new RegExp(`-${parts}$`)),
      by: 'arn:aws:iam::000000000000:root',
    });
    const { ChecksumSHA256 } = await stage.clients.s3.send(
      new HeadObjectCommand({ Bucket: BUCKET, Key: sealed.key, ChecksumMode: 'ENABLED' }),
    );
    expect(ChecksumSHA256).toBe(sealed.s3Checksum);
    expect((await read(sealed.key, sealed.versionId)).equals(bytes)).toBe(true);
  });

  it.each([1, PART_SIZE + 1])('fails when S3 took other bytes than were sent (%d bytes)', async (size) => {
    const s3 = stage.fresh().s3;
    // Something between us and S3 that changes a bit, and the checksum beside it.
    s3.middlewareStack.add(
      (next) => async (args) => {
        const { input } = args as { input: { Body?: Buffer | Uint8Array } };
        if (input.Body instanceof Uint8Array) input.Body = Buffer.alloc(input.Body.length, 6);
        return next(args);
      },
      { step: 'initialize', priority: 'high' },
    );

    await expect(
      seal({ ...vault, s3 }, `changed/${size}`, 'text/plain', Buffer.alloc(size, 5)),
    ).rejects.toBeInstanceOf(SealMismatchError);
  });

  it('locks every version, in one part and in several: none can be deleted or shortened without a bypass', async () => {
    const { s3 } = stage.clients;
    for (const size of [1, PART_SIZE + 1]) {
      const { key, versionId, lockedUntil } = await seal(
        vault,
        `locked/${size}`,
        'text/plain',
        Buffer.alloc(size, 1),
      );
      const of = { Bucket: BUCKET, Key: key, VersionId: versionId ?? undefined };
      const head = await s3.send(new HeadObjectCommand(of));
      expect(head).toMatchObject({ ObjectLockMode: 'GOVERNANCE' });
      // S3 keeps whole seconds.
      const kept = head.ObjectLockRetainUntilDate?.getTime() ?? 0;
      expect(Math.abs(kept - Date.parse(lockedUntil))).toBeLessThan(1000);
      const soon = { Mode: 'GOVERNANCE', RetainUntilDate: new Date(Date.now() + 1000) } as const;
      for (const attempt of [
        s3.send(new DeleteObjectCommand(of)),
        s3.send(new PutObjectRetentionCommand({ ...of, Retention: soon })),
      ])
        await expect(attempt).rejects.toMatchObject({ name: 'AccessDenied' });
    }
  });

  it.each([
    ['evidence', 1],
    ['record', 2],
  ] as const)('keeps %s for days of its own, and says so to the lifecycle', async (kept, days) => {
    const { s3 } = stage.clients;
    for (const size of [1, PART_SIZE + 1]) {
      const before = Date.now();
      const sealed = await seal(vault, `${kept}/${size}`, 'text/plain', Buffer.alloc(size, 1), { kept });
      const of = { Bucket: BUCKET, Key: sealed.key, VersionId: sealed.versionId ?? undefined };
      const { TagSet } = await s3.send(new GetObjectTaggingCommand(of));

      expect(TagSet).toEqual([{ Key: CLASS_TAG, Value: kept }]);
      const lasts = (Date.parse(sealed.lockedUntil) - before) / (24 * 60 * 60 * 1000);
      expect(Math.round(lasts)).toBe(days);
      expect(sealed.legalHold).toBeUndefined();
    }
  });

  it('holds what is sealed under a legal hold: ended locks and bypasses do not delete it', async () => {
    const { s3 } = stage.clients;
    const held = { ...vault, retention: { ...vault.retention, legalHold: true } };
    for (const size of [1, PART_SIZE + 1]) {
      const sealed = await seal(held, `held/${size}`, 'text/plain', Buffer.alloc(size, 1));
      const of = { Bucket: BUCKET, Key: sealed.key, VersionId: sealed.versionId ?? undefined };

      expect(sealed.legalHold).toBe(true);
      expect(await s3.send(new HeadObjectCommand(of))).toMatchObject({ ObjectLockLegalHoldStatus: 'ON' });
      await expect(
        s3.send(new DeleteObjectCommand({ ...of, BypassGovernanceRetention: true })),
      ).rejects.toMatchObject({ name: 'AccessDenied' });
    }
  });

  const open = async (): Promise<Incident> => {
    const name = `victim-${Math.random().toString(36).slice(2)}`;
    const suspect = aSuspect({
      functionName: name,
      arn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
    });
    const incident = incidentOf(suspect);
    await openIncident(stage.records, { ...incident, functionArn: suspect.arn }, {}, 'opened');
    return incident;
  };
  const entry = async (incident: Incident, name: string): Promise<ManifestEntry> => ({
    ...aPiece(name, name, 0),
    collectedAt: new Date().toISOString(),
    ...(await seal(vault, `incidents/${incident.id}/${name}`, 'text/plain', name)),
  });
  const sealOne = async (incident: Incident, name: string) =>
    sealManifest(vault, stage.records, incident, {
      kind: 'gathering',
      key: `incidents/${incident.id}/${name}/manifest.json`,
      entries: [await entry(incident, name)],
    });

  it('signs a manifest with the key in KMS, so that anybody can verify it', async () => {
    const incident = await open();
    const { manifest, ref } = await sealOne(incident, 'a');
    const bytes = await read(ref.key, ref.versionId);
    const signature = await read(`${ref.key}.sig`, ref.signatureVersionId);

    expect(isSignedBy(createPublicKey(manifest.signer.publicKey), bytes, signature)).toBe(true);
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    expect(isSignedBy(createPublicKey(manifest.signer.publicKey), bytes, signature)).toBe(false);
  });

  it('makes one chain of what several functions seal at once, with nothing lost', async () => {
    const incident = await open();
    const names = ['a', 'b', 'c', 'd'];
    await Promise.all(names.map((name) => sealOne(incident, name)));
    const chain = await readChain(stage.clients.s3, await getIncident(stage.records, incident.id));

    expect(chain.map(({ manifest }) => manifest.number)).toEqual([1, 2, 3, 4]);
    const pieces = chain.flatMap(({ manifest }) => manifest.entries.filter(isPiece));
    expect(pieces.map(({ artifact }) => artifact).toSorted()).toEqual(names);

    const dir = await mkdtemp(join(tmpdir(), 'tourniquet-seal-'));
    try {
      const notes = notesOn(chain, await listVersions(stage.clients.s3, BUCKET, incident.id));
      const { failures } = await pullBundle(
        { s3: stage.clients.s3, bucket: BUCKET },
        chain,
        dir,
        { incident: incident.id, notes, now: new Date() },
        () => undefined,
      );
      const keys = new Set([(await vault.signer.key()).fingerprint]);
      const verdict = await verifyBundle(dir, { keysFor: () => keys, headOf: () => null }, () => undefined);
      expect([failures, verdict.defects, verdict.trusted]).toEqual([[], [], true]);
      // What came second was written again behind the first: the first try of it is in no chain, and said to be.
      expect(notes.every(({ note }) => note.startsWith('no manifest of the chain names it'))).toBe(true);
    } finally {
      await rm(dir, { recursive: true });
    }
  });

  it('names the manifest before it by key, version and digest', async () => {
    const incident = await open();
    const first = await sealOne(incident, 'a');
    const second = await sealOne(incident, 'b');

    expect(second.manifest).toMatchObject({ number: 2, previous: first.ref });
    expect((await getIncident(stage.records, incident.id)).chain).toEqual({ ...second.ref, bucket: BUCKET });
  });
});
