import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { say } from '../local/print';
import { detectedCalls } from '../shared/detection/detectedCalls';
import { LOG_RULES } from '../shared/detection/logRules';
import { RULES } from '../shared/detection/rules';
import { linesTable, rulesTable } from '../shared/detection/rulesTable';

/*
 * `npx tsx scripts/rules.ts`, after a rule was added or changed: writes which calls wake the detector, which the
 * deployment reads (infrastructure/detection.cjs), and the table of docs/detections.md. Tests hold that both are so.
 */

const root = join(__dirname, '..');
const CALLS = join(root, 'infrastructure', 'detectedCalls.json');
const PAGE = join(root, 'docs', 'detections.md');

const main = async (): Promise<void> => {
  await writeFile(CALLS, `${JSON.stringify(detectedCalls(RULES), null, 2)}\n`);
  let page = await readFile(PAGE, 'utf8');
  for (const [name, table] of [
    ['rules', rulesTable(RULES)],
    ['lines', linesTable(LOG_RULES)],
  ] as const) {
    const place = new RegExp(`<!-- ${name} -->\\n[\\s\\S]*?<!-- /${name} -->`);
    if (!place.test(page)) throw new Error(`docs/detections.md has no place for the ${name}`);
    page = page.replace(place, () => `<!-- ${name} -->\n${table}\n<!-- /${name} -->`);
  }
  await writeFile(PAGE, page);
  say(`${RULES.length} rules: infrastructure/detectedCalls.json and docs/detections.md are written`);
};

main().catch((error: unknown) => {
  process.exitCode = 1;
  throw error;
});
