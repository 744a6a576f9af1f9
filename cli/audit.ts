import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { type Command, InvalidArgumentError } from 'commander';
import { bold, complain, dim, green, red, say, tame } from '../local/print';
import { tableClient } from '../shared/aws/clients';
import { IncidentNotFoundError } from '../shared/incident/errors';
import { faultsInHistory } from '../shared/incident/history';
import type { LinkedEntry } from '../shared/incident/incident';
import { entryKey, historyTableOf } from '../shared/incident/keys';
import { getIncident, listIncidents, type Records } from '../shared/incident/store';
import { type SealedHistory, sealedHistories } from './sealedHistories';
import type { Target } from './target';

export type Line = LinkedEntry & { readonly incident: string };
export type Fault = { readonly incident: string; readonly fault: string };
export type Audit = {
  readonly incidents: number;
  readonly entries: readonly Line[];
  readonly faults: readonly Fault[];
};

type Histories = ReadonlyMap<string, readonly LinkedEntry[]>;

const PREFIX = entryKey('', 1).pk;

/** Every history there is, by the incident's id. From the table itself: an incident that is gone still has one. */
const readHistories = async ({ db, table }: Records): Promise<Histories> => {
  const found = new Map<string, LinkedEntry[]>();
  let start: Record<string, unknown> | undefined;
  do {
    const page = await db.send(
      new ScanCommand({ TableName: historyTableOf(table), ConsistentRead: true, ExclusiveStartKey: start }),
    );
    for (const { pk, sk: _sk, ...entry } of page.Items ?? []) {
      const id = String(pk).slice(PREFIX.length);
      const entries = found.get(id) ?? [];
      entries.push(entry as unknown as LinkedEntry);
      found.set(id, entries);
    }
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return found;
};

/** An incident's history begins a moment after its record: only then is it missing. */
const BEGINS_WITHIN_MS = 120_000;

const isGone = async (records: Records, id: string): Promise<boolean> => {
  try {
    await getIncident(records, id);
    return false;
  } catch (error) {
    if (error instanceof IncidentNotFoundError) return true;
    throw error;
  }
};

/** What a copy that was sealed and verified says otherwise than the table. */
export const differences = (
  { incident, from, entries }: SealedHistory,
  live: readonly LinkedEntry[],
): readonly Fault[] => {
  const known = new Map(live.map(({ number, sha256 }) => [number, sha256]));
  return entries
    .filter(({ number, sha256 }) => known.get(number) !== sha256)
    .map(({ number }) => ({
      incident,
      fault: `entry ${number} is ${known.has(number) ? 'another one than' : 'missing that is'} in ${from}, which was sealed`,
    }));
};

/** The whole trail, oldest first, and what is wrong with it. `since` cuts what is shown, never what is checked. */
export const audit = async (
  records: Records,
  since: Date | undefined,
  sealed: readonly SealedHistory[],
): Promise<Audit> => {
  const listed = await listIncidents(records);
  const histories = await readHistories(records);
  const known = new Set(listed.map(({ id }) => id));
  const late = records.now().getTime() - BEGINS_WITHIN_MS;
  const silent = listed.filter(({ id, openedAt }) => !histories.has(id) && Date.parse(openedAt) < late);
  const faults: Fault[] = silent.flatMap(({ id }) =>
    faultsInHistory(id, []).map((fault) => ({ incident: id, fault })),
  );
  for (const [incident, entries] of histories) {
    faults.push(...faultsInHistory(incident, entries).map((fault) => ({ incident, fault })));
    // The index that lists incidents lags a moment behind.
    if (!known.has(incident) && (await isGone(records, incident)))
      faults.push({ incident, fault: 'there is a history, and no record of the incident' });
  }
  for (const copy of sealed) faults.push(...differences(copy, histories.get(copy.incident) ?? []));
  const from = since?.toISOString() ?? '';
  const entries = [...histories]
    .flatMap(([incident, lines]) => lines.map((line) => ({ ...line, incident })))
    .filter(({ at }) => at >= from)
    .toSorted((a, b) => a.at.localeCompare(b.at) || a.number - b.number);
  return { incidents: new Set([...known, ...histories.keys()]).size, entries, faults };
};

/** For people. Who: whom Tourniquet made out, else Tourniquet itself. */
export const auditPage = ({ incidents, entries, faults }: Audit): string => {
  const lines = entries.map(
    ({ at, incident, number, kind, by, text }) =>
      `${tame(at)}  ${tame(incident)} ${dim(`#${number}`)}  ${bold(tame(kind))}  ${by === undefined ? dim('tourniquet') : tame(by)}  ${tame(text)}`,
  );
  const verdict =
    faults.length === 0
      ? green(`The histories of ${incidents} incidents are whole.`)
      : red(`NOT whole: ${faults.length} faults in the histories of ${incidents} incidents.`);
  return [
    ...(lines.length === 0 ? ['Nothing in that time.'] : lines),
    '',
    ...faults.map(({ incident, fault }) => red(`${tame(incident)}: ${fault}`)),
    verdict,
  ].join('\n');
};

/** `2026-11-01`, `2026-11-01T10:00:00Z`, or `30d`. */
const time = (text: string): Date => {
  const [, days] = /^(\d{1,5})d$/.exec(text) ?? [];
  const date =
    days !== undefined ? new Date(Date.now() - Number(days) * 86_400_000) : new Date(Date.parse(text));
  if (Number.isNaN(date.getTime()))
    throw new InvalidArgumentError('It must be a date (2026-11-01), a time in ISO 8601, or days (30d).');
  return date;
};

/** `audit`. Exit codes: 0 whole, 1 not whole or failed, 2 usage. */
export const addAuditCommand = (program: Command, findTarget: () => Promise<Target>): void => {
  program
    .command('audit')
    .description('who did what, when and why, over all incidents, and whether anybody changed it since')
    .option('--since <when>', 'show what is not older: a date, a time, or days (30d)', time)
    .option('--against <bundle>', 'compare with the histories in a bundle that was pulled and verified')
    .option('--json', 'as JSON: entries and faults')
    .action(
      async (
        { since, against, json }: { since?: Date; against?: string; json?: boolean },
        command: Command,
      ) => {
        const sealed = against === undefined ? [] : await sealedHistories(against);
        if (sealed === null) {
          command.error(`error: ${against} is no bundle with a history in it`, { exitCode: 2 });
          return;
        }
        const { table } = await findTarget();
        const found = await audit({ db: tableClient(), table, now: () => new Date() }, since, sealed);
        say(json ? JSON.stringify(found, null, 2) : auditPage(found));
        if (json && found.faults.length > 0) complain(red(`NOT whole: ${found.faults.length} faults.`));
        if (found.faults.length > 0) process.exitCode = 1;
      },
    );
};
