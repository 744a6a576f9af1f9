import { ensureEmulator, type Progress } from './emulator';
import { EmulatorFailed, wayOut } from './errors';
import { externalAws } from './external';
import { accountOf, answers, untilHealthy } from './health';
import { launch } from './launch';
import { withLock } from './lock';
import { freePort, tryPort, usualPort } from './port';
import { isStill } from './processes';
import {
  type LocalAws,
  type LocalAwsRecord,
  placesOf,
  readRecord,
  root,
  withoutRecordKeeping,
  writeRecord,
} from './state';
import { endInstance } from './stop';

export type StartOptions = {
  /** The instance's directory, such as `.local` or `.local/demo`; relative to the repository. */
  readonly dir: string;
  /** Exactly this port; without it the usual one, or a free one when that is taken. */
  readonly port?: number;
  readonly progress: Progress;
  /** A process without which the instance has no purpose, such as a test run: it ends when that one does. */
  readonly owner?: number;
  readonly environment?: NodeJS.ProcessEnv;
};

/** The local AWS of an instance directory: the running one, or a new one that survives this process. */
export async function startLocalAws(options: StartOptions): Promise<LocalAws> {
  const { dir, progress, environment = process.env } = options;
  const external = await externalAws(environment);
  if (external) {
    progress(`Using the AWS emulator at ${external.endpoint}`);
    return external;
  }
  const places = placesOf(dir);
  const waiting = () => progress('Another process is starting this local AWS, waiting for it');
  return withLock(places.lock, waiting, async () => {
    const running = await readRecord(places);
    if (running && (await isHealthy(running))) return withoutRecordKeeping(running);
    // What is left of one that died or hangs would hold its port and go on running functions.
    await endInstance(places);

    const python = await ensureEmulator(root, progress);
    const port = await choosePort(options.port);
    progress(`Starting the local AWS on port ${port}`);
    const launched = await launch(python, places, port, options.owner ?? 0);
    try {
      // Before it is healthy: whoever finds it half started can end it.
      await writeRecord(places, launched.record);
      await untilHealthy(launched, places);
      await accountOf(launched.record);
    } catch (error) {
      await endInstance(places);
      throw error;
    }
    progress(`The local AWS is ready at ${launched.record.endpoint}`);
    return withoutRecordKeeping(launched.record);
  });
}

export async function isHealthy(record: LocalAwsRecord): Promise<boolean> {
  return isStill(record.pid, record.started) && (await answers(record.endpoint));
}

async function choosePort(exactly: number | undefined): Promise<number> {
  if (exactly === undefined) return freePort(usualPort);
  const port = await tryPort(exactly);
  if (port === undefined) throw new EmulatorFailed(`Port ${exactly} is taken: choose another, ${wayOut}.`);
  return port;
}
