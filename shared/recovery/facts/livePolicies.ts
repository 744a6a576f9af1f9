import type { IAMClient } from '@aws-sdk/client-iam';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { type LedgerRecord, readLedger } from '../../containment/ledger';
import { type Grants, grantsOf } from '../../fleet/documents';
import { functionDocuments, roleDocuments } from '../../fleet/readDocuments';
import type { Incident } from '../../incident/incident';
import type { Records } from '../../incident/store';
import type { Deployed } from '../../suspect/deployed';
import { putBackBy } from '../afterRelease';
import type { PolicyFacts } from '../checks/policies';

/** Statements of documents of the same name, of both. */
const together = (one: Grants, other: Grants): Grants =>
  Object.fromEntries(
    [...new Set([...Object.keys(one), ...Object.keys(other)])].map((name) => [
      name,
      [...new Set([...(one[name] ?? []), ...(other[name] ?? [])])],
    ]),
  );

/** What a control would put back: nothing where that is done, or was left as somebody changed it and is not forced. */
const pendingOf = (record: LedgerRecord | null, force: readonly string[]): unknown =>
  record === null ||
  record.state === 'restored' ||
  (record.state === 'drift' && !force.includes(record.control))
    ? undefined
    : record.before;

export type PolicyTools = {
  readonly lambda: LambdaClient;
  readonly iam: IAMClient;
  readonly records: Records;
  /** How the names of policies begin that Tourniquet itself puts on roles. */
  readonly ours: string;
};

/**
 * What gives permissions now, and what a release would give back, also of what somebody changed (`force`: controls). What
 * cannot be read is an answer: the check fails.
 */
export const livePolicies = async (
  incident: Incident,
  { role, aliases }: Pick<Deployed, 'role' | 'aliases'>,
  force: readonly string[],
  { lambda, iam, records, ours }: PolicyTools,
): Promise<PolicyFacts['live']> => {
  try {
    const contained = incident.roleArn ?? role;
    const [ofFunction, ofRole, ofContained, resourcePolicy, trust] = await Promise.all([
      functionDocuments(incident.functionArn ?? '', Object.keys(aliases), lambda),
      roleDocuments(role, ours, iam),
      // The release gives the role back that was contained, also where the fix runs under another one.
      contained === role ? null : roleDocuments(contained, ours, iam),
      readLedger(records, incident, 'resource-policy'),
      readLedger(records, incident, 'trust'),
    ]);
    const live = { ...ofFunction, ...ofRole };
    return {
      now: ofContained === null ? grantsOf(live) : together(grantsOf(live), grantsOf(ofContained)),
      back: putBackBy(
        { ...live, ...ofContained },
        { resourcePolicy: pendingOf(resourcePolicy, force), trust: pendingOf(trust, force) },
        force,
      ),
    };
  } catch (error) {
    return { error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
};
