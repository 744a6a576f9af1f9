import { gunzipSync, gzipSync } from 'node:zlib';
import {
  ConditionalCheckFailedException,
  DuplicateItemException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  ExecuteStatementCommand,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { HistoryContendedError, IncidentNotFoundError } from './errors';
import { linkEntry } from './history';
import type { Incident, LinkedEntry, Status, Witness } from './incident';
import {
  BY_OPENED,
  ENTRIES,
  entryKey,
  eventKey,
  historyTableOf,
  incidentKey,
  LIST_PARTITION,
  lastKey,
  lockKey,
  OPEN,
  OPEN_PARTITION,
} from './keys';

export type Clock = () => Date;

/** The table and how to reach it. Passed as a value to everything that keeps records. */
export type Records = { readonly db: DynamoDBDocumentClient; readonly table: string; readonly now: Clock };

const asIncident = (item: Record<string, unknown>): Incident => {
  const { pk: _pk, sk: _sk, listPk: _listPk, ...incident } = item;
  // Written by this module alone, so its shape is known.
  return incident as unknown as Incident;
};

const asItem = (incident: Incident) => ({ ...incidentKey(incident.id), listPk: LIST_PARTITION, ...incident });

/** Reads an incident, strongly consistent; throws {@link IncidentNotFoundError}. */
export const getIncident = async ({ db, table }: Records, id: string): Promise<Incident> => {
  const { Item } = await db.send(
    new GetCommand({ TableName: table, Key: incidentKey(id), ConsistentRead: true }),
  );
  if (Item === undefined) throw new IncidentNotFoundError(id);
  return asIncident(Item);
};

/** The open incident of a function, or null. */
export const findOpenIncident = async (records: Records, functionArn: string): Promise<Incident | null> => {
  const { db, table } = records;
  const { Item } = await db.send(
    new GetCommand({ TableName: table, Key: lockKey(functionArn), ConsistentRead: true }),
  );
  return typeof Item?.incidentId === 'string' ? getIncident(records, Item.incidentId) : null;
};

/** The incident of a function that was closed last, if that was after `since`; else null. */
export const findClosedSince = async (
  records: Records,
  functionArn: string,
  since: Date,
): Promise<Incident | null> => {
  const { db, table } = records;
  const { Item } = await db.send(
    new GetCommand({ TableName: table, Key: lastKey(functionArn), ConsistentRead: true }),
  );
  const { incidentId, closedAt } = Item ?? {};
  return typeof incidentId === 'string' && typeof closedAt === 'string' && closedAt > since.toISOString()
    ? getIncident(records, incidentId)
    : null;
};

/**
 * Opens an incident unless the function has an open one, in one transaction:
 *
 *   execution A ── lock ✓ record ✓ ──────────► owner
 *   execution B ──── lock ✗ (A's) ───────────► folds into A
 *   execution A again (retry) ── lock ✗ (own) ► owner, nothing written twice
 *
 * Its history, in a table of its own, begins when it is open.
 * The event as delivered is kept beside it, gzipped: 256 KiB is EventBridge's limit, 400 KB an item's.
 */
export const openIncident = async (
  records: Records,
  incident: Incident & { functionArn: string },
  event: unknown,
  opening: string,
): Promise<{ readonly opened: boolean; readonly incident: Incident }> => {
  const { db, table } = records;
  try {
    await db.send(
      new TransactWriteCommand({
        TransactItems: [
          {
            Put: {
              TableName: table,
              Item: { ...lockKey(incident.functionArn), openPk: OPEN_PARTITION, incidentId: incident.id },
              ConditionExpression: 'attribute_not_exists(pk)',
            },
          },
          {
            Put: {
              TableName: table,
              Item: asItem(incident),
              ConditionExpression: 'attribute_not_exists(pk)',
            },
          },
          { Put: { TableName: table, Item: eventItem(incident.id, event) } },
        ],
      }),
    );
    await beginHistory(records, incident, opening);
    return { opened: true, incident };
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    const existing = await findOpenIncident(records, incident.functionArn);
    // Cancelled by a conflict, not by a lock, or the lock was released in between: let the step be retried.
    if (existing === null) throw error;
    const own = existing.id === incident.id;
    // The attempt before this one may have died between the two.
    if (own) await beginHistory(records, existing, opening);
    return { opened: own, incident: existing };
  }
};

/** Keeps an incident that is over as soon as it is known (observed, refused, …). A repeat changes nothing. */
export const recordEnded = async (
  records: Records,
  incident: Incident,
  event: unknown,
): Promise<{ readonly first: boolean }> => {
  const { db, table } = records;
  try {
    await db.send(
      new TransactWriteCommand({
        TransactItems: [
          {
            Put: {
              TableName: table,
              Item: asItem(incident),
              ConditionExpression: 'attribute_not_exists(pk)',
            },
          },
          { Put: { TableName: table, Item: eventItem(incident.id, event) } },
        ],
      }),
    );
    return { first: true };
  } catch (error) {
    if (
      error instanceof TransactionCanceledException &&
      error.CancellationReasons?.[0]?.Code === 'ConditionalCheckFailed'
    ) {
      return { first: false };
    }
    throw error;
  }
};

const eventItem = (id: string, event: unknown) => ({
  ...eventKey(id),
  event: gzipSync(JSON.stringify(event ?? null)),
});

/** The event as EventBridge delivered it. */
export const getEvent = async ({ db, table }: Records, id: string): Promise<unknown> => {
  const { Item } = await db.send(new GetCommand({ TableName: table, Key: eventKey(id) }));
  return Item?.event instanceof Uint8Array ? JSON.parse(gunzipSync(Item.event).toString('utf8')) : null;
};

/**
 * Sets attributes of an incident, only while it stands in one of `from` (any status when absent), and while the decision
 * of that time is the one that stands (`decidedAt`). Gives the incident after the change, or null when it stood
 * elsewhere: the caller's repeat, or somebody who was faster.
 */
export const updateIncident = async (
  { db, table }: Records,
  id: string,
  changes: Partial<Incident>,
  options: {
    readonly from?: readonly Status[];
    readonly remove?: readonly (keyof Incident)[];
    readonly decidedAt?: string | undefined;
  } = {},
): Promise<Incident | null> => {
  const { from = [], decidedAt } = options;
  const entries = Object.entries(changes);
  const removals = options.remove ?? [];
  const names = Object.fromEntries(
    [
      ...entries.map(([key]) => key),
      ...removals,
      'status',
      ...(decidedAt === undefined ? [] : ['decision', 'at']),
    ].map((key) => [`#${key}`, key]),
  );
  const values = Object.fromEntries(entries.map(([key, value]) => [`:${key}`, value]));
  const set = entries.length > 0 ? `SET ${entries.map(([key]) => `#${key} = :${key}`).join(', ')}` : '';
  const remove = removals.length > 0 ? `REMOVE ${removals.map((key) => `#${key}`).join(', ')}` : '';
  const fromNames = from.map((_, index) => `:from${index}`);
  try {
    const { Attributes } = await db.send(
      new UpdateCommand({
        TableName: table,
        Key: incidentKey(id),
        UpdateExpression: `${set} ${remove}`.trim(),
        ConditionExpression: [
          'attribute_exists(#status)',
          ...(from.length > 0 ? [`#status IN (${fromNames.join(', ')})`] : []),
          ...(decidedAt === undefined ? [] : ['#decision.#at = :decidedAt']),
        ].join(' AND '),
        ExpressionAttributeNames: names,
        ExpressionAttributeValues:
          entries.length + from.length > 0 || decidedAt !== undefined
            ? {
                ...values,
                ...Object.fromEntries(from.map((status, index) => [`:from${index}`, status])),
                ...(decidedAt === undefined ? {} : { ':decidedAt': decidedAt }),
              }
            : undefined,
        ReturnValues: 'ALL_NEW',
      }),
    );
    return Attributes === undefined ? null : asIncident(Attributes);
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return null;
    throw error;
  }
};

/** A finding that GuardDuty updates (a higher count, a later last sighting) is news; the same one twice is not. */
const isNews = (known: Witness | undefined, witness: Witness): boolean =>
  known === undefined || known.lastSeen < witness.lastSeen || known.count < witness.count;

/** The known witness with the ways by which it has now come; null where this one was known too. */
const byAnotherRoute = (known: Witness, witness: Witness): Witness | null => {
  const before = known.routes ?? [];
  const routes = [...new Set([...before, ...(witness.routes ?? [])])];
  return routes.length === before.length ? null : { ...known, routes };
};

/**
 * Adds a witness to an incident as it was read, with what follows from it, in one write. `repeat`: this finding, as it
 * stands, was already there; that it came by another way is kept, and is no news. `moved`: the incident has moved on since it was read: read it again.
 */
export const addWitness = async (
  { db, table }: Records,
  incident: Incident,
  witness: Witness,
  changes: Partial<Incident>,
): Promise<'news' | 'repeat' | 'moved'> => {
  const known = incident.witnesses[witness.id];
  const news = isNews(known, witness);
  const routed = known === undefined ? witness : byAnotherRoute(known, witness);
  if (!news && routed === null) return 'repeat';
  const kept = news ? { ...witness, routes: (routed ?? known)?.routes } : routed;
  const entries = news ? Object.entries(changes) : [];
  try {
    await db.send(
      new UpdateCommand({
        TableName: table,
        Key: incidentKey(incident.id),
        UpdateExpression: `SET ${['witnesses.#id = :witness', ...entries.map(([key]) => `#${key} = :${key}`)].join(', ')}`,
        ConditionExpression: `#status = :status AND ${known === undefined ? 'attribute_not_exists(witnesses.#id)' : `witnesses.#id.lastSeen = :seen AND witnesses.#id.#count = :counted AND ${known.routes === undefined ? 'attribute_not_exists(witnesses.#id.routes)' : 'witnesses.#id.routes = :routes'}`}`,
        ExpressionAttributeNames: {
          '#id': witness.id,
          '#status': 'status',
          ...(known === undefined ? {} : { '#count': 'count' }),
          ...Object.fromEntries(entries.map(([key]) => [`#${key}`, key])),
        },
        ExpressionAttributeValues: {
          ':witness': kept,
          ':status': incident.status,
          ...(known === undefined ? {} : { ':seen': known.lastSeen, ':counted': known.count }),
          ...(known?.routes === undefined ? {} : { ':routes': known.routes }),
          ...Object.fromEntries(entries.map(([key, value]) => [`:${key}`, value])),
        },
      }),
    );
    return news ? 'news' : 'repeat';
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return 'moved';
    throw error;
  }
};

/** Frees an incident's suspect for a new one; never another incident's lock. */
const freeSuspect = (table: string, incident: Incident) => ({
  Delete: {
    TableName: table,
    Key: lockKey(incident.functionArn ?? ''),
    ConditionExpression: 'attribute_not_exists(pk) OR incidentId = :id',
    ExpressionAttributeValues: { ':id': incident.id },
  },
});

/** Keeps which incident of a function was closed last: what comes soon after is not the first that is seen of it. */
const keepLast = (table: string, { id, functionArn }: Incident, closedAt: string) => ({
  Update: {
    TableName: table,
    Key: lastKey(functionArn ?? ''),
    UpdateExpression: 'SET incidentId = :id, closedAt = :at',
    ExpressionAttributeValues: { ':id': id, ':at': closedAt },
  },
});

/**
 * Closes an incident and frees its suspect, both or neither. False when a finding came meanwhile: that is a relapse,
 * to be handled and not buried. A repeat is harmless; a mere conflict flies, and the step is retried.
 */
export const closeIncident = async (records: Records, incident: Incident): Promise<boolean> => {
  const { db, table, now } = records;
  const closedAt = now().toISOString();
  const close = {
    Update: {
      TableName: table,
      Key: incidentKey(incident.id),
      UpdateExpression: 'SET #status = :closed, closedAt = :at',
      // A finding that came since the incident was read must be seen before it is closed.
      ConditionExpression:
        'attribute_exists(pk) AND attribute_not_exists(relapse) AND #status <> :closed AND size(witnesses) = :witnesses',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: {
        ':closed': 'closed',
        ':at': closedAt,
        ':witnesses': Object.keys(incident.witnesses).length,
      },
    },
  };
  try {
    await db.send(
      new TransactWriteCommand({
        TransactItems: [close, freeSuspect(table, incident), keepLast(table, incident, closedAt)],
      }),
    );
    return true;
  } catch (error) {
    if (!(error instanceof TransactionCanceledException)) throw error;
    const { status, relapse } = await getIncident(records, incident.id);
    if (status === 'closed') return true;
    if (relapse !== undefined) return false;
    throw error;
  }
};

/** Ends an incident in which nothing was changed, says why, and frees its suspect. A repeat is harmless. */
export const endIncident = async (
  { db, table, now }: Records,
  incident: Incident,
  status: 'refused' | 'suspect-gone',
  because: string,
): Promise<void> => {
  const end = {
    Update: {
      TableName: table,
      Key: incidentKey(incident.id),
      UpdateExpression: 'SET #status = :status, closedAt = :at, because = list_append(because, :because)',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':status': status, ':at': now().toISOString(), ':because': [because] },
    },
  };
  await db.send(new TransactWriteCommand({ TransactItems: [end, freeSuspect(table, incident)] }));
};

/** As many writers at once are never seen: each try means that another one has written. */
const MOST_APPENDS = 60;

/**
 * Appends a line to the history. PartiQL's INSERT writes no key twice, and it is the only way to write that anybody has
 * (infrastructure/tables.yml): what is there cannot be changed. The next number is whoever's inserts it first.
 *
 * A step that is retried may write its line again, but for one that says when (`at`): of those the same is not written
 * twice. `unlessLast`: nor is a line that says the same as the newest, however often somebody tries.
 * Throws {@link HistoryContendedError}.
 */
export const appendEntry = async (
  records: Records,
  id: string,
  kind: string,
  text: string,
  { at, by, unlessLast = false }: { at?: string; by?: string; unlessLast?: boolean } = {},
): Promise<void> => {
  const entry = { at: at ?? records.now().toISOString(), kind, text, ...(by === undefined ? {} : { by }) };
  const saysTheSame = (other: LinkedEntry | undefined): boolean =>
    other?.kind === kind && other.text === text && other.by === by;
  for (let tries = 0; tries < MOST_APPENDS; tries++) {
    const known = await readEntries(records, id, at === undefined ? 1 : undefined);
    if (at !== undefined && known.some((other) => other.at === at && saysTheSame(other))) return;
    if (unlessLast && saysTheSame(known[0])) return;
    if (await insertEntry(records, id, linkEntry(id, known[0] ?? null, entry))) return;
  }
  throw new HistoryContendedError(id);
};

/** The first line, in one call, because containment waits for it: unless a finding was folded in meanwhile. */
const beginHistory = async (records: Records, { id, openedAt }: Incident, opening: string): Promise<void> => {
  const first = linkEntry(id, null, { at: openedAt, kind: 'opened', text: opening });
  if (!(await insertEntry(records, id, first)))
    await appendEntry(records, id, 'opened', opening, { at: openedAt });
};

/** False where another one has the number. */
const insertEntry = async (records: Records, id: string, entry: LinkedEntry): Promise<boolean> => {
  const item = { ...entryKey(id, entry.number), ...entry };
  const attributes = Object.keys(item).map((name) => `'${name}': ?`);
  try {
    await records.db.send(
      new ExecuteStatementCommand({
        Statement: `INSERT INTO "${historyTableOf(records.table)}" VALUE {${attributes.join(', ')}}`,
        Parameters: Object.values(item),
      }),
    );
    return true;
  } catch (error) {
    if (!(error instanceof DuplicateItemException)) throw error;
    // The answer to our own may have been lost on the way.
    const known = await readEntries(records, id);
    return known.some(({ number, sha256 }) => number === entry.number && sha256 === entry.sha256);
  }
};

/** Newest first; all without a `limit`. */
const readEntries = async (records: Records, id: string, limit?: number): Promise<readonly LinkedEntry[]> => {
  const { db, table, now } = records;
  const query = {
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': entryKey(id, 1).pk, ':prefix': ENTRIES },
    ConsistentRead: true,
    ScanIndexForward: false,
  };
  const TableName = historyTableOf(table);
  const items =
    limit === undefined
      ? await queryAll({ db, table: TableName, now }, query)
      : ((await db.send(new QueryCommand({ ...query, TableName, Limit: limit }))).Items ?? []);
  return items.map(({ pk: _pk, sk: _sk, ...entry }) => entry as unknown as LinkedEntry);
};

/** The history of an incident, oldest first. What says when it was (a control that holds) stands there. */
export const listEntries = async (records: Records, id: string): Promise<readonly LinkedEntry[]> =>
  (await readEntries(records, id)).toSorted((a, b) => a.at.localeCompare(b.at) || a.number - b.number);

/** Incidents, newest first. */
export const listIncidents = async (records: Records): Promise<readonly Incident[]> => {
  const items = await queryAll(records, {
    IndexName: BY_OPENED,
    KeyConditionExpression: 'listPk = :partition',
    ExpressionAttributeValues: { ':partition': LIST_PARTITION },
    ScanIndexForward: false,
  });
  return items.map(asIncident);
};

/**
 * The incidents that are open, by their suspects' locks. The index lags a moment behind: what was opened or closed just
 * now may be missing or still there.
 */
export const listOpenIncidents = async (records: Records): Promise<readonly Incident[]> => {
  const locks = await queryAll(records, {
    IndexName: OPEN,
    KeyConditionExpression: 'openPk = :partition',
    ExpressionAttributeValues: { ':partition': OPEN_PARTITION },
  });
  return Promise.all(locks.map(({ incidentId }) => getIncident(records, String(incidentId))));
};

export const queryAll = async (
  { db, table }: Records,
  query: Omit<ConstructorParameters<typeof QueryCommand>[0], 'TableName'>,
): Promise<readonly Record<string, unknown>[]> => {
  const items: Record<string, unknown>[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page = await db.send(new QueryCommand({ ...query, TableName: table, ExclusiveStartKey: start }));
    items.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return items;
};
