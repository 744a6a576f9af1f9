import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { getApproved, putApproved } from '../shared/fleet/approved';
import { type Clients, stateReader } from '../shared/fleet/readState';
import { stateChanges } from '../shared/fleet/state';

/**
 * Approves a function as it stands, with the caller's own credentials: who may is who may write to the table. Gives what
 * that changes, a line each.
 */
export const approveState = async (
  arn: string,
  { reason, prefix }: { readonly reason: string; readonly prefix: string },
  {
    db,
    sts,
    ...clients
  }: Clients & { readonly db: Parameters<typeof getApproved>[0]['db']; readonly sts: STSClient },
): Promise<readonly string[]> => {
  const approvals = { db, table: `${prefix}-approved` };
  const [state, before, { Arn: by = 'somebody' }] = await Promise.all([
    stateReader(clients, `${prefix.split('-')[0]}-`)(arn),
    getApproved(approvals, arn),
    sts.send(new GetCallerIdentityCommand({})),
  ]);
  if (state === null) return [`${arn} does not exist`];
  const now = new Date().toISOString();
  await putApproved(approvals, arn, {
    version: 1,
    state,
    by,
    because: reason,
    approvedAt: now,
    lookedAt: now,
  });
  const changes = before === null ? [] : stateChanges(before.state, state);
  return [
    `Approved ${arn} as it stands, by ${by}`,
    ...(before === null ? ['  It was not known before'] : []),
    ...changes.map(({ what }) => `  ${what}`),
  ];
};
