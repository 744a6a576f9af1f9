import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { say } from '../../local/print';
import { cloudTrailClients, iamClient } from '../../shared/aws/clients';
import {
  globalRegionOf,
  LOOKBACK_DAYS,
  lookUp,
  type Progress,
  timeOf,
} from '../../shared/evidence/trail/lookup';
import { type RolePolicy, tighten } from '../../shared/exposure/tighten';
import { BOUNDARY, plainOf, TRUST } from '../../shared/fleet/documents';
import { managedDocument, roleDocuments } from '../../shared/fleet/readDocuments';
import type { Incident } from '../../shared/incident/incident';
import { getIncident, type Records } from '../../shared/incident/store';
import { incidentId } from '../incidentId';
import { type Tightened, tightenedPage } from './page';
import { type Recorded, usedBy } from './used';

const DAY_MS = 24 * 3_600_000;
/** CloudTrail answers two look-ups a second, of 50 events each. */
const MOST_MS = 5 * 60_000;

/** The incident names no function with a role. */
export class NoRoleError extends Error {
  override readonly name = 'NoRoleError';
}

/** Before the intruder: what came since is no use of the function's. */
const endOf = ({ witnesses, openedAt, rootCause }: Incident): Date => {
  const signs = Object.values(witnesses).map(({ firstSeen }) => firstSeen);
  const times = [openedAt, rootCause?.startedAt ?? openedAt, ...signs].map((time) => Date.parse(time));
  return new Date(Math.min(...times.filter((time) => !Number.isNaN(time))));
};

export type TightenTools = {
  readonly records: Records;
  readonly iam: ReturnType<typeof iamClient>;
  readonly cloudTrailIn: ReturnType<typeof cloudTrailClients>;
  /** How the names of policies begin that Tourniquet itself puts on roles. */
  readonly ours: string;
};

/** The policies of the role as they are now, without our own denies. */
const policiesOf = async (roleArn: string, { iam, ours }: TightenTools): Promise<readonly RolePolicy[]> => {
  const documents = Object.entries(await roleDocuments(roleArn, ours, iam)).filter(
    ([name]) => name !== TRUST && name !== BOUNDARY,
  );
  return Promise.all(
    documents.map(async ([name, document]) => {
      const arn = /^policy (arn:\S+) of the role$/.exec(name)?.[1];
      const found = 'word' in document && arn !== undefined ? await managedDocument(arn, iam) : document;
      return { name, document: 'text' in found ? parsed(found.text) : null };
    }),
  );
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(plainOf(text));
  } catch {
    return text;
  }
};

/**
 * What the sessions of an incident's role did before the intruder came, as far as CloudTrail's history reaches, and what
 * its policies could be cut down to. Reads with the caller's own credentials, and changes nothing. Throws {@link NoRoleError}.
 */
export const tightenedOf = async (
  incident: Incident,
  days: number,
  tools: TightenTools,
): Promise<Tightened> => {
  const { id, roleArn, functionName, functionArn, region, siblings = [] } = incident;
  if (roleArn === null || functionName === null || functionArn === null || region === null)
    throw new NoRoleError(`${id} is about no function with a role`);
  const to = endOf(incident);
  const range = { from: new Date(to.getTime() - days * DAY_MS).toISOString(), to: to.toISOString() };
  const names = [functionName, ...siblings.map((name) => name.split(':').at(-1) ?? name)];
  const regions = [...new Set([region, globalRegionOf(functionArn, region)])];
  // Lambda names its sessions after the function.
  const searches = names.flatMap((value) =>
    regions.map((where) => ({ region: where, key: 'Username' as const, value })),
  );
  const progress: Progress = { next: null, seen: 0 };
  const deadline = new Date(tools.records.now().getTime() + MOST_MS);
  const calls: Recorded[] = [];
  const look = { ...tools, deadline, signal: AbortSignal.timeout(2 * MOST_MS) };
  for await (const { event } of lookUp(searches, { ...range, start: null }, look, progress))
    calls.push({ at: timeOf(event), record: parsed(event.CloudTrailEvent ?? '') });
  const used = usedBy(roleArn, calls);
  return {
    incident: id,
    role: roleArn,
    ...range,
    calls: calls.length,
    // Where nothing is known everything would be taken out.
    proposals: used.length === 0 ? [] : tighten(await policiesOf(roleArn, tools), used),
    cautions: [
      ...(used.length === 0
        ? ['NOTHING that its sessions did is recorded: there is nothing to go by, and nothing is proposed']
        : []),
      ...(progress.next === null
        ? []
        : [`Calls before ${progress.next.until}: there were more than could be looked up`]),
      ...(siblings.length === 0
        ? []
        : [`It is shared by ${names.join(', ')}: all of them lose what is taken out`]),
      `Sessions of others than functions, and calls in other Regions than ${regions.join(', ')}`,
    ],
  };
};

const wholeDays = (text: string): number => {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > LOOKBACK_DAYS)
    throw new InvalidArgumentError(`It must be a whole number of days, 1 to ${LOOKBACK_DAYS}.`);
  return days;
};

export const addTightenCommand = (
  program: Command,
  target: () => Promise<{ readonly prefix: string }>,
  records: () => Promise<Records>,
): void => {
  program
    .command('tighten')
    .argument('<id>', 'the incident', incidentId)
    .description("what its role's policies could be cut down to, by what it used: a diff; changes nothing")
    .option('--days <n>', 'so many days before the first sign', wholeDays, LOOKBACK_DAYS)
    .option('--json', 'as JSON, with each policy before and after')
    .action(async (id: string, { days, json }: { days: number; json?: boolean }) => {
      const { prefix } = await target();
      const from = await records();
      const tightened = await tightenedOf(await getIncident(from, id), days, {
        records: from,
        iam: iamClient(),
        cloudTrailIn: cloudTrailClients(),
        ours: `${prefix.split('-')[0]}-`,
      });
      say(json ? JSON.stringify(tightened, null, 2) : tightenedPage(tightened));
    });
};
