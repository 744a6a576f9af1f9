import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startLocalAws } from '../../../local/aws/start';
import { type LocalAws, root } from '../../../local/aws/state';
import { stopLocalAws } from '../../../local/aws/stop';

let count = 0;

/** An instance directory of this test run's own. */
export function instanceDirectory(): string {
  count += 1;
  return join('.local', `test-aws-${process.pid}-${count}`);
}

/** A local AWS for the tests of one file, ended with them (and with the test run, should it be killed). */
export function useLocalAws(): () => LocalAws {
  const dir = instanceDirectory();
  let started: LocalAws | undefined;

  beforeAll(async () => {
    // Never the emulator of whoever runs the tests: the probes stop, break and restart it.
    started = await startLocalAws({ dir, progress: () => undefined, owner: process.pid, environment: {} });
  }, 300_000);

  afterAll(async () => {
    await stopLocalAws(dir);
    await rm(join(root, dir), { recursive: true, force: true });
  }, 30_000);

  return () => {
    if (!started) throw new Error('The local AWS has not started.');
    return started;
  };
}

/** What every SDK client of a test is built from; without the SDK's own retries, so that a refusal is seen at once. */
export function clientOptions(aws: LocalAws, credentials: Credentials = aws) {
  const { endpoint, region } = aws;
  return { endpoint, region, credentials, maxAttempts: 1 } as const;
}

export type Credentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
};
