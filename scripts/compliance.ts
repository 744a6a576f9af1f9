import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { say } from '../local/print';
import { STANDARDS } from '../shared/compliance/standards';
import { checksTable, controlsTable, standardsSections } from '../shared/compliance/table';

/*
 * `npx tsx scripts/compliance.ts`, after the map was changed: writes its tables into docs/compliance.md. A test holds
 * that they are so.
 */

const PAGE = join(__dirname, '..', 'docs', 'compliance.md');

const main = async (): Promise<void> => {
  let page = await readFile(PAGE, 'utf8');
  for (const [name, text] of [
    ['controls', controlsTable()],
    ['checks', checksTable()],
    ['standards', standardsSections()],
  ] as const) {
    const place = new RegExp(`<!-- ${name} -->\\n[\\s\\S]*?<!-- /${name} -->`);
    if (!place.test(page)) throw new Error(`docs/compliance.md has no place for the ${name}`);
    page = page.replace(place, () => `<!-- ${name} -->\n${text}\n<!-- /${name} -->`);
  }
  await writeFile(PAGE, page);
  say(`${STANDARDS.length} standards: docs/compliance.md is written`);
};

main().catch((error: unknown) => {
  process.exitCode = 1;
  throw error;
});
