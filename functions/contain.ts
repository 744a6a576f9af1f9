import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { iamClient, lambdaClient, tableClient } from '../shared/aws/clients';
import { readSettings } from '../shared/aws/settings';
import { contain } from '../shared/containment/contain';
import type { ControlTools } from '../shared/containment/control';
import type { Incident } from '../shared/incident/incident';
import { stepInput } from '../shared/incident/stepInput';
import { appendEntry, getIncident, type Records, updateIncident } from '../shared/incident/store';
import { refusal } from '../shared/policy/guards';
import { suspectOf } from '../shared/suspect/ofIncident';
import { siblingsOf } from '../shared/suspect/siblings';

const settings = readSettings();
const lambda = lambdaClient();
const iam = iamClient();
const records: Records = { db: tableClient(), table: settings.table, now: () => new Date() };

/** A guard refuses what Assess admitted: the suspect changed in between. */
export class RefusedByGuardError extends Error {
  override readonly name = 'RefusedByGuardError';
}

const inputSchema = stepInput.extend({
  /** All tries are used up: what holds is what there is, and a human decides from here on. */
  settleForPartial: z.boolean().default(false),
});

/** Contains the suspect: every control in order, ledger first, verified after. */
export const handler = async (input: unknown): Promise<{ readonly incidentId: string }> => {
  const { incidentId, settleForPartial } = inputSchema.parse(input);
  if (settleForPartial) return settle(incidentId);
  const incident = await begin(await getIncident(records, incidentId));
  const suspect = await suspectOf(incident, lambda);
  const [, , , ownRegion = '', ownAccountId = ''] = settings.stateMachineArn.split(':');
  const refused = refusal(suspect, { ...settings, ownRegion, ownAccountId });
  if (refused !== null) throw new RefusedByGuardError(`${suspect.arn} is not contained: ${refused}`);

  const tools: ControlTools = {
    lambda,
    iam,
    records,
    denyPolicyArn: settings.denyPolicyArn,
    holder: `${incidentId}#${incident.containment}`,
    pause: (milliseconds) => pause(milliseconds),
  };
  await contain(suspect, incident, tools, async ({ control, title, detail }) => {
    const at = records.now();
    await appendEntry(records, incidentId, `contain-${control}`, `${title}: ${detail}`);
    if (control !== 'concurrency' || incident.containedAt !== undefined) return;
    await updateIncident(records, incidentId, {
      containedAt: at.toISOString(),
      // What release is judged by: the code that was there when it was stopped.
      containedDigest: suspect.codeSha256,
      lastInFlightAt: new Date(at.getTime() + suspect.timeoutSeconds * 1000).toISOString(),
    });
  });
  await updateIncident(records, incidentId, { status: 'contained' }, { from: ['containing'] });
  // After the fact, so that it delays nothing: whom the deny on the role also stops.
  await updateIncident(records, incidentId, { siblings: await siblingsOf(suspect, lambda) });
  return { incidentId };
};

/**
 * The incident with its status set to `containing`. After a release (a relapse) this is a new containment with a
 * ledger of its own, as what it will find is what the release put back.
 */
const begin = async (incident: Incident): Promise<Incident> => {
  const anew = await updateIncident(
    records,
    incident.id,
    { status: 'containing', containment: incident.containment + 1, round: incident.round + 1 },
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
    `contained again: ${incident.relapse ?? 'a new finding'}`,
  );
  return anew;
};

const settle = async (incidentId: string): Promise<{ readonly incidentId: string }> => {
  const settled = await updateIncident(
    records,
    incidentId,
    { status: 'contained' },
    { from: ['containing'] },
  );
  if (settled !== null)
    await appendEntry(records, incidentId, 'partial', 'NOT wholly contained: see the ledger');
  return { incidentId };
};
