import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { familyOf, startedAt } from '../../../local/aws/processes';
import { startLocalAws } from '../../../local/aws/start';
import { type LocalAws, placesOf, root } from '../../../local/aws/state';
import { localAwsStatus } from '../../../local/aws/status';
import { stopLocalAws } from '../../../local/aws/stop';
import { invoke, makeFunction, makeRole } from './account';
import { until } from './eventually';
import { instanceDirectory } from './instance';

const dir = instanceDirectory();
const places = placesOf(dir);
const progress = () => undefined;
const start = (more: { readonly owner?: number; readonly port?: number } = {}) =>
  startLocalAws({ dir, progress, owner: process.pid, environment: {}, ...more });

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await stopLocalAws(dir);
});
afterAll(() => rm(join(root, dir), { recursive: true, force: true }));

/** Every process that carries the instance's directory in its environment or command, however it was started. */
function processesOfInstance(): readonly string[] {
  const read = (pid: string, file: string) => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, 'utf8').replaceAll('\0', ' ');
    } catch {
      return '';
    }
  };
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid);
  return pids.filter(
    (pid) => startedAt(Number(pid)) && `${read(pid, 'environ')} ${read(pid, 'cmdline')}`.includes(dir),
  );
}

/** A function with a child in a session of its own, which nothing that follows process groups would find. */
async function startRunaway(aws: LocalAws): Promise<void> {
  const source = `
    const { spawn } = require('node:child_process');
    exports.handler = async () => {
      spawn('sh', ['-c', 'sleep 600 & sleep 600'], { detached: true, stdio: 'ignore' }).unref();
      return {};
    };`;
  const role = await makeRole(aws, 'runaway', []);
  await makeFunction(aws, 'runaway', role, source);
  await invoke(aws, 'runaway');
}

const onLinux = process.platform === 'linux' ? it : it.skip;

describe('starting', () => {
  it('returns the running instance when there is one, and keeps its key to its owner', async () => {
    const first = await start();
    await expect(start()).resolves.toEqual(first);
    await expect(localAwsStatus(dir)).resolves.toEqual({ state: 'running', aws: first });
    expect(statSync(places.record).mode & 0o777).toBe(0o600);
  });

  it('makes one instance when two start it at once', async () => {
    const [one, other] = await Promise.all([start(), start()]);
    expect(one).toEqual(other);
  });

  it('takes another port when the usual one is taken, and refuses to share an exact one', async () => {
    await listen(4566);
    const aws = await start();
    expect(new URL(aws.endpoint).port).not.toBe('4566');
    await stopLocalAws(dir);

    const port = portOf(await listen(0));
    await expect(start({ port })).rejects.toThrow(`Port ${port} is taken`);
  });

  it('starts anew when the recorded process is gone, or its id is another’s', async () => {
    const first = await start();
    process.kill(first.pid, 'SIGKILL');
    const second = await start();
    expect(second.pid).not.toBe(first.pid);

    const record = JSON.parse(readFileSync(places.record, 'utf8'));
    await stopLocalAws(dir);
    await writeFile(places.record, JSON.stringify({ ...record, pid: process.pid }));
    await expect(localAwsStatus(dir)).resolves.toEqual({ state: 'stopped' });
    // And we, whose id the record now names, are still here to say so.
    await expect(start()).resolves.toMatchObject({ pid: expect.any(Number) });
  });
});

describe('stopping', () => {
  onLinux('leaves no process: not the emulator, nor a worker, nor what a function started', async () => {
    await startRunaway(await start());
    expect(processesOfInstance().length).toBeGreaterThan(3);
    await stopLocalAws(dir);
    expect(processesOfInstance()).toEqual([]);
    await expect(localAwsStatus(dir)).resolves.toEqual({ state: 'stopped' });
    expect(existsSync(places.files)).toBe(false);
  });

  onLinux('ends what a killed emulator left behind', async () => {
    const aws = await start();
    await startRunaway(aws);
    process.kill(aws.pid, 'SIGKILL');
    await stopLocalAws(dir);
    expect(processesOfInstance()).toEqual([]);
  });

  onLinux('happens by itself when the instance’s files are removed', async () => {
    await start();
    await rm(places.files, { recursive: true, force: true });
    await until(async () => processesOfInstance().length === 0);
  });

  onLinux('happens by itself when the owner dies', async () => {
    const owner = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const aws = await start({ owner: owner.pid });
    await endOwner(owner);
    await until(async () => startedAt(aws.pid) === undefined);
    expect(familyOf(aws.pid, `TMPDIR=${places.files}`)).toEqual([]);
  });

  it('is no error when nothing runs', async () => {
    await expect(stopLocalAws(dir)).resolves.toBeUndefined();
  });
});

describe('an emulator of the user’s', () => {
  it('is used instead, when it is on this machine', async () => {
    const ours = await start();
    const environment = {
      AWS_ENDPOINT_URL: `${ours.endpoint}/`,
      AWS_ACCESS_KEY_ID: ours.accessKeyId,
      AWS_SECRET_ACCESS_KEY: ours.secretAccessKey,
    };
    await expect(startLocalAws({ dir, progress, environment })).resolves.toEqual({ ...ours, pid: 0 });
  });

  it('is refused when it is elsewhere', async () => {
    const environment = { AWS_ENDPOINT_URL: 'https://lambda.us-east-1.amazonaws.com' };
    await expect(startLocalAws({ dir, progress, environment })).rejects.toMatchObject({
      name: 'NotLoopback',
    });
  });
});

function listen(port: number): Promise<Server | undefined> {
  return new Promise((settle) => {
    const server = createServer();
    servers.push(server);
    server.once('error', () => settle(undefined));
    server.listen(port, '127.0.0.1', () => settle(server));
  });
}

function portOf(server: Server | undefined): number {
  const address = server?.address();
  return typeof address === 'object' && address ? address.port : 0;
}

function endOwner(owner: ChildProcess): Promise<unknown> {
  const ended = new Promise((settle) => owner.once('exit', settle));
  owner.kill('SIGKILL');
  return ended;
}
