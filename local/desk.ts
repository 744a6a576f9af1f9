import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { inherited } from './aws/guard';
import { freePort } from './aws/port';
import { isStill, startedAt } from './aws/processes';
import { root } from './aws/state';

/** The Slack desk of an instance: a process of its own, so that it outlives the command that started it. */
const deskShape = z.object({
  url: z.string(),
  pid: z.number(),
  started: z.string(),
  botToken: z.string(),
  signingSecret: z.string(),
  pagerDutyRoutingKey: z.string(),
});
export type Desk = Readonly<z.infer<typeof deskShape>>;

/** The people at the desk. `U0ONCALL` is an approver of the local stage (serverless.yml), `U0INTERN` is not. */
export const PEOPLE = { approver: 'U0ONCALL', bystander: 'U0INTERN' } as const;
export const CHANNEL = 'C0INCIDENTS';

const DESK_PORT = 4570;

/** The desk did not start. */
export class DeskFailed extends Error {
  override readonly name = 'DeskFailed';
}

const optionsPath = (dir: string): string => join(resolve(root, dir), 'desk-options.json');
const recordPath = (dir: string): string => join(resolve(root, dir), 'desk.json');

/** A record that was cut off when its writer died is no record. */
export const jsonOrNull = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** The running desk of an instance, or null. */
export const readDesk = async (dir: string): Promise<Desk | null> => {
  const text = await readFile(recordPath(dir), 'utf8').catch(() => null);
  const parsed = deskShape.safeParse(jsonOrNull(text ?? ''));
  return parsed.success && isStill(parsed.data.pid, parsed.data.started) ? parsed.data : null;
};

const healthy = async (url: string): Promise<boolean> => {
  try {
    return (await fetch(`${url}/api/health`, { signal: AbortSignal.timeout(1000) })).ok;
  } catch {
    return false;
  }
};

/** Starts the desk of an instance, or gives the one that runs. */
export const startDesk = async (dir: string): Promise<Desk> => {
  const running = await readDesk(dir);
  if (running !== null && (await healthy(running.url))) return running;
  await stopDesk(dir);
  const base = resolve(root, dir);
  mkdirSync(join(base, 'logs'), { recursive: true });
  const port = await freePort(DESK_PORT);
  const secrets = {
    botToken: `xoxb-local-${randomBytes(12).toString('hex')}`,
    signingSecret: randomBytes(16).toString('hex'),
    pagerDutyRoutingKey: randomBytes(16).toString('hex'),
  };
  const options = {
    ...secrets,
    port,
    channels: [{ id: CHANNEL, name: 'incidents' }],
    users: [
      { id: PEOPLE.approver, name: 'Olivia (on call)' },
      { id: PEOPLE.bystander, name: 'Ivan (intern)' },
    ],
  };
  await writeFile(optionsPath(dir), JSON.stringify(options), { mode: 0o600 });
  const log = openSync(join(base, 'logs', 'desk.log'), 'a');
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(root, 'local', 'desk', 'main.ts'), optionsPath(dir)],
    {
      cwd: root,
      env: inherited(),
      detached: true,
      stdio: ['ignore', log, log],
    },
  );
  closeSync(log);
  child.unref();
  const pid = child.pid ?? 0;
  const desk: Desk = { ...secrets, url: `http://127.0.0.1:${port}`, pid, started: startedAt(pid) ?? '' };
  await writeFile(recordPath(dir), JSON.stringify(desk, null, 2), { mode: 0o600 });
  for (let attempt = 0; attempt < 150; attempt++) {
    if (await healthy(desk.url)) return desk;
    if (!isStill(pid, desk.started)) break;
    await sleep(100);
  }
  throw new DeskFailed(`the Slack desk did not start: see ${join(base, 'logs', 'desk.log')}`);
};

/** Ends the desk of an instance, if one runs. */
export const stopDesk = async (dir: string): Promise<void> => {
  const desk = await readDesk(dir);
  if (desk !== null) {
    process.kill(desk.pid, 'SIGTERM');
    for (let attempt = 0; attempt < 50 && isStill(desk.pid, desk.started); attempt++) await sleep(50);
    if (isStill(desk.pid, desk.started)) process.kill(desk.pid, 'SIGKILL');
  }
  await rm(recordPath(dir), { force: true });
  await rm(optionsPath(dir), { force: true });
};
