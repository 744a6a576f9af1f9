import { createHash } from 'node:crypto';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { inBatches } from '../evidence/attempt';
import type { Incident, Question, RotatedSecret, Task } from '../incident/incident';
import { taskId } from '../incident/tasks';
import type { Suspect } from '../suspect/describe';
import { accessKeyFacts } from './accessKey';
import { askDatabase } from './askDatabase';
import { ACCESS_KEY, burnedVariables } from './burned';
import { generate } from './generate';
import { CONTACT_TAG, chooseRotation, type SecretFacts, STRATEGY_TAG, timesFor } from './ownership';
import { NOT_KNOWN, parameterFacts } from './parameterFacts';
import { rotateByPlugin } from './plugin';
import { pluginOf } from './pluginName';
import { secretReferences } from './references';
import { rotate } from './rotate';
import { type KnownSecret, type RotationTools, secretFacts } from './secretFacts';

export type RotationResult = {
  readonly secrets: readonly RotatedSecret[];
  readonly questions: readonly Question[];
  /** What only people can do, by id. */
  readonly tasks: Readonly<Record<string, Task>>;
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
  {
    arn,
    facts: { strategy, tags },
  }: Pick<KnownSecret, 'arn'> & { readonly facts: Pick<SecretFacts, 'strategy' | 'tags'> },
  tools: RotationTools,
): Promise<string> => {
  if (strategy === 'generated') {
    await generate(tools, arn, rotationToken(incident, arn));
    return 'rotated to a new random value; whoever keeps the old one in memory must read it anew, and that the old one is refused is not known here';
  }
  if (strategy === 'database' || strategy === 'database-alternating') {
    const tokens = Array.from({ length: timesFor(strategy) }, (_, turn) =>
      rotationToken(incident, arn, turn),
    );
    const alternating = strategy === 'database-alternating';
    const said = await askDatabase(tools, { secretArn: arn, tokens, alternating });
    return `rotated${alternating ? ' twice, since two users alternate' : ''}; ${said}`;
  }
  if (strategy === 'plugin')
    return rotateByPlugin(tools, arn, pluginOf(tags[STRATEGY_TAG]) ?? '', rotationToken(incident, arn));
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

const DENIED_NOT = ". The role's credentials are not denied: a thief would read the new value too";

/** What the evidence knows by name alone has an ARN that is not whole: then the name is asked for. */
const find = async (secret: string, suspect: Suspect, tools: RotationTools): Promise<KnownSecret | null> => {
  const found = await secretFacts(secret, suspect, tools);
  const at = secret.indexOf(':secret:');
  return found ?? (at === -1 ? null : secretFacts(secret.slice(at + ':secret:'.length), suspect, tools));
};

/** Rotates what is the suspect's own, and makes a question of every other secret that its configuration names, or that it is known to have reached. */
export const rotateSuspectSecrets = async (
  incident: Incident,
  suspect: Suspect,
  /** Whether its role's credentials are denied: if not, a thief would read the new value as well. */
  denied: boolean,
  tools: RotationTools,
  now: () => Date,
  /** `exposed`: what the evidence shows beside what its configuration names, which another step looks after. */
  which: 'named' | 'exposed' = 'named',
): Promise<RotationResult> => {
  const { Environment } = await tools.lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: suspect.arn }),
  );
  const secrets: RotatedSecret[] = [];
  const questions: Question[] = [];
  const tasks: Record<string, Task> = {};
  const task = (about: string, what: string, tags: Readonly<Record<string, string>>) => {
    // A tag's value may be anybody's, and has 256 characters.
    const contact = tags[CONTACT_TAG] ?? suspect.tags[CONTACT_TAG] ?? null;
    tasks[taskId(about)] = { about, what, contact, at: now().toISOString() };
  };
  const note = (secretArn: string, outcome: RotatedSecret['outcome'], detail: string) =>
    secrets.push({ secretArn, outcome, detail, at: now().toISOString() });
  const ask = (about: string, why: string) => {
    note(about, 'asked', `not rotated without a human: ${why}`);
    questions.push({ id: questionId(about), secretArn: about, why: `A human decides, as ${why}` });
  };
  // Each once, however often it is named.
  const named = secretReferences(Environment?.Variables ?? {});
  const seen = new Set<string>();
  if (which === 'exposed')
    for (const { secret } of named) {
      const found = await find(secret, suspect, tools).catch(() => null);
      if (found !== null) seen.add(found.arn);
    }
  const looked =
    which === 'named' ? named : (incident.exposedSecrets ?? []).map((secret) => ({ secret, variable: null }));
  const known: KnownSecret[] = [];
  for (const { secret, variable } of looked) {
    const what = variable === null ? secret : `the one named by ${variable}`;
    try {
      const found = await find(secret, suspect, tools);
      if (found === null) note(what, 'not-rotatable', 'there is no such secret');
      else if (!seen.has(found.arn)) known.push(found);
      if (found !== null) seen.add(found.arn);
    } catch (error) {
      note(what, 'failed', `NOT rotated: ${explain(error)}`);
    }
  }
  // The worst first, and some at a time: one that hangs takes minutes, and the others must not wait for it.
  await inBatches(known, async (found) => {
    const { arn, facts } = found;
    const choice = chooseRotation(suspect, denied, facts);
    if (choice.choice === 'ask') {
      ask(arn, `${choice.why}${consumersOf(facts)}`);
    } else if (choice.choice === 'not-rotatable') {
      note(arn, 'not-rotatable', `not rotated: ${choice.why}`);
      task(arn, `the secret ${arn} is NOT rotated: ${choice.why}`, facts.tags);
    } else {
      try {
        const how = await rotateFully(incident, found, tools);
        note(arn, 'rotated', `${how}: it belongs to this function alone`);
      } catch (error) {
        note(arn, 'failed', `NOT rotated: ${explain(error)}`);
      }
    }
  });
  if (which === 'named') {
    for (const { variable, kind, keyId } of burnedVariables(Environment?.Variables ?? {})) {
      const key = keyId === undefined ? null : await accessKeyFacts(tools.iam, keyId).catch(() => null);
      if (key?.mayBeDeactivated === true)
        ask(
          `the access key ${keyId}`,
          `it is in the variable ${variable}, and whatever else uses it stops: it is ${key.user}'s. Rotating it means deactivating it, never deleting`,
        );
      task(
        `${suspect.arn} ${variable}`,
        `the variable ${variable} holds ${kind}, in plain text: ${kind === ACCESS_KEY ? `deactivate that key (${key?.user == null ? 'aws iam' : `of ${key.user}: aws iam`} update-access-key --status Inactive), and give the function a role instead` : 'replace it where it is valid, and keep the new one in Secrets Manager'}`,
        key?.tags ?? {},
      );
    }
  } else {
    for (const arn of incident.exposedParameters ?? []) {
      const { secure, tags } = await parameterFacts(tools.ssm, arn, suspect.accountId).catch(() => NOT_KNOWN);
      if (secure === false) continue;
      if (secure === true && tags[STRATEGY_TAG] === 'generated') {
        ask(arn, `it could be read, and who else reads it is not known${denied ? '' : DENIED_NOT}`);
        continue;
      }
      task(
        arn,
        secure === null
          ? `the parameter ${arn} could be read, and whether it is a SecureString could not be found out: replace its value if it is secret`
          : `the parameter ${arn} is a SecureString that could be read: replace its value where it is valid, and in the parameter`,
        tags,
      );
    }
  }
  return { secrets, questions, tasks };
};
