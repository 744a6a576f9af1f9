import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, copyFile, lstat, mkdir, readdir, realpath, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { tame } from '../../local/print';
import { type Masked, type Redaction, redact } from '../sharing/redact';

export const SHARE_REPORT = 'share-report.json';

/** What was given is no directory that can be shared, or no place for a copy. */
export class ShareArgumentError extends Error {
  override readonly name = 'ShareArgumentError';
}

/** By name: what we seal says what it is. Everything else is copied as it is, if at all. */
const TEXT = new Set(['.json', '.jsonl', '.txt', '.md', '.csv', '.svg', '.log', '.yml', '.yaml', '.html']);

/** Of one file, in the report: the counts are of all of them. */
const MOST_PLACES = 1000;

export type SharedFile = {
  readonly file: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly places: readonly Masked[];
  readonly morePlaces: number;
  readonly notes: readonly string[];
};
export type Skipped = { readonly file: string; readonly because: string };
export type ShareReport = {
  readonly of: string;
  readonly at: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly files: readonly SharedFile[];
  /** Copied byte for byte, because it was asked for. */
  readonly unmasked: readonly string[];
  readonly notCopied: readonly Skipped[];
  readonly failed: readonly Skipped[];
};

const sum = (all: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const each of all)
    for (const [kind, count] of Object.entries(each)) counts[kind] = (counts[kind] ?? 0) + count;
  return counts;
};

type Entry = { readonly path: string; readonly size: number; readonly kind: 'file' | 'other' };

/** Every file under a directory, by name. Links are not followed: one could lead to what is not of the bundle. */
const walk = async (dir: string): Promise<readonly Entry[]> => {
  const names = (await readdir(dir)).toSorted();
  const found: Entry[] = [];
  for (const name of names) {
    const path = join(dir, name);
    const stat = await lstat(path);
    if (stat.isDirectory()) found.push(...(await walk(path)));
    else found.push({ path, size: stat.size, kind: stat.isFile() ? 'file' : 'other' });
  }
  return found;
};

const isInside = (path: string, dir: string): boolean => path === dir || path.startsWith(dir + sep);

/** The directories as they really are. Throws {@link ShareArgumentError}. */
const checked = async (given: string, wanted: string): Promise<{ from: string; to: string }> => {
  const from = await realpath(given).catch(() => null);
  if (from === null || !(await lstat(from)).isDirectory())
    throw new ShareArgumentError(`${given} is no directory: give one that \`evidence pull\` has filled`);
  const parent = await realpath(dirname(resolve(wanted))).catch(() => null);
  if (parent === null) throw new ShareArgumentError(`${dirname(wanted)} does not exist: make it first`);
  const to = join(parent, basename(resolve(wanted)));
  const there = await lstat(to).catch(() => null);
  if (there !== null && (!there.isDirectory() || (await readdir(to)).length > 0))
    throw new ShareArgumentError(`${wanted} is there and not an empty directory: give a new one`);
  if (isInside(to, from) || isInside(from, to))
    throw new ShareArgumentError(`${wanted} and ${given} lie in one another: give a place outside`);
  return { from, to };
};

/** The copy of one text, and what was masked in it. */
const copyText = async (
  from: string,
  to: string,
  name: string,
  read: (bytes: number) => void,
): Promise<SharedFile> => {
  const redaction: Redaction = { masked: [], counts: {}, invalid: false };
  const source = createReadStream(from);
  source.on('data', (chunk) => read(chunk.length));
  await pipeline(
    Readable.from(redact(source, redaction, MOST_PLACES), { objectMode: false }),
    createWriteStream(to, { mode: 0o600, flags: 'wx' }),
  );
  const total = Object.values(redaction.counts).reduce((all, count) => all + count, 0);
  return {
    file: name,
    counts: redaction.counts,
    places: redaction.masked,
    morePlaces: total - redaction.masked.length,
    notes: redaction.invalid ? ['not all of it is UTF-8: what is not was replaced'] : [],
  };
};

/**
 * A copy of a bundle for people who may not see everything: credentials and personal data masked in every text, other
 * files left out unless `withBinaries`. The original is only read. Gives the report, which is in the copy too.
 */
export const shareBundle = async (
  given: string,
  wanted: string,
  { withBinaries, now }: { readonly withBinaries: boolean; readonly now: Date },
  progress: (done: number, total: number) => void,
): Promise<ShareReport> => {
  const { from, to } = await checked(given, wanted);
  const entries = await walk(from);
  const total = entries.reduce((all, { size }) => all + size, 0);
  let done = 0;
  const read = (bytes: number): void => {
    done += bytes;
    progress(done, total);
  };
  await mkdir(to, { recursive: true, mode: 0o700 });
  const files: SharedFile[] = [];
  const unmasked: string[] = [];
  const notCopied: Skipped[] = [];
  const failed: Skipped[] = [];
  for (const { path, size, kind } of entries) {
    const name = relative(from, path);
    const target = join(to, name);
    const isText = TEXT.has(extname(path).toLowerCase());
    try {
      if (kind === 'other') notCopied.push({ file: name, because: 'it is a link, or no file' });
      else if (name === SHARE_REPORT) notCopied.push({ file: name, because: 'the report has its name' });
      else if (isText) {
        await mkdir(dirname(target), { recursive: true, mode: 0o700 });
        files.push(await copyText(path, target, name, read));
      } else if (withBinaries) {
        await mkdir(dirname(target), { recursive: true, mode: 0o700 });
        await copyFile(path, target);
        await chmod(target, 0o600);
        unmasked.push(name);
        read(size);
      } else notCopied.push({ file: name, because: 'it is no text, and nothing can be masked in it' });
    } catch (error) {
      failed.push({ file: name, because: error instanceof Error ? error.message : String(error) });
    }
  }
  const report: ShareReport = {
    of: basename(from),
    at: now.toISOString(),
    counts: sum(files.map(({ counts }) => counts)),
    files,
    unmasked,
    notCopied,
    failed,
  };
  await writeFile(join(to, SHARE_REPORT), `${JSON.stringify(report, null, 2)}\n`, { mode: 0o600 });
  return report;
};

const countsLine = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .toSorted(([, a], [, b]) => b - a)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ');

/** The report for a terminal. Names of files are as they were sealed: the attacker may have had a say. */
export const sharePage = ({ counts, files, unmasked, notCopied, failed }: ShareReport): string =>
  [
    `${files.length} file(s) copied with everything masked that was found: ${countsLine(counts) || 'nothing'}`,
    ...files
      .filter((file) => file.places.length > 0 || file.notes.length > 0)
      .map(
        ({ file, counts: own, notes }) =>
          `  ${tame(file)}: ${[countsLine(own), ...notes].filter(Boolean).join('; ')}`,
      ),
    ...(unmasked.length > 0 ? [`${unmasked.length} file(s) copied as they are, with nothing masked:`] : []),
    ...unmasked.map((file) => `  ${tame(file)}`),
    ...(notCopied.length > 0 ? [`${notCopied.length} file(s) not copied:`] : []),
    ...notCopied.map(({ file, because }) => `  ${tame(file)}: ${because}`),
    ...failed.map(({ file, because }) => `FAILED: ${tame(file)}: ${tame(because)}`),
    `The copy cannot be verified: only the original is signed. Where everything was masked: ${SHARE_REPORT}`,
  ].join('\n');
