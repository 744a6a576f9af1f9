import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { RESTORE_ORDER } from '../../../shared/containment/controls';

const root = join(__dirname, '../../..');

/** Runs the command; nothing of it may reach a deployment: it is refused before. */
const decide = (...options: readonly string[]): Promise<{ readonly code: unknown; readonly said: string }> =>
  new Promise((resolve) => {
    const args = ['bin/tourniquet.cjs', '--stage', 'none', 'decide', 'inc-20260101-000000000000', ...options];
    execFile(
      process.execPath,
      args,
      { cwd: root, env: { PATH: process.env.PATH } },
      (error, stdout, stderr) => {
        resolve({ code: error?.code ?? 0, said: `${stdout}${stderr}` });
      },
    );
  });

describe('tourniquet decide --force', () => {
  it('answers a control that is none with one error that names the ones there are, and exit code 2', async () => {
    const { code, said } = await decide('--release', '--force', 'concurency', '--reason', 'r');

    expect(code).toBe(2);
    expect(said.match(/error:/g)).toHaveLength(1);
    for (const { id } of RESTORE_ORDER) expect(said).toContain(id);
    expect(said).toContain('sessions');
  });

  it('goes with a release alone', async () => {
    const { code, said } = await decide('--keep', '--force', 'role', '--reason', 'r');

    expect(code).toBe(2);
    expect(said).toContain('--force goes with --release');
  });
});
