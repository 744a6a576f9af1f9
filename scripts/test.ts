import { spawn } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { bold, complain, red, say } from '../local/print';
import { defectsOf, granted, readUses } from '../test/permissions';

/*
 * `npm test`: types, lint, then every test, one after the other, whether the roles' permissions are those that the tests
 * used, and one closing line that scripts can read. What the tests need (a local AWS with the stack deployed) jest starts
 * and ends itself.
 */

const root = resolve(__dirname, '..');
const REPORT = join(root, '.local', 'jest.json');
/** What the local AWS notes of the permissions that were used. */
const USES = join(root, '.local', 'permissions');

const run = (title: string, command: string, args: readonly string[]): Promise<boolean> => {
  say(bold(`\n${title}`));
  const child = spawn(process.execPath, [join(root, 'node_modules', command), ...args], {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      NODE_NO_WARNINGS: '1',
      PERMISSIONS_LOG: USES,
    },
  });
  return new Promise((settle) => child.once('close', (code) => settle(code === 0)));
};

type Report = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numRuntimeErrorTestSuites: number;
};

const main = async (): Promise<void> => {
  const chosen = process.argv.slice(2);
  await mkdir(join(root, '.local'), { recursive: true });
  await rm(REPORT, { force: true });
  await rm(USES, { recursive: true, force: true });
  await mkdir(USES);
  const types = await run('Types', 'typescript/bin/tsc', ['--noEmit']);
  const lint = await run('Lint', '@biomejs/biome/bin/biome', ['check', '--error-on-warnings', '.']);
  const jest = await run('Tests', 'jest/bin/jest.js', ['--json', `--outputFile=${REPORT}`, ...chosen]);
  // Only a whole run has used what can be used.
  const whole = chosen.length === 0 && jest;
  const misfits = whole ? defectsOf(granted(), await readUses(USES)) : [];
  const text = await readFile(REPORT, 'utf8').catch(() => null);
  if (text === null) complain(red('jest wrote no report: it did not run'));
  const report = text === null ? null : (JSON.parse(text) as Report);
  // A check that failed counts as a failure of its own, and so does a test file that could not be loaded.
  const checks = [types, lint, ...(whole ? [misfits.length === 0] : [])];
  const broken = checks.filter((passed) => !passed).length;
  const failed = (report?.numFailedTests ?? 1) + (report?.numRuntimeErrorTestSuites ?? 0) + broken;
  const skipped = report?.numPendingTests ?? 0;
  say('');
  if (!types) say(red('types: failed'));
  if (!lint) say(red('lint: failed'));
  for (const misfit of misfits) say(red(`least privilege: ${misfit}`));
  process.exitCode = failed === 0 && jest ? 0 : 1;
  say(
    `${(report?.numPassedTests ?? 0) + checks.length - broken} passed, ${failed} failed, ${skipped} skipped`,
  );
};

main().catch((error: unknown) => {
  complain(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});
