import { createReadStream, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** Events that others recorded, beside the checkout; null where they are not. */
export const CORPUS = resolve(__dirname, '../../../shared/corpus');

export type Recorded = {
  readonly id: string;
  readonly source: string;
  readonly path: string;
  readonly label: 'positive' | 'attack' | 'negative' | 'benign' | 'sample';
  readonly rules: readonly string[];
  readonly note: string;
  readonly event: unknown;
};

/** What recordings of an attack tool carry of its name: a rule that saw it could cheat. */
const blank = (line: string): string => line.replaceAll(/stratus-red-team(?:[_-][0-9a-f-]{8,})?/g, 'x');

export const readCorpus = async (file: string): Promise<readonly Recorded[]> => {
  const path = join(CORPUS, file);
  if (!existsSync(path)) return [];
  const found: Recorded[] = [];
  for await (const line of createInterface({ input: createReadStream(path) })) {
    if (line.trim() === '') continue;
    const { event, ...rest } = JSON.parse(line) as Recorded;
    found.push({ ...rest, event: JSON.parse(blank(JSON.stringify(event))) });
  }
  return found;
};
