import { createHash } from 'node:crypto';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import type { Incident, Question, RotatedSecret } from '../incident/incident';
import type { Suspect } from '../suspect/describe';
import { chooseRotation, type SecretFacts, STRATEGY_TAG, timesFor } from './ownership';
import { secretReferences } from './references';
import { rotate } from './rotate';
import { type KnownSecret, type RotationTools, secretFacts } from './secretFacts';

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
export const rotationToken = (incident: Incident, secretArn: string, turn = 0): string =>
  createHash('sha256')
    .update(`${incident.id}/${incident.containment}/${secretArn}${turn === 0 ? '' : `/${turn}`}`)
    .digest('hex')
    .slice(0, 36);

/** Rotates as often as the secret's strategy needs, and says what that came to. */
export const rotateFully = async (
  incident: Incident,
  { arn, facts: { strategy } }: Pick<KnownSecret, 'arn'> & { readonly facts: Pick<SecretFacts, 'strategy'> },
  tools: RotationTools,
): Promise<string> => {
  const times = timesFor(strategy);
  const tokens = Array.from({ length: times }, (_, turn) => rotationToken(incident, arn, turn));
  const said = await rotate(tools, arn, tokens);
  const how = {
    'single-user': '',
    'alternating-users': 'twice, since two users alternate',
    unknown: `twice, in case two users alternate (its tag ${STRATEGY_TAG} may say)`,
  }[strategy];
  return ['rotated', ...(how === '' ? [] : [how]), ...said].join('; ');
};

/** Who would have to read it anew: an approver sees them before the press. */
const consumersOf = ({ otherFunctions, otherReaders }: SecretFacts): string => {
  const all = [...otherFunctions, ...(otherReaders ?? [])];
  if (otherReaders === null) return `. Used by ${[...all, 'whom else is not known'].join(', ')}`;
  return all.length === 0 ? '. Nobody else is known to use it' : `. Also used by ${all.join(', ')}`;
};

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
        const how = await rotateFully(incident, known, tools);
        note(known.arn, 'rotated', `${how}: it belongs to this function alone`);
      } else if (choice.choice === 'ask') {
        note(known.arn, 'asked', `not rotated without a human: ${choice.why}`);
        questions.push({
          id: questionId(known.arn),
          secretArn: known.arn,
          why: `A human decides, as ${choice.why}${consumersOf(known.facts)}`,
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
