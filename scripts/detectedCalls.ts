import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { say } from '../local/print';
import { detectedCalls } from '../shared/detection/detectedCalls';
import { RULES } from '../shared/detection/rules';

/*
 * `npx tsx scripts/detectedCalls.ts`: writes which calls the detector is woken for, from the rules. The deployment reads
 * the file (infrastructure/detection.cjs); a test holds that it is what the rules say.
 */

const PATH = join(__dirname, '..', 'infrastructure', 'detectedCalls.json');

const main = async (): Promise<void> => {
  await writeFile(PATH, `${JSON.stringify(detectedCalls(RULES), null, 2)}\n`);
  say(`infrastructure/detectedCalls.json is what the rules say: ${RULES.length} rules`);
};

main().catch((error: unknown) => {
  process.exitCode = 1;
  throw error;
});
