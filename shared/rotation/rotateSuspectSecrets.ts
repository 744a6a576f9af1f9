import { createHash } from 'node:crypto';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import type { Incident, Question, RotatedSecret } from '../incident/incident';
import type { Suspect } from '../suspect/describe';
import { chooseRotation } from './ownership';
import { secretReferences } from './references';
import { rotate } from './rotate';
import { type RotationTools, secretFacts } from './secretFacts';

export type RotationResult = {
  readonly secrets: readonly RotatedSecret[];
  readonly questions: readonly Question[];
};

const explain = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/**
 * The version id of a rotation for one containment: a retried step rotates once. 32 to 64 characters, as
 * RotateSecret's ClientRequestToken must be.
 */
export const rotationToken = (incident: Incident, secretArn: string): string =>
  createHash('sha256')
    .update(`${incident.id}/${incident.containment}/${secretArn}`)
    .digest('hex')
    .slice(0, 36);

const questionId = (secretArn: string): string =>
  createHash('sha256').update(secretArn).digest('hex').slice(0, 12);

/** Rotates what is the suspect's own, and makes a question of every other secret that its configuration names. */
export const rotateSuspectSecrets = async (
  incident: Incident,
  suspect: Suspect,
  /** Whether its role's credentials are denied: if not, a thief would read the new value as well. */
  denied: boolean,
  tools: RotationTools,
  now: () => Date,
): Promise<RotationResult> => {
  const { Environment } = await tools.lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: suspect.arn }),
  );
  const secrets: RotatedSecret[] = [];
  const questions: Question[] = [];
  const note = (secretArn: string, outcome: RotatedSecret['outcome'], detail: string) =>
    secrets.push({ secretArn, outcome, detail, at: now().toISOString() });
  for (const { secret, variable } of secretReferences(Environment?.Variables ?? {})) {
    try {
      const known = await secretFacts(secret, suspect, tools);
      if (known === null) {
        note(`the one named by ${variable}`, 'not-rotatable', 'there is no such secret');
        continue;
      }
      const choice = chooseRotation(suspect, denied, known.facts);
      if (choice.choice === 'rotate') {
        await rotate(tools, known.arn, rotationToken(incident, known.arn));
        note(known.arn, 'rotated', 'rotated: it belongs to this function alone');
      } else if (choice.choice === 'ask') {
        note(known.arn, 'asked', `not rotated without a human: ${choice.why}`);
        questions.push({
          id: questionId(known.arn),
          secretArn: known.arn,
          why: `A human decides, as ${choice.why}`,
        });
      } else {
        note(known.arn, 'not-rotatable', `not rotated: ${choice.why}`);
      }
    } catch (error) {
      note(`the one named by ${variable}`, 'failed', `NOT rotated: ${explain(error)}`);
    }
  }
  return { secrets, questions };
};
