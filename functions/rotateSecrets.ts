import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import {
  cloudTrailClient,
  iamClient,
  lambdaClient,
  secretsClient,
  ssmClient,
  tableClient,
} from '../shared/aws/clients';
import { readSettings } from '../shared/aws/settings';
import { readLedger } from '../shared/containment/ledger';
import type { Incident, RotatedSecret } from '../shared/incident/incident';
import { stepInput } from '../shared/incident/stepInput';
import { appendEntry, getIncident, type Records, updateIncident } from '../shared/incident/store';
import { addTasks, markActions } from '../shared/incident/tasks';
import { refusal } from '../shared/policy/guards';
import { rotateAsked } from '../shared/rotation/rotateAsked';
import { rotateSuspectSecrets } from '../shared/rotation/rotateSuspectSecrets';
import type { RotationTools } from '../shared/rotation/secretFacts';
import { suspectOf } from '../shared/suspect/ofIncident';

const settings = readSettings();
const lambda = lambdaClient();
const tools: RotationTools = {
  lambda,
  secrets: secretsClient(),
  ssm: ssmClient(),
  iam: iamClient(),
  cloudTrail: cloudTrailClient(),
  databaseFunction: `${settings.service}-${settings.stage}-rotateDatabase`,
  pause: (milliseconds) => pause(milliseconds),
};
const records: Records = { db: tableClient(), table: settings.table, now: () => new Date() };

// `questionId` is there when an approver has answered a question with "rotate".
// `exposed` once the evidence has shown what else it reached.
const inputSchema = z.object({
  ...stepInput.shape,
  questionId: z.string().optional(),
  exposed: z.boolean().default(false),
});

/**
 * Rotates the suspect's own secrets; after containment, or the attacker would read the new value. `news`: it came to
 * something that people were not told of.
 */
export const handler = async (
  input: unknown,
): Promise<{ readonly incidentId: string; readonly news: boolean }> => {
  const { incidentId, questionId, exposed } = inputSchema.parse(input);
  const incident = await getIncident(records, incidentId);
  if (questionId !== undefined) {
    await rotateAnswered(incident, questionId);
    return { incidentId, news: false };
  }
  if (incident.decision?.action === 'false_positive') {
    await appendEntry(
      records,
      incidentId,
      'secrets-refused',
      'no secret is rotated: called a false positive',
    );
    return { incidentId, news: false };
  }
  // Without anything beside what was looked at before there is nothing to do again.
  const { exposedSecrets = [], exposedParameters = [] } = incident;
  if (exposed && exposedSecrets.length + exposedParameters.length === 0) {
    await noteLook(incident, 'exposed');
    return { incidentId, news: false };
  }
  return { incidentId, news: await rotateOwn(incident, exposed ? 'exposed' : 'named') };
};

/** That they were looked at: a release is checked by that. Where the evidence cannot tell, nobody has. */
const noteLook = async (
  { id, containment, exposureBlind }: Incident,
  which: 'named' | 'exposed',
): Promise<void> => {
  // It came back meanwhile, and they are looked at anew.
  if ((await getIncident(records, id)).containment !== containment) return;
  const at = records.now().toISOString();
  if (which === 'named') await updateIncident(records, id, { namedSecretsAt: at });
  else if (exposureBlind !== true) await updateIncident(records, id, { exposedSecretsAt: at });
};

/** True where it came to something that was not on record before. */
const rotateOwn = async (incident: Incident, which: 'named' | 'exposed'): Promise<boolean> => {
  const denied = (await readLedger(records, incident, 'role'))?.state === 'held';
  const suspect = await suspectOf(incident, lambda);
  const refused = refusal(suspect, settings);
  if (refused !== null) {
    await appendEntry(records, incident.id, 'secrets-refused', `no secret is rotated: ${refused}`);
    return false;
  }
  const result = await rotateSuspectSecrets(incident, suspect, denied, tools, records.now, which);
  // Read again: an answer may have been given meanwhile, and stays given, however often the step runs.
  const { questions: asked = [], secrets: before = [] } = await getIncident(records, incident.id);
  const answered = new Map(asked.map((question) => [question.id, question]));
  const questions = [
    ...asked.filter(({ id }) => !result.questions.some((question) => question.id === id)),
    ...result.questions.map((question) => answered.get(question.id) ?? question),
  ];
  const known = new Map(before.map((secret) => [secret.secretArn, secret]));
  const secrets = [
    ...before.filter(({ secretArn }) => !result.secrets.some((secret) => secret.secretArn === secretArn)),
    // What an approver had rotated is not asked about once more.
    ...result.secrets.map((secret) =>
      secret.outcome === 'asked' && known.get(secret.secretArn) !== undefined
        ? (known.get(secret.secretArn) ?? secret)
        : secret,
    ),
  ];
  if (questions.length > 0) await markActions(records, incident.id);
  await updateIncident(records, incident.id, { secrets, questions });
  const news = result.secrets.filter(({ secretArn }) => !known.has(secretArn));
  for (const { secretArn, detail } of news)
    await appendEntry(records, incident.id, `secret-${secretArn}`, detail);
  const opened = await addTasks(records, incident.id, result.tasks);
  for (const id of opened)
    await appendEntry(records, incident.id, `task-${id}`, `task ${id} is open: ${result.tasks[id]?.what}`);
  // Last: its tasks are on the record too.
  await noteLook(incident, which);
  return news.length + opened.length > 0;
};

/** Rotates the secret of an answered question: the answer is in the record, put there by the approver's press. */
const rotateAnswered = async (incident: Incident, questionId: string): Promise<void> => {
  const question = incident.questions?.find(({ id }) => id === questionId);
  if (question?.answer !== 'rotate') return;
  const { secretArn, answeredBy } = question;
  const note = async (outcome: RotatedSecret['outcome'], detail: string) => {
    const at = records.now().toISOString();
    const secrets = (incident.secrets ?? []).map((secret) =>
      secret.secretArn === secretArn ? { ...secret, outcome, detail, at } : secret,
    );
    await updateIncident(records, incident.id, { secrets });
    await appendEntry(records, incident.id, `secret-${secretArn}`, detail);
  };
  let how: string;
  try {
    how = await rotateAsked(incident, secretArn, await suspectOf(incident, lambda), tools);
  } catch (error) {
    // It was promised to the approver: that it did not come about is on the record, and the step's alarm tells.
    await note(
      'failed',
      `NOT rotated, though ${answeredBy ?? 'an approver'} decided so: ${error instanceof Error ? error.name : 'unknown'}`,
    );
    throw error;
  }
  await note('rotated', `${how}, decided by ${answeredBy ?? 'an approver'}`);
};
