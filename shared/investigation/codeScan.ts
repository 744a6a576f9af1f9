import yauzl from 'yauzl';
import { arnsIn } from '../exposure/named';
import { signsIn } from './signs';

/** Bounds for a package that an attacker wrote: a zip bomb ends the scan, never the function. */
const MOST_ENTRIES = 5000;
const MOST_BYTES_PER_ENTRY = 8 * 1024 * 1024;
const MOST_ARNS = 200;
const MOST_BYTES = 128 * 1024 * 1024;

export type CodeSign = {
  readonly sign: string;
  readonly title: string;
  readonly technique: string;
  readonly entry: string;
};

const readEntry = async (
  zip: yauzl.ZipFile,
  entry: yauzl.Entry,
): Promise<{ readonly content: Buffer; readonly whole: boolean }> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of await zip.openReadStreamPromise(entry)) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > MOST_BYTES_PER_ENTRY) return { content: Buffer.concat(chunks), whole: false };
  }
  return { content: Buffer.concat(chunks), whole: true };
};

export type PackageScan = {
  readonly signs: readonly CodeSign[];
  /** Entries that could not be read: a damaged or encrypted entry must not hide the others. */
  readonly unread: readonly string[];
  /** ARNs that its files name, with the first file that does. */
  readonly arns: readonly { readonly arn: string; readonly entry: string }[];
};

/**
 * Looks for signs in the files of a deployment package. Names of entries are the attacker's: they are taken as bytes,
 * never as paths, and nothing is written to disk.
 */
export const scanPackage = async (archive: Buffer): Promise<PackageScan> => {
  const zip = await yauzl.fromBufferPromise(archive, { lazyEntries: true, decodeStrings: false });
  const signs: CodeSign[] = [];
  const unread: string[] = [];
  const arns = new Map<string, string>();
  let entries = 0;
  let bytes = 0;
  for await (const entry of zip.eachEntry()) {
    const name = nameOf(entry);
    entries += 1;
    if (entries > MOST_ENTRIES || bytes > MOST_BYTES) {
      unread.push('everything after the bounds of the scan');
      break;
    }
    if (name.endsWith('/')) continue;
    try {
      const { content, whole } = await readEntry(zip, entry);
      if (!whole)
        unread.push(`${name}: only its first ${MOST_BYTES_PER_ENTRY / 1024 / 1024} MiB were scanned`);
      bytes += content.length;
      const text = content.toString('latin1');
      signs.push(
        ...signsIn(text).map(({ id, title, technique }) => ({ sign: id, title, technique, entry: name })),
      );
      for (const arn of arnsIn(text)) if (!arns.has(arn) && arns.size < MOST_ARNS) arns.set(arn, name);
    } catch (error) {
      unread.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { signs, unread, arns: [...arns].map(([arn, entry]) => ({ arn, entry })) };
};

// With `decodeStrings: false` the name is a Buffer, whatever the type says.
const nameOf = ({ fileName }: { readonly fileName: string | Buffer }): string =>
  Buffer.from(fileName as string).toString('utf8');
