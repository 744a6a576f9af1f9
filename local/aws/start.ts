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
  type Places,
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
    const aws = withoutRecordKeeping(await startNew(python, places, options));
    progress(`The local AWS is ready at ${aws.endpoint}`);
    return aws;
  });
}

/** A free port may be taken by another start between our look and the emulator's opening it: then on another. */
async function startNew(python: string, places: Places, options: StartOptions): Promise<LocalAwsRecord> {
  const { port: exactly, owner = 0, progress } = options;
  for (let attempt = 1; ; attempt += 1) {
    const port = exactly ?? (await freePort(attempt === 1 ? usualPort : 0));
    if (exactly !== undefined && (await isTaken(exactly))) {
      throw new EmulatorFailed(`Port ${exactly} is taken: choose another, ${wayOut}.`);
    }
    progress(`Starting the local AWS on port ${port}`);
    const launched = await launch(python, places, port, owner);
    try {
      // Before it is healthy: whoever finds it half started can end it.
      await writeRecord(places, launched.record);
      await untilHealthy(launched, places);
      await accountOf(launched.record);
      return launched.record;
    } catch (error) {
      await endInstance(places);
      // Whoever had the port may have let go of it by now, so it tells nothing.
      if (exactly !== undefined || attempt === 3) throw error;
    }
  }
}

export async function isHealthy(record: LocalAwsRecord): Promise<boolean> {
  return isStill(record.pid, record.started) && (await answers(record.endpoint));
}

async function isTaken(port: number): Promise<boolean> {
  return (await tryPort(port)) === undefined;
}
