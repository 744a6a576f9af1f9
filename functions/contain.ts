import * as z from 'zod/mini';
import { iamClient, lambdaClient, scalingClient, sqsClient, tableClient } from '../shared/aws/clients';
import { functionCount } from '../shared/aws/functionCount';
import { readSettings } from '../shared/aws/settings';
import { contain, look } from '../shared/containment/contain';
import { BEFORE_THE_REST, CONTROLS, chosen } from '../shared/containment/controls';
import { extentOf, NOT_WHOLE } from '../shared/containment/extent';
import { readLedgers } from '../shared/containment/ledger';
import { noteHeld } from '../shared/containment/noteHeld';
import { controlTools } from '../shared/containment/tools';
import { leaveAdmission, requestAdmission } from '../shared/incident/admission';
import { containmentOf, type Incident } from '../shared/incident/incident';
import { takenOff } from '../shared/incident/ofAContainment';
import { stepInput } from '../shared/incident/stepInput';
import {
  appendEntry,
  endIncident,
  getIncident,
  type Records,
  updateIncident,
} from '../shared/incident/store';
import { choicesWith } from '../shared/policy/choices';
import { refusal } from '../shared/policy/guards';
import { asContained, readDeployed } from '../shared/suspect/deployed';
import type { Suspect } from '../shared/suspect/describe';
import { suspectCode } from '../shared/suspect/liveCode';
import { recordedSuspect, SuspectGoneError, suspectOf } from '../shared/suspect/ofIncident';
import { siblingsOf } from '../shared/suspect/siblings';

const settings = readSettings();
const lambda = lambdaClient();
const iam = iamClient();
const sqs = sqsClient();
const scaling = scalingClient();
const records: Records = { db: tableClient(), table: settings.table, now: () => new Date() };

/** What came of it: `ask`: a relapse of a function whose mode is ask. `refused` and
 * `gone` end the incident, as nothing was changed. */
type Outcome = 'contained' | 'ask' | 'refused' | 'gone';
type Answer = { readonly incidentId: string; readonly outcome: Outcome };

const inputSchema = z.object({
  ...stepInput.shape,
  /** All tries are used up: what holds is what there is, and a human decides from here on. */
  settleForPartial: z._default(z.boolean(), false),
});

/** Contains the suspect: every control in order, ledger first, verified after. */
export const handler = async (input: unknown): Promise<Answer> => {
  const { incidentId, settleForPartial } = inputSchema.parse(input);
  if (settleForPartial) return settle(incidentId);
  const incident = await begin(await getIncident(records, incidentId));
  if (incident.status === 'asking') return { incidentId, outcome: 'ask' };
  const tools = controlTools({ lambda, iam, sqs, scaling, records }, settings, incident);
  // What stops it is read while the guards are asked: every call counts until it stands still.
  const first = look(BEFORE_THE_REST, recordedSuspect(incident), incident, tools);
  const admission = admissionOf(incident);
  // Assessed a moment ago, or hours ago by a human who was asked: what it is now is what counts.
  const suspect = await liveSuspect(incident);
  if (suspect === null)
    return end(incident, 'gone', `the function ${incident.functionName} does not exist any more`);
  const refused = refusal(suspect, settings);
  if (refused !== null) return end(incident, 'refused', refused);
  const { admitted, because } = await admission;
  if (!admitted) return ask(incident, because);

  const noted = noteSuspect(incident, suspect);
  noted.catch(() => undefined);
  // Made anew elsewhere since it was assessed, it is stopped by something else: what was read does not say so.
  const elsewhere = suspect.capacityProvider !== incident.capacityProvider;
  await contain(
    suspect,
    incident,
    tools,
    (held) => noteHeld(records, incident, suspect, held),
    elsewhere ? look(BEFORE_THE_REST, suspect, incident, tools) : first,
  );
  await noted;
  await updateIncident(
    records,
    incidentId,
    { status: 'contained', holds: 'whole' },
    { from: ['containing'] },
  );
  // After the fact, so that it delays nothing: whom the deny on the role also stops, and what is deployed.
  await noteSiblings(incidentId, suspect);
  await noteDeployed(incidentId, suspect);
  return { incidentId, outcome: 'contained' };
};

/** Caps and breaker, asked while the suspect is read. A containment that has begun goes on, whatever they say now. */
const admissionOf = async (
  incident: Incident,
): Promise<{ readonly admitted: boolean; readonly because: string }> => {
  if (incident.ordered === incident.containment || incident.containedAt !== undefined)
    return { admitted: true, because: '' };
  try {
    const admission = await requestAdmission(records, containmentOf(incident), settings.limits, () =>
      functionCount(lambda),
    );
    return admission.admitted ? { admitted: true, because: '' } : admission;
  } catch (error) {
    const why = named(error);
    return { admitted: false, because: `caps and breaker could not be evaluated (${why}): a human decides` };
  }
};

/** Instead of containing: a human is asked, who is told why. */
const ask = async (incident: Incident, because: string): Promise<Answer> => {
  await updateIncident(
    records,
    incident.id,
    { status: 'asking', disposition: 'ask', because: [...incident.because, because] },
    { from: ['containing'] },
  );
  await appendEntry(records, incident.id, 'not-admitted', because);
  return { incidentId: incident.id, outcome: 'ask' };
};

/** Names an error, and no more of it: its text may be an attacker's. */
const named = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');

/** What a release is judged by: the code that was there when it was stopped, and the role that it ran under. */
const noteSuspect = async (incident: Incident, suspect: Suspect): Promise<void> => {
  if (incident.containedDigest !== undefined) return;
  const digest = await digestOf(incident.id, suspect);
  await updateIncident(records, incident.id, {
    containedDigest: digest,
    ...(digest === ''
      ? {}
      : { containedDigests: [...new Set([...(incident.containedDigests ?? []), digest])] }),
    // The role may have changed since the incident was opened: the one that is denied now is its role.
    roleArn: suspect.roleArn,
  });
};

/**
 * The incident with its status set to `containing`. After a release (a relapse) this is a new containment with a
 * ledger of its own, as what it will find is what the release put back.
 */
const begin = async (incident: Incident): Promise<Incident> => {
  if (incident.status !== 'watching') return incident;
  const anew = await updateIncident(
    records,
    incident.id,
    {
      // Where a human was asked the first time, a human is asked again.
      status: incident.disposition === 'ask' ? 'asking' : 'containing',
      containment: incident.containment + 1,
      round: incident.round + 1,
    },
    {
      from: ['watching'],
      // While a human is asked, other code may come.
      remove: takenOff(incident.disposition !== 'ask' && incident.codeIsBack),
    },
  );
  if (anew === null) return incident;
  await appendEntry(
    records,
    incident.id,
    'relapse',
    `after the release: ${incident.relapse ?? 'a new finding'}`,
  );
  return anew;
};

const settle = async (incidentId: string): Promise<Answer> => {
  const incident = await getIncident(records, incidentId);
  const ledger = await readLedgers(records, incident);
  const holds = extentOf(
    ledger,
    chosen(CONTROLS, choicesWith(settings.choices, incident.added)).map(({ id }) => id),
  );
  // The playbook waits for people from here on; `holds` says what they have to do with.
  const settled = await updateIncident(
    records,
    incidentId,
    { status: 'contained', holds },
    { from: ['containing'] },
  );
  if (settled !== null && holds !== 'whole')
    await appendEntry(records, incidentId, 'partial', `${NOT_WHOLE[holds]}: see the ledger`);
  return { incidentId, outcome: 'contained' };
};

/** Whom else the deny stops. Not knowing it makes the containment no less whole. */
const noteSiblings = async (incidentId: string, suspect: Suspect): Promise<void> => {
  try {
    await updateIncident(records, incidentId, { siblings: await siblingsOf(suspect, lambda) });
  } catch (error) {
    const why = named(error);
    await appendEntry(
      records,
      incidentId,
      'siblings',
      `which other functions use its role could not be found out: ${why}`,
    );
  }
};

/** What the drift watch compares with. Where it cannot be read now, the watch's first look is what it compares with. */
const noteDeployed = async (incidentId: string, suspect: Suspect): Promise<void> => {
  try {
    const incident = await getIncident(records, incidentId);
    if (incident.containedConfiguration !== undefined) return;
    const deployed = await readDeployed(suspect, incidentId, incident.containedDigest ?? '', lambda);
    await updateIncident(
      records,
      incidentId,
      { containedConfiguration: asContained(incident, deployed) },
      { from: ['contained'] },
    );
  } catch (error) {
    const why = named(error);
    const text = `what is deployed could not be read (${why}): the watch compares with its first look`;
    await appendEntry(records, incidentId, 'deployed', text);
  }
};

/** The digest of the code that is contained; empty where it cannot be read, which must not hold up containment. */
const digestOf = async (incidentId: string, suspect: Suspect): Promise<string> => {
  if (suspect.qualifier === null) return suspect.codeSha256;
  try {
    return (await suspectCode(suspect, lambda)).codeSha256;
  } catch (error) {
    const why = named(error);
    const text = `its code could not be read (${why}): only a false positive releases it`;
    await appendEntry(records, incidentId, 'digest', text);
    return '';
  }
};

/** The function as it is now; null when it is gone and we have changed nothing that would have to be put back. */
const liveSuspect = async (incident: Incident) => {
  try {
    return await suspectOf(incident, lambda);
  } catch (error) {
    if (!(error instanceof SuspectGoneError) || (await isTouched(incident))) throw error;
    return null;
  }
};

const isTouched = async (incident: Incident): Promise<boolean> =>
  (await readLedgers(records, incident)).some(({ state }) => state !== 'not-needed');

/** Something of an earlier try is in place, so the incident cannot just end: a human decides. */
export class RefusedByGuardError extends Error {
  override readonly name = 'RefusedByGuardError';
}

const end = async (incident: Incident, outcome: 'refused' | 'gone', because: string): Promise<Answer> => {
  if (await isTouched(incident))
    throw new RefusedByGuardError(`${incident.id} is partly contained, and ${because}`);
  await leaveAdmission(records, containmentOf(incident));
  await endIncident(records, incident, outcome === 'gone' ? 'suspect-gone' : 'refused', because);
  await appendEntry(records, incident.id, outcome, because);
  return { incidentId: incident.id, outcome };
};
