import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Incident } from '../incident/incident';
import { ledgerKey } from '../incident/keys';
import { queryAll, type Records } from '../incident/store';

/** The ledger's record of what became of sessions from before a release. No control: it is made at the release. */
export const SESSIONS = 'sessions';

/** What one control found before it acted, and what became of it since. */
export type LedgerRecord = {
  readonly control: string;
  /** The prior state, exactly as the control captured it. Written once, before anything is changed. */
  readonly before: unknown;
  readonly state: 'captured' | 'held' | 'not-needed' | 'not-possible' | 'failed' | 'restored' | 'drift';
  readonly detail: string;
  readonly capturedAt: string;
  readonly heldAt?: string;
  readonly settledAt?: string;
};

/** Where a control's record of the incident's present containment is. */
export const keyOf = (incident: Incident, control: string) =>
  ledgerKey(incident.id, incident.containment, control);

const asRecord = (item: Record<string, unknown>): LedgerRecord => {
  const { pk: _pk, sk: _sk, ...record } = item;
  return record as unknown as LedgerRecord;
};

/** The ledger's record of a control in the incident's present containment, or null. */
export const readLedger = async (
  records: Records,
  incident: Incident,
  control: string,
): Promise<LedgerRecord | null> => {
  const { Item } = await records.db.send(
    new GetCommand({ TableName: records.table, Key: keyOf(incident, control), ConsistentRead: true }),
  );
  return Item === undefined ? null : asRecord(Item);
};

/**
 * Makes the prior state durable before anything is changed (invariant 1). The first record wins: a retry, which may
 * find what we ourselves have already changed, gets the original state back.
 */
export const recordBefore = async (
  records: Records,
  incident: Incident,
  control: string,
  found: { readonly before: unknown; readonly state: 'captured' | 'not-needed'; readonly detail: string },
): Promise<LedgerRecord> => {
  const record: LedgerRecord = { control, ...found, capturedAt: records.now().toISOString() };
  try {
    await records.db.send(
      new PutCommand({
        TableName: records.table,
        Item: { ...keyOf(incident, control), ...record },
        ConditionExpression: 'attribute_not_exists(pk)',
      }),
    );
    return record;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const first = await readLedger(records, incident, control);
    if (first === null) throw error;
    return first;
  }
};

/**
 * Replaces the record of a control that had nothing to do by what it has found since: nothing was changed under that
 * record, so no original state is lost. Null when the record stands otherwise by now.
 */
export const recordFirstNeed = async (
  records: Records,
  incident: Incident,
  control: string,
  found: { readonly before: unknown; readonly detail: string },
): Promise<LedgerRecord | null> => {
  const record: LedgerRecord = {
    control,
    ...found,
    state: 'captured',
    capturedAt: records.now().toISOString(),
  };
  try {
    await records.db.send(
      new PutCommand({
        TableName: records.table,
        Item: { ...keyOf(incident, control), ...record },
        ConditionExpression: '#state = :state',
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':state': 'not-needed' },
      }),
    );
    return record;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return null;
    throw error;
  }
};

/** Notes what became of a control, and gives the record as it is then. The captured state is never touched. */
export const settle = async (
  records: Records,
  incident: Incident,
  control: string,
  state: LedgerRecord['state'],
  detail: string,
): Promise<LedgerRecord> => {
  const at = state === 'held' ? 'heldAt' : 'settledAt';
  const { Attributes = {} } = await records.db.send(
    new UpdateCommand({
      TableName: records.table,
      Key: keyOf(incident, control),
      // When it was first seen to hold is what counts: a retry does not move it.
      UpdateExpression:
        state === 'held'
          ? 'SET #state = :state, detail = :detail, #at = if_not_exists(#at, :now)'
          : 'SET #state = :state, detail = :detail, #at = :now',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeNames: { '#state': 'state', '#at': at },
      ExpressionAttributeValues: { ':state': state, ':detail': detail, ':now': records.now().toISOString() },
      ReturnValues: 'ALL_NEW',
    }),
  );
  return asRecord(Attributes);
};

/** Everything the ledger holds for the incident's present containment. */
export const readLedgers = async (records: Records, incident: Incident): Promise<readonly LedgerRecord[]> => {
  const { pk, sk } = keyOf(incident, '');
  const items = await queryAll(records, {
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': pk, ':prefix': sk },
    ConsistentRead: true,
  });
  return items.map(asRecord);
};
