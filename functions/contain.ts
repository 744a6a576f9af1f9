import { z } from 'zod';
import { iamClient, lambdaClient, scalingClient, sqsClient, tableClient } from '../shared/aws/clients';
import { log } from '../shared/aws/log';
import { readSettings } from '../shared/aws/settings';
import { contain } from '../shared/containment/contain';
import { readLedgers } from '../shared/containment/ledger';
import { controlTools } from '../shared/containment/tools';
import type { Incident } from '../shared/incident/incident';
import { stepInput } from '../shared/incident/stepInput';
import {
  appendEntry,
  endIncident,
  getIncident,
  type Records,
  updateIncident,
} from '../shared/incident/store';
import { refusal } from '../shared/policy/guards';
import type { Suspect } from '../shared/suspect/describe';
import { suspectCode } from '../shared/suspect/liveCode';
import { SuspectGoneError, suspectOf } from '../shared/suspect/ofIncident';
import { siblingsOf } from '../shared/suspect/siblings';

const settings = readSettings();
const lambda = lambdaClient();
const iam = iamClient();
const sqs = sqsClient();
const scaling = scalingClient();
const records: Records = { db: tableClient(), table: settings.table, now: () => new Date() };

/** The controls after which nothing starts any more: one of the two applies, by what the function runs on. */
const STOPS = new Set(['concurrency', 'managed-instances']);

/** What came of it: `ask`: a relapse of a function whose mode is ask. `refused` and
 * `gone` end the incident, as nothing was changed. */
type Outcome = 'contained' | 'ask' | 'refused' | 'gone';
type Answer = { readonly incidentId: string; readonly outcome: Outcome };

const inputSchema = stepInput.extend({
  /** All tries are used up: what holds is what there is, and a human decides from here on. */
  settleForPartial: z.boolean().default(false),
});

/** Contains the suspect: every control in order, ledger first, verified after. */
export const handler = async (input: unknown): Promise<Answer> => {
  const { incidentId, settleForPartial } = inputSchema.parse(input);
  if (settleForPartial) return settle(incidentId);
  const incident = await begin(await getIncident(records, incidentId));
  if (incident.status === 'asking') return { incidentId, outcome: 'ask' };
  // Assessed a moment ago, or hours ago by a human who was asked: what it is now is what counts.
  const suspect = await liveSuspect(incident);
  if (suspect === null)
    return end(incident, 'gone', `the function ${incident.functionName} does not exist any more`);
  const refused = refusal(suspect, settings);
  if (refused !== null) return end(incident, 'refused', refused);
  if (incident.containedDigest === undefined) {
    // What a release is judged by: the code that was there when it was stopped.
    await updateIncident(records, incidentId, {
      containedDigest: await digestOf(suspect),
      // The role may have changed since the incident was opened: the one that is denied now is its role.
      roleArn: suspect.roleArn,
    });
  }

  const tools = controlTools({ lambda, iam, sqs, scaling, records }, settings, incident);
  await contain(suspect, incident, tools, async ({ control, title, detail }) => {
    const at = records.now();
    await appendEntry(records, incidentId, `contain-${control}`, `${title}: ${detail}`);
    if (!STOPS.has(control) || incident.containedAt !== undefined) return;
    await updateIncident(records, incidentId, {
      containedAt: at.toISOString(),
      lastInFlightAt: new Date(at.getTime() + suspect.timeoutSeconds * 1000).toISOString(),
    });
  });
  await updateIncident(records, incidentId, { status: 'contained' }, { from: ['containing'] });
  // After the fact, so that it delays nothing: whom the deny on the role also stops.
  await noteSiblings(incidentId, suspect);
  return { incidentId, outcome: 'contained' };
};

/**
 * The incident with its status set to `containing`. After a release (a relapse) this is a new containment with a
 * ledger of its own, as what it will find is what the release put back.
 */
const begin = async (incident: Incident): Promise<Incident> => {
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
      remove: ['relapse', 'decision', 'acknowledged', 'containedAt', 'containedDigest', 'releasedAt'],
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
  const settled = await updateIncident(
    records,
    incidentId,
    { status: 'contained' },
    { from: ['containing'] },
  );
  if (settled !== null)
    await appendEntry(records, incidentId, 'partial', 'NOT wholly contained: see the ledger');
  return { incidentId, outcome: 'contained' };
};

/** Whom else the deny stops. Not knowing it makes the containment no less whole. */
const noteSiblings = async (incidentId: string, suspect: Suspect): Promise<void> => {
  try {
    await updateIncident(records, incidentId, { siblings: await siblingsOf(suspect, lambda) });
  } catch (error) {
    const why = error instanceof Error ? error.name : 'unknown';
    await appendEntry(
      records,
      incidentId,
      'siblings',
      `which other functions use its role could not be found out: ${why}`,
    );
  }
};

/** The digest of the code that is contained; empty where it cannot be read, which must not hold up containment. */
const digestOf = async (suspect: Suspect): Promise<string> => {
  if (suspect.qualifier === null) return suspect.codeSha256;
  try {
    return (await suspectCode(suspect, lambda)).codeSha256;
  } catch (error) {
    log.warn('the code of the qualifier could not be read: only a false positive can be released', {
      incident: suspect.arn,
      why: error instanceof Error ? error.name : 'unknown',
    });
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
  await endIncident(records, incident, outcome === 'gone' ? 'suspect-gone' : 'refused', because);
  await appendEntry(records, incident.id, outcome, because);
  return { incidentId: incident.id, outcome };
};
