import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where pictures and pages are. */
export const docs = (name: string): string => join(__dirname, '..', 'docs', name);

/** Puts what a bench measured into its place of a page: between the comment that names the bench, and the next. */
export const writeInto = async (name: string, bench: string, text: string): Promise<void> => {
  const [begin, end] = [`<!-- measured: npm run ${bench} -- --write -->`, '<!-- /measured -->'];
  const page = await readFile(docs(name), 'utf8');
  const from = page.indexOf(begin);
  const to = page.indexOf(end, from);
  if (from === -1 || to === -1) throw new Error(`docs/${name} has no ${begin}`);
  await writeFile(docs(name), `${page.slice(0, from)}${begin}\n${text}\n${page.slice(to)}`);
};
