import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Command } from 'commander';
import { complain, red, say } from '../../local/print';
import { downloadClient, kmsClient, tableClient } from '../../shared/aws/clients';
import type { Note } from '../../shared/evidence/bundle';
import { fingerprintOf, publicKeyFromKms, publicKeyOf } from '../../shared/evidence/signature';
import { NoBundleError, verifyBundle } from '../../shared/evidence/verify';
import type { Incident } from '../../shared/incident/incident';
import { getIncident, type Records } from '../../shared/incident/store';
import { incidentId } from '../incidentId';
import { recordRead } from '../recordRead';
import type { Target } from '../target';
import { type Link, readChain } from './chain';
import { exitCodeOf, listPage, verdictPage } from './pages';
import { progressOf } from './progress';
import { pullBundle } from './pull';
import { ShareArgumentError, shareBundle, sharePage } from './share';
import { pinnedFor, readTrust, trustOf, trustPath, withPin, writeTrust } from './trustStore';
import { listVersions, notesOn } from './versions';

/** What was given with --trust is neither a fingerprint nor a file with a public key. */
class TrustArgumentError extends Error {
  override readonly name = 'TrustArgumentError';
}

const explain = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/** A fingerprint as it is, or that of the public key in a PEM file. */
const fingerprintIn = async (given: string): Promise<string> => {
  const [, digits] = /^(?:sha256:)?([0-9a-fA-F]{64})$/.exec(given) ?? [];
  if (digits !== undefined) return `sha256:${digits.toLowerCase()}`;
  const pem = await readFile(given, 'utf8').catch(() => null);
  const key = pem === null ? null : publicKeyOf(pem);
  if (key === null)
    throw new TrustArgumentError(
      `--trust takes a fingerprint (sha256: and 64 hexadecimal digits) or a PEM file with a public key on P-256; ${JSON.stringify(given)} is neither`,
    );
  return fingerprintOf(key);
};

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

type Opened = {
  readonly s3: S3Client;
  readonly bucket: string;
  readonly chain: readonly Link[];
  readonly notes: readonly Note[];
};

const openEvidence = async (incident: Incident): Promise<Opened> => {
  const s3 = downloadClient();
  const chain = await readChain(s3, incident);
  const bucket = incident.chain?.bucket ?? '';
  return { s3, bucket, chain, notes: notesOn(chain, await listVersions(s3, bucket, incident.id)) };
};

const isNoUsage = (error: unknown): boolean =>
  error instanceof NoBundleError ||
  error instanceof TrustArgumentError ||
  error instanceof ShareArgumentError;

const list = async (records: Records, id: string, asJson: boolean): Promise<void> => {
  const incident = await getIncident(records, id);
  await recordRead(records, id, 'evidence-read', 'evidence listed');
  const { chain, notes } = await openEvidence(incident);
  say(
    asJson
      ? JSON.stringify(
          { incident: id, manifests: chain.map(({ ref, manifest }) => ({ ref, manifest })), notes },
          null,
          2,
        )
      : listPage(id, chain, notes),
  );
};

/** Pins the key that KMS has for this deployment, as far as nothing else is pinned for it; says what it did. */
const pinKey = async (
  { prefix }: Target,
  id: string,
  { bucket, chain }: Opened,
  given: ReadonlySet<string>,
): Promise<void> => {
  const newest = chain.at(-1);
  if (newest === undefined) return;
  const path = trustPath();
  const store = await readTrust(path);
  const pinned = pinnedFor(store, id, bucket);
  const { fingerprint } = newest.manifest.signer;
  const at = new Date().toISOString();
  const head = { number: newest.ref.number, sha256: newest.ref.sha256 };
  const pin = async (from: string): Promise<void> => {
    await writeTrust(path, withPin(store, { fingerprint, bucket, incident: id, from, at }, head));
    complain(
      `${pinned.has(fingerprint) ? 'The signing key is the one that is pinned' : 'Pinned the signing key'} in ${path}: ${fingerprint}`,
    );
  };
  if (given.has(fingerprint)) return pin('given with --trust');
  if (pinned.has(fingerprint)) return pin('pinned before');
  if (pinned.size > 0) {
    complain(
      red(
        `NOT pinned: the evidence is signed by ${fingerprint}, and pinned for it is ${[...pinned].join(', ')}. If the deployment has a new key, pull again with --trust ${fingerprint}`,
      ),
    );
    return;
  }
  const alias = `alias/${prefix}-signing`;
  const inKms = await publicKeyFromKms(kmsClient(), alias).catch((error: unknown) => {
    complain(
      red(
        `NOT pinned: the deployment's signing key could not be read from KMS (${alias}): ${explain(error)}`,
      ),
    );
    return null;
  });
  if (inKms === null) return;
  if (inKms.fingerprint === fingerprint) return pin(`KMS, ${inKms.keyArn}`);
  complain(
    red(`NOT pinned: the evidence is signed by ${fingerprint}, and KMS has ${inKms.fingerprint} as ${alias}`),
  );
};

const pull = async (
  target: Target,
  records: Records,
  id: string,
  dir: string,
  given: ReadonlySet<string>,
): Promise<void> => {
  const incident = await getIncident(records, id);
  const opened = await openEvidence(incident);
  const { s3, bucket, chain, notes } = opened;
  await recordRead(records, id, 'evidence-read', `evidence pulled (manifests 1 to ${chain.length})`);
  const fetching = progressOf('Pulling');
  const { failures } = await pullBundle(
    { s3, bucket },
    chain,
    dir,
    { incident: id, notes, now: new Date() },
    fetching.at,
  ).finally(fetching.end);
  await pinKey(target, id, opened, given);
  for (const line of failures) complain(red(`Not pulled: ${line.slice(0, 500)}`));
  await verify(dir, given);
  if (failures.length > 0) process.exitCode = 1;
};

const verify = async (dir: string, given: ReadonlySet<string>): Promise<void> => {
  const store = await readTrust(trustPath());
  const hashing = progressOf('Verifying');
  const verdict = await verifyBundle(dir, trustOf(store, given), hashing.at).finally(hashing.end);
  say(verdictPage(verdict));
  process.exitCode = exitCodeOf(verdict);
};

/** `evidence list`, `pull` and `verify`. Exit codes: 0 done and intact, 1 failed or defective, 2 usage, 3 signer unknown. */
export const addEvidenceCommands = (program: Command, findTarget: () => Promise<Target>): void => {
  const evidence = program
    .command('evidence')
    .description('what was sealed of an incident: list it, fetch it, verify it');
  const recordsOf = ({ table }: Target): Records => ({ db: tableClient(), table, now: () => new Date() });
  const trusted = async (given: readonly string[]): Promise<ReadonlySet<string>> =>
    new Set(await Promise.all(given.map(fingerprintIn)));
  /** What is wrong with how it was asked is usage, and everything else fails as it fails. */
  const asUsage = async (command: Command, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!isNoUsage(error)) throw error;
      command.error(`error: ${(error as Error).message}`, { exitCode: 2 });
    }
  };

  evidence
    .command('list')
    .argument('<incident>', 'its id', incidentId)
    .description('every manifest with what it names, and what the bucket shows beside; the look is recorded')
    .option('--json', 'as JSON')
    .action(async (id: string, { json }: { json?: boolean }) =>
      list(recordsOf(await findTarget()), id, json === true),
    );

  evidence
    .command('pull')
    .argument('<incident>', 'its id', incidentId)
    .argument('<dir>', 'a new or empty directory, or one of an earlier pull, which is gone on with')
    .description('fetch a bundle, pin its signing key on this machine, and verify it; the pull is recorded')
    .option('--trust <fingerprint|pem>', 'a signing key that you know of elsewhere', collect, [])
    .action(async (id: string, dir: string, { trust }: { trust: readonly string[] }, command: Command) =>
      asUsage(command, async () => {
        const given = await trusted(trust);
        const target = await findTarget();
        await pull(target, recordsOf(target), id, resolve(dir), given);
      }),
    );

  evidence
    .command('verify')
    .argument('<dir>', 'a bundle that was pulled')
    .description(
      'verify a bundle offline. Exit code 0: intact, trusted signer; 1: defective; 3: signer unknown',
    )
    .option(
      '--trust <fingerprint|pem>',
      'the signing key, instead of what is pinned on this machine',
      collect,
      [],
    )
    .action(async (dir: string, { trust }: { trust: readonly string[] }, command: Command) =>
      asUsage(command, async () => verify(resolve(dir), await trusted(trust))),
    );

  evidence
    .command('share')
    .argument('<dir>', 'a bundle that was pulled')
    .argument('<out>', 'a new directory for the copy')
    .description(
      'copy a bundle for people who may not see everything: credentials and personal data masked, with a report',
    )
    .option('--with-binaries', 'copy packages and other files too, in which nothing can be masked')
    .option('--json', 'print the report as JSON')
    .action(
      async (
        dir: string,
        out: string,
        { withBinaries = false, json = false }: { withBinaries?: boolean; json?: boolean },
        command: Command,
      ) =>
        asUsage(command, async () => {
          const copying = progressOf('Masking');
          const report = await shareBundle(dir, out, { withBinaries, now: new Date() }, copying.at).finally(
            copying.end,
          );
          say(json ? JSON.stringify(report, null, 2) : sharePage(report));
          process.exitCode = report.failed.length === 0 ? 0 : 1;
        }),
    );
};
