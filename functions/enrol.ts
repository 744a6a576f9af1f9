import {
  DeleteSubscriptionFilterCommand,
  PutSubscriptionFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import * as z from 'zod/mini';
import { lambdaClient, logsClient, metricsClient } from '../shared/aws/clients';
import { listEnv, requireEnv } from '../shared/aws/environment';
import { log } from '../shared/aws/log';
import { readSettings } from '../shared/aws/settings';
import { type Group, planEnrolment, readEntry } from '../shared/fleet/enrolment';
import { logGroupNames, readGroups } from '../shared/fleet/logGroups';

const { service, stage, ownAccountId, ownRegion } = readSettings();
const filter = `${service}-${stage}-logs`;
const reader = requireEnv('TOURNIQUET_LOG_READER_ARN');
const budget = Number(requireEnv('TOURNIQUET_GUARD_BUDGET_USD'));
const entries = listEnv('TOURNIQUET_GUARDED').map(readEntry);
const clients = { logs: logsClient(), lambda: lambdaClient(), metrics: metricsClient() };

/** A log group that was just made, as CloudTrail says so; absent on the schedule. */
const createdSchema = z.object({
  detail: z.object({ requestParameters: z.object({ logGroupName: z.string().check(z.maxLength(512)) }) }),
});

/** What could not be done for some functions. The alarm on our own failures tells people. */
class NotGuardedError extends Error {
  override readonly name = 'NotGuardedError';
}

const functionArn = (name: string): string => `arn:aws:lambda:${ownRegion}:${ownAccountId}:function:${name}`;

const guard = ({ logGroup }: Group) =>
  clients.logs.send(
    new PutSubscriptionFilterCommand({
      logGroupName: logGroup,
      filterName: filter,
      // Every line: what CloudWatch could sift by is plain text, and what is looked for comes encoded.
      filterPattern: '',
      destinationArn: reader,
    }),
  );

const leave = ({ logGroup }: Group) =>
  clients.logs.send(new DeleteSubscriptionFilterCommand({ logGroupName: logGroup, filterName: filter }));

/** Does it for each, and gives the names of those for which it could not be done. */
const each = async (
  groups: readonly Group[],
  act: (group: Group) => Promise<unknown>,
): Promise<readonly string[]> => {
  const failed: string[] = [];
  for (const group of groups)
    await act(group).catch((error: unknown) => {
      log.error('a log group could not be enrolled or left', { error });
      failed.push(group.functionName);
    });
  return failed;
};

/** So many names an error has; the log has a line for each. */
const MOST_NAMED = 20;
const named = (names: readonly string[]): string =>
  `${names.slice(0, MOST_NAMED).join(', ')}${names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : ''}`;

/**
 * Lets the logs of the functions that the policy guards be read, and those of others no longer. On the schedule for all,
 * and for one log group when it is made. Twice is once. Throws at the end where a function that is to be guarded is not
 * for want of budget, or because of an error: people are told by the alarm on that.
 */
export const handler = async (
  event: unknown,
): Promise<{ readonly guarded: number; readonly added: number; readonly left: number }> => {
  const created = createdSchema.safeParse(event).data?.detail.requestParameters.logGroupName;
  const names = await logGroupNames(clients.logs, created);
  const groups = await readGroups(
    clients,
    created === undefined ? names : names.filter((name) => name === created),
    { byTag: entries.some((entry) => 'tag' in entry), functionArn, now: new Date() },
  );
  const { add, remove, kept, left, monthly } = planEnrolment(groups, entries, {
    filter,
    ours: `${service}-`,
    budget,
  });
  const failed = [...(await each(remove, leave)), ...(await each(add, guard))];
  const noSlot = left.filter(({ because }) => because === 'no slot');
  if (noSlot.length > 0)
    log.warn('some log groups have two subscription filters of others: their lines are not read', {
      failed: noSlot.map(({ group }) => group.functionName),
    });
  const beyond = left.filter(({ because }) => because === 'budget').map(({ group }) => group.functionName);
  if (beyond.length > 0)
    throw new NotGuardedError(
      `${beyond.length} functions are not guarded, as guardBudgetUsd (${budget}) is spent (${monthly.toFixed(2)} a month): ${named(beyond)}`,
    );
  if (failed.length > 0)
    throw new NotGuardedError(`${failed.length} log groups could not be changed: ${named(failed)}`);
  return { guarded: kept.length + add.length, added: add.length, left: left.length };
};
