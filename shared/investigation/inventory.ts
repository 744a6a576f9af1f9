import { createHash } from 'node:crypto';
import yauzl from 'yauzl';
import * as z from 'zod';
import { type Host, hostsIn } from './hosts';
import { type Mark, marksOf } from './marks';

/*
 * Bounds for a package that an attacker wrote: Lambda takes 250 MB unpacked, and what inflates beyond that ends the
 * look, never the function. Nothing is unpacked to a disk, and names are never paths.
 */
const MOST_ENTRIES = 50_000;
const MOST_BYTES = 384 * 1024 * 1024;
const MOST_OF_A_FILE = 128 * 1024 * 1024;
/** What is looked at for marks; the rest of a file is hashed and not kept. */
const HEAD = 1024 * 1024;
const LARGEST_JSON = 1024 * 1024;
const MOST_DEPENDENCIES = 20_000;
const MOST_HOSTS = 20;

export type FileFacts = {
  readonly sha256: string;
  readonly size: number;
  readonly marks: readonly Mark[];
  /** Hosts that a marked file names. */
  readonly hosts: readonly Host[];
};

/** A dependency that describes itself, and the folders that are its. */
export type DependencyFacts = {
  readonly name: string;
  readonly version: string;
  readonly folders: readonly string[];
  /** npm runs them when it is installed: at build, with what the build may do. */
  readonly installs: readonly string[];
};

export type Inventory = {
  readonly files: ReadonlyMap<string, FileFacts>;
  readonly dependencies: readonly DependencyFacts[];
  /** What could not be looked at, and why. */
  readonly unread: readonly string[];
};

const packageJson = z.object({
  name: z.string().min(1).max(300),
  version: z.string().min(1).max(300),
  scripts: z.record(z.string(), z.unknown()).optional().catch(undefined),
});

const AT_INSTALL = ['preinstall', 'install', 'postinstall'];
const NPM = /^(.*(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/@][^/]*\/)package\.json$/;
const PYPI = /^((?:.*\/)?)([^/]+)\.dist-info\/METADATA$/;

const npmOf = (folder: string, text: string): DependencyFacts => {
  const { name, version, scripts = {} } = packageJson.parse(JSON.parse(text));
  return {
    name,
    version,
    folders: [folder],
    installs: AT_INSTALL.flatMap((key) =>
      typeof scripts[key] === 'string' ? [`${key}: ${scripts[key].slice(0, 200)}`] : [],
    ),
  };
};

/** The folder of a Python distribution's code is taken to be named as itself: what says otherwise (RECORD) is its own word. */
const pypiOf = (parent: string, stem: string, text: string): DependencyFacts => {
  const of = (field: string) =>
    new RegExp(`^${field}:[ \\t]*([^\\r\\n]{1,300})$`, 'im').exec(text.slice(0, 65_536))?.[1]?.trim();
  const name = (of('Name') ?? stem).toLowerCase();
  const folder = name.replaceAll(/[-.]+/g, '_');
  return {
    name: name.replaceAll(/[-_.]+/g, '-'),
    version: of('Version') ?? '',
    folders: [`${parent}${folder}/`, `${parent}${stem}.dist-info/`],
    installs: [],
  };
};

/** One entry: hashed as it comes, in constant memory. What its header claims is not believed. */
const readEntry = async (zip: yauzl.ZipFile, entry: yauzl.Entry, spend: (bytes: number) => void) => {
  const digest = createHash('sha256');
  const head: Buffer[] = [];
  let size = 0;
  for await (const chunk of await zip.openReadStreamPromise(entry)) {
    const bytes = chunk as Buffer;
    if (size < HEAD) head.push(bytes.subarray(0, HEAD - size));
    size += bytes.length;
    spend(bytes.length);
    if (size > MOST_OF_A_FILE) throw new Error(`it is larger than ${MOST_OF_A_FILE} bytes`);
    digest.update(bytes);
  }
  return { sha256: digest.digest('hex'), size, head: Buffer.concat(head) };
};

// With `decodeStrings: false` the name is a Buffer, whatever the type says.
const nameOf = ({ fileName }: { readonly fileName: string | Buffer }): string =>
  Buffer.from(fileName as string).toString('utf8');

/** What is in a package: every file with its digest and marks, and the dependencies that describe themselves. */
export const inventoryOf = async (archive: Buffer): Promise<Inventory> => {
  const files = new Map<string, FileFacts>();
  const dependencies: DependencyFacts[] = [];
  const unread: string[] = [];
  const zip = await yauzl.fromBufferPromise(archive, { lazyEntries: true, decodeStrings: false });
  let bytes = 0;
  let entries = 0;
  for await (const entry of zip.eachEntry()) {
    entries += 1;
    if (entries > MOST_ENTRIES || bytes > MOST_BYTES) {
      unread.push('everything after the bounds of the look');
      break;
    }
    const path = nameOf(entry);
    if (path.endsWith('/')) continue;
    try {
      const { sha256, size, head } = await readEntry(zip, entry, (read) => {
        bytes += read;
      });
      // The same name twice: which of the two a runtime sees is its own choice.
      if (files.has(path)) unread.push(`${path}: it is in there twice`);
      const marks = marksOf(path, head);
      const hosts = marks.length === 0 ? [] : hostsIn(head.toString('latin1')).slice(0, MOST_HOSTS);
      files.set(path, { sha256, size, marks, hosts });
      const npm = NPM.exec(path);
      const pypi = PYPI.exec(path);
      if ((npm === null && pypi === null) || size > LARGEST_JSON || dependencies.length >= MOST_DEPENDENCIES)
        continue;
      const text = head.toString('utf8');
      if (npm?.[1] !== undefined) dependencies.push(npmOf(npm[1], text));
      else if (pypi?.[2] !== undefined) dependencies.push(pypiOf(pypi[1] ?? '', pypi[2], text));
    } catch (error) {
      unread.push(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { files, dependencies, unread };
};
