import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { BUNDLE_INDEX, readIndex } from '../shared/evidence/bundle';

const entrySchema = z.object({ number: z.int().positive(), sha256: z.string().regex(/^[0-9a-f]{64}$/) });

/** Where a sealed copy of the history lies below the artifacts of a manifest, and how it lies in its file. */
const COPIES = [
  { path: join('response', 'history.json'), schema: z.array(entrySchema) },
  {
    path: 'post-mortem.json',
    schema: z.object({ history: z.array(entrySchema) }).transform(({ history }) => history),
  },
] as const;

/** The history of an incident as it stood when it was sealed. */
export type SealedHistory = {
  readonly incident: string;
  readonly from: string;
  readonly entries: readonly z.infer<typeof entrySchema>[];
};

const parse = (text: string | null): unknown => {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
};

/**
 * The histories in a bundle; null where there is none. Whether the bundle is as it was sealed is for `evidence verify` to
 * say.
 */
export const sealedHistories = async (dir: string): Promise<readonly SealedHistory[] | null> => {
  const read = (...path: readonly string[]) => readFile(join(dir, ...path), 'utf8').catch(() => null);
  const index = readIndex((await read(BUNDLE_INDEX)) ?? '');
  if (index === null) return null;
  const manifests = await readdir(join(dir, 'artifacts')).catch(() => []);
  const found = await Promise.all(
    manifests.toSorted().flatMap((manifest) =>
      COPIES.map(async ({ path, schema }) => {
        const copy = schema.safeParse(parse(await read('artifacts', manifest, path)));
        const from = `artifacts/${manifest}/${path}`;
        return copy.success ? [{ incident: index.incident, from, entries: copy.data }] : [];
      }),
    ),
  );
  return found.flat().length === 0 ? null : found.flat();
};
