import { execFile } from 'node:child_process';
import { join } from 'node:path';

const root = join(__dirname, '../../..');

describe('what takes the id of an incident', () => {
  it.each([
    ['show', ['show', 'inc-2026']],
    ['undo', ['undo', '1']],
    ['decide', ['decide', 'all', '--release', '--reason', 'r']],
    ['report', ['report', '../inc-20261120-0123456789ab']],
    ['tighten', ['tighten', 'inc-20261120-0123456789AB']],
    ['evidence', ['evidence', 'pull', 'my-function', 'out']],
  ])('says what one looks like where %s is given none, and ends with exit code 2', async (_name, args) => {
    const { code, said } = await new Promise<{ readonly code: unknown; readonly said: string }>((resolve) => {
      execFile(
        process.execPath,
        ['bin/tourniquet.cjs', '--stage', 'none', ...args],
        { cwd: root, env: { PATH: process.env.PATH } },
        (error, stdout, stderr) => {
          resolve({ code: error?.code ?? 0, said: `${stdout}${stderr}` });
        },
      );
    });

    expect(code).toBe(2);
    expect(said.match(/error:/g)).toHaveLength(1);
    expect(said).toContain('looks like inc-20261120-0123456789ab');
  });
});
