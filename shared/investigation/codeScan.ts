import yauzl from 'yauzl';
import { SIGNS } from './signs';

/** Bounds for a package that an attacker wrote: a zip bomb ends the scan, never the function. */
const MOST_ENTRIES = 5000;
const MOST_BYTES_PER_ENTRY = 8 * 1024 * 1024;
const MOST_BYTES = 128 * 1024 * 1024;

export type CodeSign = {
  readonly sign: string;
  readonly title: string;
  readonly technique: string;
  readonly entry: string;
};

const readEntry = async (zip: yauzl.ZipFile, entry: yauzl.Entry): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of await zip.openReadStreamPromise(entry)) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > MOST_BYTES_PER_ENTRY) break;
  }
  return Buffer.concat(chunks);
};

/** Looks for signs in the files of a deployment package. Names of entries are the attacker's: they are only quoted. */
export const scanPackage = async (archive: Buffer): Promise<readonly CodeSign[]> => {
  // yauzl itself refuses entries with absolute or climbing paths; here nothing is ever written to disk.
  const zip = await yauzl.fromBufferPromise(archive, { lazyEntries: true });
  const found: CodeSign[] = [];
  let entries = 0;
  let bytes = 0;
  for await (const entry of zip.eachEntry()) {
    entries += 1;
    if (entries > MOST_ENTRIES || bytes > MOST_BYTES) break;
    if (entry.fileName.endsWith('/')) continue;
    const content = await readEntry(zip, entry);
    bytes += content.length;
    const text = content.toString('latin1');
    for (const { id, title, technique, pattern } of SIGNS) {
      if (pattern.test(text)) found.push({ sign: id, title, technique, entry: entry.fileName });
    }
  }
  return found;
};
