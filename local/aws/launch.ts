import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EmulatorFailed } from './errors';
import { inherited } from './guard';
import { startedAt } from './processes';
import type { LocalAwsRecord, Places } from './state';

const region = 'us-east-1';
const accountId = '000000000000';

export type Launched = {
  readonly record: LocalAwsRecord;
  readonly ended: () => boolean;
};

/** Starts the emulator in a session of its own, so that it outlives us and can be ended with all it spawned. */
export async function launch(python: string, places: Places, port: number, owner: number): Promise<Launched> {
  await mkdir(places.home, { recursive: true });
  await mkdir(places.files, { recursive: true, mode: 0o700 });
  await mkdir(dirname(places.log), { recursive: true });
  const log = await open(places.log, 'w');
  const child = spawn(python, [join(__dirname, 'launcher.py')], {
    cwd: places.base,
    env: environmentOf(places, port),
    detached: true,
    stdio: ['pipe', log.fd, log.fd],
  });
  try {
    await new Promise<void>((settle, fail) => {
      child.once('spawn', settle);
      child.once('error', fail);
    });
  } finally {
    await log.close();
  }
  // Not shaped like a real key id, so that it can never be mistaken for one, nor a real one for it.
  const key = { accessKeyId: `LOCAL${hex(8)}`, secretAccessKey: hex(20) };
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(`${JSON.stringify({ ...key, owner })}\n`);
  child.unref();

  const pid = child.pid ?? 0;
  const started = startedAt(pid);
  if (!started) throw new EmulatorFailed(`The local AWS ended as it was started; see ${places.log}.`);
  const endpoint = `http://127.0.0.1:${port}`;
  return {
    record: { endpoint, region, accountId, ...key, pid, port, started },
    ended: () => child.exitCode !== null || child.signalCode !== null,
  };
}

/** By this in its environment a process of this instance is known wherever it went. */
export function markerOf(places: Places): string {
  return `TMPDIR=${places.files}`;
}

/** Complete: nothing of the user's shell reaches the emulator or the functions, whose processes inherit this. */
function environmentOf(places: Places, port: number): Record<string, string> {
  return {
    ...inherited(),
    ...(process.env.PERMISSIONS_LOG === undefined ? {} : { PERMISSIONS_LOG: process.env.PERMISSIONS_LOG }),
    HOME: places.home,
    TMPDIR: places.files,
    PYTHONUNBUFFERED: '1',
    PYTHONNOUSERSITE: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    AUTH: 'true',
    CLOUDTRAIL_RECORDING: '1',
    BIND_HOST: '127.0.0.1',
    MINISTACK_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    MINISTACK_REGION: region,
    MINISTACK_ACCOUNT_ID: accountId,
    LAMBDA_EXECUTOR: 'local',
    // A worker that a burst left behind; the first of each function stays warm in any case.
    LAMBDA_WARM_TTL_SECONDS: '120',
    STATE_DIR: join(places.files, 'state'),
    S3_DATA_DIR: join(places.files, 's3'),
    SFTP_ENABLED: '0',
    IOT_MTLS_ENABLED: '0',
    // A socket that does not exist: the emulator never looks for the user's containers.
    DOCKER_HOST: `unix://${join(places.files, 'no-docker')}`,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

function hex(bytes: number): string {
  return randomBytes(bytes).toString('hex').toUpperCase();
}
