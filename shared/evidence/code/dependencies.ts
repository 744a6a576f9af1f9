import yauzl from 'yauzl';
import * as z from 'zod';
import { type Dependency, ECOSYSTEMS } from './ecosystems';

/*
 * The package is the attacker's: its names are never paths, nothing is unpacked to a disk, and whatever is without an
 * end comes to one. A package at Lambda's limit of 250 MB, with the node_modules of a large project, is within it.
 */
const MOST_ENTRIES = 200_000;
const MOST_DEPENDENCIES = 20_000;
const LARGEST_FILE = 16 * 1024 * 1024;
const MOST_BYTES = 256 * 1024 * 1024;

export type Found = Dependency & {
  /** The entry of the package that says so. */
  readonly path: string;
};

export type Dependencies = {
  readonly dependencies: readonly Found[];
  /** What could not be looked at, and why. */
  readonly unread: readonly string[];
};

/** Without a word of the file itself: this goes into the manifest. */
const explain = (error: unknown): string => {
  if (error instanceof SyntaxError) return 'it is no JSON';
  if (error instanceof z.ZodError) return 'it names no package and version';
  return error instanceof Error ? error.message : String(error);
};

/** An entry's name in a manifest. */
const quoted = (name: string): string => JSON.stringify(name.slice(0, 200));

/** A text of at most so many bytes; what the entry's header claims is not believed. */
const readText = async (zip: yauzl.ZipFile, entry: yauzl.Entry, most: number): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of await zip.openReadStreamPromise(entry)) {
    size += (chunk as Buffer).length;
    if (size > most) throw new Error(`it is larger than ${most} bytes`);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
};

// With `decodeStrings: false` the name is a Buffer, whatever the type says. Invalid UTF-8 becomes U+FFFD.
const nameOf = ({ fileName }: { readonly fileName: string | Buffer }): string =>
  Buffer.from(fileName as string).toString('utf8');

/** The packages that the files in a zip archive name. An archive that cannot be read at all is said, and is no error. */
export const dependenciesIn = async (path: string, signal: AbortSignal): Promise<Dependencies> => {
  const found = new Map<string, Found>();
  const unread: string[] = [];
  const keep = (dependencies: readonly Dependency[], at: string): void => {
    for (const dependency of dependencies) {
      const { type, namespace = '', name, version } = dependency;
      const key = JSON.stringify([type, namespace, name, version]);
      if (!found.has(key) && found.size < MOST_DEPENDENCIES) found.set(key, { ...dependency, path: at });
    }
  };
  try {
    const zip = await yauzl.openPromise(path, { lazyEntries: true, decodeStrings: false });
    let entries = 0;
    let bytes = 0;
    for await (const entry of zip.eachEntry()) {
      signal.throwIfAborted();
      entries += 1;
      if (entries > MOST_ENTRIES || bytes > MOST_BYTES || found.size >= MOST_DEPENDENCIES) {
        unread.push('everything after the bounds of the list');
        break;
      }
      const name = nameOf(entry);
      if (/\.jar$/i.test(name)) unread.push(`${quoted(name)}: an archive within the archive`);
      const ecosystem = ECOSYSTEMS.find(({ matches }) => matches.test(name));
      if (ecosystem === undefined) continue;
      try {
        if (ecosystem.fromPath !== undefined) keep(ecosystem.fromPath(name), name);
        if (ecosystem.read !== null) {
          const text = await readText(zip, entry, LARGEST_FILE);
          bytes += text.length;
          keep(ecosystem.read(text, name), name);
        }
      } catch (error) {
        unread.push(`${quoted(name)}: ${explain(error).slice(0, 200)}`);
      }
    }
    zip.close();
  } catch (error) {
    signal.throwIfAborted();
    unread.push(`the rest of the archive: ${explain(error)}`);
  }
  return { dependencies: [...found.values()], unread };
};
