import type { Finding, FunctionFinding } from '../findings/finding';
import type { Disposition } from '../policy/disposition';
import type { Suspect } from '../suspect/describe';
import type { FunctionArn } from '../suspect/functionArn';
import type { Incident, Status, Witness } from './incident';
import { incidentId } from './keys';

export const witnessOf = (finding: Finding): Witness => {
  const {
    suspect: _suspect,
    named: _named,
    bound: _bound,
    archived: _archived,
    doneBy: _doneBy,
    route,
    ...witness
  } = finding;
  return { ...witness, routes: [route ?? finding.source] };
};

/** What every new incident begins with. `opener` makes the id: the same opener opens the same incident. */
const begin = (
  opener: string,
  now: Date,
  executionArn: string,
  status: Status,
  because: readonly string[],
): Incident => ({
  id: incidentId(now, opener),
  status,
  openedAt: now.toISOString(),
  executionArn,
  functionArn: null,
  functionName: null,
  accountId: null,
  region: null,
  qualifier: null,
  roleArn: null,
  logGroup: null,
  timeoutSeconds: 900,
  mode: null,
  disposition: null,
  because,
  witnesses: {},
  containment: 1,
  round: 1,
});

const about = ({ arn, functionName, accountId, region, qualifier }: FunctionArn) => ({
  functionArn: arn,
  functionName,
  accountId,
  region,
  qualifier,
});

/** An event that is no finding: kept, so that nothing is thrown away. */
export const unreadable = (reason: string, opener: string, now: Date, executionArn: string): Incident =>
  begin(opener, now, executionArn, 'unparseable', [reason]);

/** Findings that name no one function: of nobody (`ignored`), or of one of several that they do not tell apart. */
export const ofNobody = (
  status: 'ignored' | 'observed',
  because: readonly string[],
  findings: readonly Finding[],
  now: Date,
  executionArn: string,
  role: Pick<Incident, 'roleArn' | 'siblings'> = { roleArn: null },
): Incident => ({
  ...begin(`${status}/${findings.map(({ id }) => id).join('/')}`, now, executionArn, status, because),
  ...role,
  witnesses: Object.fromEntries(findings.map((finding) => [finding.id, witnessOf(finding)])),
});

/** A finding whose function is gone, or that a guard refuses. */
export const notActedOn = (
  status: 'suspect-gone' | 'refused',
  reason: string,
  finding: FunctionFinding,
  now: Date,
  executionArn: string,
): Incident => ({
  ...begin(`${status}/${finding.suspect.arn}/${finding.id}`, now, executionArn, status, [reason]),
  ...about(finding.suspect),
  witnesses: { [finding.id]: witnessOf(finding) },
});

const STATUS_OF = { ignore: 'ignored', observe: 'observed', ask: 'asking', respond: 'containing' } as const;

/** The incident for a finding about a live function. What ends at once is one incident per finding and day. */
export const incidentFor = (
  finding: FunctionFinding,
  suspect: Suspect,
  { disposition, mode, tagged, because }: Disposition,
  now: Date,
  executionArn: string,
): Incident & { functionArn: string } => {
  const status = STATUS_OF[disposition];
  const ends = status === 'ignored' || status === 'observed';
  return {
    ...begin(
      ends ? `${status}/${suspect.arn}/${finding.id}` : executionArn,
      now,
      executionArn,
      status,
      because,
    ),
    ...about({ ...finding.suspect, arn: suspect.arn }),
    functionArn: suspect.arn,
    roleArn: suspect.roleArn,
    logGroup: suspect.logGroup,
    timeoutSeconds: suspect.timeoutSeconds,
    ...(suspect.capacityProvider === undefined ? {} : { capacityProvider: suspect.capacityProvider }),
    ...(suspect.durable === undefined ? {} : { durable: suspect.durable }),
    mode,
    tagged,
    disposition,
    witnesses: { [finding.id]: witnessOf(finding) },
  };
};
