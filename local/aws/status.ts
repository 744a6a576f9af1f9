import { isStill } from './processes';
import { isHealthy } from './start';
import { type LocalAws, placesOf, readRecord, withoutRecordKeeping } from './state';

export type LocalAwsStatus =
  | { readonly state: 'running'; readonly aws: LocalAws }
  /** The process lives and does not answer: starting, or hung. */
  | { readonly state: 'silent'; readonly aws: LocalAws }
  | { readonly state: 'stopped' };

export async function localAwsStatus(dir: string): Promise<LocalAwsStatus> {
  const record = await readRecord(placesOf(dir));
  if (!record || !isStill(record.pid, record.started)) return { state: 'stopped' };
  const aws = withoutRecordKeeping(record);
  return (await isHealthy(record)) ? { state: 'running', aws } : { state: 'silent', aws };
}
