import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { EmulatorFailed } from './errors';
import type { Launched } from './launch';
import type { LocalAws, Places } from './state';

const patienceMs = 60_000;

/** Whether something answers as the emulator does. */
export async function answers(endpoint: string): Promise<boolean> {
  try {
    const response = await fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(5_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

export async function untilHealthy({ record, ended }: Launched, places: Places): Promise<void> {
  const deadline = Date.now() + patienceMs;
  while (!(await answers(record.endpoint))) {
    if (ended()) throw new EmulatorFailed(`The local AWS ended while it started. ${await endOfLog(places)}`);
    if (Date.now() > deadline) {
      throw new EmulatorFailed(
        `The local AWS did not answer within ${patienceMs / 1000} s. ${await endOfLog(places)}`,
      );
    }
    await sleep(50);
  }
}

/** The account behind an endpoint. Signed, so it also proves that the one who answers knows our key. */
export async function accountOf(aws: Omit<LocalAws, 'accountId' | 'pid'>): Promise<string> {
  const { endpoint, region, accessKeyId, secretAccessKey } = aws;
  const sts = new STSClient({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 2,
  });
  try {
    const { Account = '' } = await sts.send(new GetCallerIdentityCommand({}));
    return Account;
  } catch (error) {
    throw new EmulatorFailed(`The AWS emulator at ${endpoint} does not answer sts:GetCallerIdentity.`, {
      cause: error,
    });
  } finally {
    sts.destroy();
  }
}

async function endOfLog(places: Places): Promise<string> {
  const log = await readFile(places.log, 'utf8').catch(() => '');
  const lines = log.trimEnd().split('\n').slice(-15);
  return `The end of ${places.log}:\n${lines.join('\n')}`;
}
