import * as z from 'zod/mini';
import { wake } from '../shared/approval/token';
import { readAllowances } from '../shared/aws/allowances';
import { readApprovals } from '../shared/aws/approvals';
import { lambdaClient, stepFunctionsClient, tableClient } from '../shared/aws/clients';
import { requireEnv } from '../shared/aws/environment';
import { readTelling } from '../shared/aws/routes';
import { readSettings } from '../shared/aws/settings';
import type { Finding, FunctionFinding, ParsedFinding } from '../shared/findings/finding';
import { parseEvent } from '../shared/findings/parseEvent';
import { succeeds } from '../shared/incident/again';
import { incidentFor, notActedOn, ofNobody, unreadable } from '../shared/incident/create';
import { fold } from '../shared/incident/fold';
import type { Incident, Status } from '../shared/incident/incident';
import { reopening } from '../shared/incident/reopen';
import {
  appendEntry,
  findClosedSince,
  findOpenIncident,
  getIncident,
  openIncident,
  type Records,
  recordEnded,
  updateIncident,
} from '../shared/incident/store';
import { testimoniesOf } from '../shared/incident/testimonies';
import { type Allowance, allowanceOf, NO_ALLOWANCES } from '../shared/policy/allowances';
import { labelsOf } from '../shared/policy/approvals';
import { corroboration } from '../shared/policy/confidence';
import { type Disposition, decideDisposition, dispositionWhileOpen } from '../shared/policy/disposition';
import { elsewhere, refusal } from '../shared/policy/guards';
import { describeSuspect } from '../shared/suspect/describe';
import { locate } from '../shared/suspect/locate';

/** Where the playbook goes from here: the names that `statemachines/incident.asl.yml` chooses by. */
export type Route =
  | 'Ignore'
  | 'Observe'
  | 'Tell'
  | 'Ask'
  | 'Contain'
  | 'Respond'
  | 'Release'
  | 'Watch'
  | 'Fold'
  | 'FoldQuietly'
  | 'Unparseable'
  | 'SuspectGone'
  | 'Refuse'
  | 'AlreadyEnded';

type Assessment = { readonly incidentId: string; readonly route: Route };

const settings = readSettings();
const allowances = readAllowances();
const labelled = [...readApprovals().rules, ...readTelling().routes];
const lambda = lambdaClient();
const stepFunctions = stepFunctionsClient();
const records: Records = { db: tableClient(), table: settings.table, now: () => new Date() };

const inputSchema = z.object({ event: z.unknown(), executionArn: z.string() });
const reopenHours = Number(requireEnv('TOURNIQUET_REOPEN_HOURS'));
const reopenableSince = (now: Date): Date => new Date(now.getTime() - reopenHours * 3_600_000);

const resumeSchema = z.object({ resume: z.string() });
const deliverySchema = z.object({ id: z.string() });

const ROUTE_OF: Readonly<Partial<Record<Status, Route>>> = {
  asking: 'Ask',
  containing: 'Contain',
  contained: 'Respond',
  releasing: 'Release',
  watching: 'Watch',
};

/**
 * Reads the event, opens or folds the incident, looks the suspect up, and decides how far to go. The event is the
 * execution's input; from here on state carries the incident's id alone.
 */
export const handler = async (input: unknown): Promise<Assessment> => {
  const { event, executionArn } = inputSchema.parse(input);
  const resumed = resumeSchema.safeParse(event);
  if (resumed.success) return resume(resumed.data.resume, executionArn);

  const now = records.now();
  const parsed = parseEvent(event, now);
  const each = parsed.kind === 'several' ? parsed.each : [parsed];
  const findings = each.flatMap((one) => (one.kind === 'finding' ? [one.finding] : []));
  const [finding, another] = findings;
  if (finding === undefined) return end(...withoutFinding(each, event, now, executionArn), event);
  if (another !== undefined)
    return end('Tell', ofNobody('observed', tellEach(findings), findings, now, executionArn), event);
  const located = await locate(finding, settings, lambda);
  if (located.kind === 'one') return assess(located.finding, event, now, executionArn);
  const because = [located.because];
  if (located.kind === 'nobody' || finding.archived)
    return end('Ignore', ofNobody('ignored', because, [finding], now, executionArn), event);
  const role = { roleArn: located.roleArn, siblings: located.functionNames };
  return end('Tell', ofNobody('observed', because, [finding], now, executionArn, role), event);
};

/** An event in which there is nothing to act on, or that cannot be read. */
const withoutFinding = (
  each: readonly ParsedFinding[],
  event: unknown,
  now: Date,
  executionArn: string,
): readonly [Route, Incident] => {
  // The same event delivered twice has the same id; without one the execution stands for it.
  const opener = deliverySchema.safeParse(event).data?.id ?? executionArn;
  const left = each.flatMap((one) => (one.kind === 'finding' ? [] : [one]));
  const unread = left.find(({ kind }) => kind === 'unparseable');
  const incident = unreadable((unread ?? left[0])?.reason ?? '', opener, now, executionArn);
  return unread === undefined ? ['Ignore', { ...incident, status: 'ignored' }] : ['Unparseable', incident];
};

/**
 * AWS sends one finding in an event. Of several each is told, and none is acted on: an execution owns one incident, and
 * what GuardDuty finds comes by itself.
 */
const tellEach = (findings: readonly Finding[]): readonly string[] => [
  `the event holds ${findings.length} findings, where AWS sends one in each: they are told, and none is acted on`,
  ...findings.map(
    ({ rule, title, suspect }) => `${rule}: ${title}${suspect === null ? '' : ` (${suspect.arn})`}`,
  ),
];

/** What is not enough alone is, beside what another observer saw the function do. */
const corroborated = (
  finding: FunctionFinding,
  open: Incident | null,
): { readonly finding: FunctionFinding; readonly because: readonly string[] } => {
  const because = open === null ? null : corroboration(finding, testimoniesOf(open));
  return because === null
    ? { finding, because: [] }
    : { finding: { ...finding, bound: { most: 'respond', because } }, because: [because] };
};

/**
 * What the policy expects of a function. Maintenance is no reason to look away from one that has an open incident: it
 * may be what is on trial after its release.
 */
const expected = ({ rule, suspect, doneBy }: FunctionFinding, now: Date, open: boolean): Allowance | null => {
  const by = [doneBy?.roleArn, doneBy?.functionArn].flatMap((name) => name ?? []);
  return allowanceOf(
    { rule, functionName: suspect.functionName, by },
    open ? { ...NO_ALLOWANCES, suppressions: allowances.suppressions } : allowances,
    now.getTime(),
  );
};

/** What becomes of a finding about one function. */
const assess = async (
  finding: FunctionFinding,
  event: unknown,
  now: Date,
  executionArn: string,
): Promise<Assessment> => {
  const away = elsewhere(finding.suspect, settings);
  if (away !== null) return end('Refuse', notActedOn('refused', away, finding, now, executionArn), event);
  const [suspect, open, previous] = await Promise.all([
    describeSuspect(finding.suspect, lambda),
    // An incident that is open goes on as it began: whoever lowers a tag must not disarm the watch (invariant 12).
    finding.sample || finding.archived ? null : findOpenIncident(records, finding.suspect.arn),
    finding.sample || finding.archived
      ? null
      : findClosedSince(records, finding.suspect.arn, reopenableSince(now)),
  ]);
  if (suspect === null) {
    const reason = `the function ${finding.suspect.functionName} does not exist (any more)`;
    return end('SuspectGone', notActedOn('suspect-gone', reason, finding, now, executionArn), event);
  }
  const allowance = expected(finding, now, open !== null);
  const judged = corroborated(finding, open);
  const decided = decideDisposition(judged.finding, suspect, settings, allowance, judged.because);
  const reopens = open === null && previous !== null && allowance === null;
  const disposition = reopens ? reopening(finding, decided, previous) : decided;
  if (allowance?.most === 'ignore')
    return end('Ignore', incidentFor(finding, suspect, disposition, now, executionArn), event);
  // What somebody else did to the function calls for no containment: nothing to be refused, and no receipt.
  const bound = finding.doneBy !== undefined || (finding.bound?.most ?? 'respond') !== 'respond';
  const told = bound && disposition.disposition === 'observe';
  const refused = told ? null : refusal(suspect, settings);
  if (refused !== null)
    return end('Refuse', notActedOn('refused', refused, finding, now, executionArn), event);

  if (open !== null && succeeds(executionArn, open.executionArn)) return resume(open.id, executionArn);
  if (open !== null && open.executionArn !== executionArn) return foldInto(open, finding, disposition);

  const incident = {
    ...incidentFor(finding, suspect, disposition, now, executionArn),
    ...(reopens ? { reopens: previous.id } : {}),
    labels: labelsOf(suspect.tags, labelled),
  };
  if (open === null && incident.status === 'ignored') return end('Ignore', incident, event);
  if (open === null && incident.status === 'observed') return end(told ? 'Tell' : 'Observe', incident, event);

  // A retry that finds its own incident goes on with it, also when midnight gave the new record another id.
  const { opened, incident: owner } =
    open === null
      ? await openIncident(records, incident, event, `${finding.rule}: ${finding.title}`)
      : { opened: true, incident: open };
  if (!opened && succeeds(executionArn, owner.executionArn)) return resume(owner.id, executionArn);
  if (!opened) return foldInto(owner, finding, disposition);
  return { incidentId: owner.id, route: ROUTE_OF[owner.status] ?? 'AlreadyEnded' };
};

const foldInto = async (owner: Incident, finding: Finding, decided: Disposition): Promise<Assessment> => {
  const { news, wake: rises } = await fold(records, owner, finding, {
    disposition: dispositionWhileOpen(decided, owner),
    most: decided.most,
    because: decided.because,
  });
  if (rises) await wake(records, stepFunctions, owner.id);
  return { incidentId: owner.id, route: news ? 'Fold' : 'FoldQuietly' };
};

/** Keeps what ends here; a repeat of the same is not told again. */
const end = async (route: Route, incident: Incident, event: unknown): Promise<Assessment> => {
  const { first } = await recordEnded(records, incident, event);
  const kept = first ? incident : await getIncident(records, incident.id);
  const own = kept.executionArn === incident.executionArn;
  // Of an attempt that died in between too. Written once: it says when it was.
  if (own)
    await appendEntry(records, kept.id, kept.status, kept.because.join('; '), {
      at: kept.openedAt,
    });
  return { incidentId: incident.id, route: own ? route : 'FoldQuietly' };
};

/** A new execution takes over an incident whose owner died. */
const resume = async (incidentId: string, executionArn: string): Promise<Assessment> => {
  const incident = await updateIncident(records, incidentId, { executionArn });
  const route = incident === null ? undefined : ROUTE_OF[incident.status];
  if (route === undefined) return { incidentId, route: 'AlreadyEnded' };
  await appendEntry(records, incidentId, 'resumed', `taken over by ${executionArn}`);
  return { incidentId, route };
};
