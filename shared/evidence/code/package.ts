import { createHash } from 'node:crypto';
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Artifact, BasicTools } from '../collector';
import { dependenciesIn } from './dependencies';
import { download } from './download';
import { bomOf } from './sbom';

type Package = {
  /** The artifact's name, without its ending. */
  readonly name: string;
  /** For people: which package. */
  readonly what: string;
  readonly source: string;
  /** What Lambda says of its SHA-256, in base64. */
  readonly sha256: string | undefined;
  readonly askForLink: () => Promise<string | undefined>;
};

type Copy = { readonly file: FileHandle; problem: string | null };

/** The bytes as they pass, hashed and copied. A full disk ends the copy, never what is sealed. */
async function* passing(
  body: Readable,
  copy: Copy,
  add: (chunk: Buffer) => void,
): AsyncGenerator<Buffer, void> {
  for await (const chunk of body) {
    const bytes = chunk as Buffer;
    add(bytes);
    if (copy.problem === null)
      try {
        await copy.file.writeFile(bytes);
      } catch (error) {
        copy.problem = error instanceof Error ? error.message : String(error);
      }
    yield bytes;
  }
}

/**
 * A package and the list of the dependencies found inside (CycloneDX). The package is streamed to the bucket, and to a
 * file of our own naming beside, because a zip's table of contents stands at its end.
 */
export async function* packageArtifacts(wanted: Package, tools: BasicTools): AsyncGenerator<Artifact> {
  const { name, what, source, sha256 } = wanted;
  const body = await download(what, wanted.askForLink, tools);
  const folder = await mkdtemp(join(tmpdir(), 'package-'));
  const path = join(folder, 'package.zip');
  const copy: Copy = { file: await open(path, 'w'), problem: null };
  const digest = createHash('sha256');
  let found: string | undefined;
  try {
    yield {
      name: `${name}.zip`,
      contentType: 'application/zip',
      source,
      body: Readable.from(passing(body, copy, (chunk) => digest.update(chunk))),
      completeness: () => {
        found ??= digest.digest('base64');
        return sha256 === undefined || found === sha256
          ? 'complete'
          : `not what Lambda names: its SHA-256 is ${found}, and Lambda says ${sha256} of ${what}`;
      },
    };
    if (copy.problem !== null) throw new Error(`no list of dependencies of ${what}: ${copy.problem}`);
    const { dependencies, unread } = await dependenciesIn(path, tools.signal);
    yield {
      name: `${name}.cdx.json`,
      contentType: 'application/vnd.cyclonedx+json; version=1.6',
      source: `the names and descriptions of packages in ${name}.zip`,
      body: bomOf(what, sha256, dependencies),
      completeness: () =>
        [
          'what describes itself: npm, PyPI, Maven, NuGet and RubyGems packages that are there as such; not what was bundled or compiled into other files',
          ...unread.slice(0, 20).map((entry) => `not read: ${entry}`),
          ...(unread.length > 20 ? [`not read: ${unread.length - 20} more`] : []),
        ].join('; '),
    };
  } finally {
    await copy.file.close();
    await rm(folder, { recursive: true, force: true });
  }
}
