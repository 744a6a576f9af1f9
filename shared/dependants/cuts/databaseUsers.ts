import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import {
  DescribeSecretCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { awsCli } from '../../containment/awsCli';
import { STRATEGY_TAG } from '../../rotation/ownership';
import { type CutClients, defineCut, type Target } from '../cut';
import { reachedOf } from '../reached';

/** `through`: the function that was asked, for the command that undoes it. */
type Before = { readonly locked: boolean; readonly through: string };

/** What a secret is tagged with that holds a user of a database whose password our function replaces. */
const DATABASE = ['database', 'database-alternating'];

/** Our function could not say, or not do it. Its own message may hold names of a database: only its kind is told. */
export class DatabaseUserError extends Error {
  override readonly name = 'DatabaseUserError';
  constructor(action: string, secretArn: string, errorType: string) {
    super(
      `${action} of the user in ${secretArn} failed (${errorType}): see the log of the database function`,
    );
  }
}

const answerSchema = z.object({ locked: z.boolean() });
const failureSchema = z.object({ errorType: z.string().regex(/^\w{1,60}$/) });

const payloadOf = (action: string, secretArn: string): string => JSON.stringify({ action, secretArn });

const ask = async (
  action: 'lock' | 'unlock' | 'isLocked',
  secretArn: string,
  lambda: LambdaClient,
  databaseFunction: string,
): Promise<boolean> => {
  // A plan has no function to ask, nor the right to: whoever may ask may lock.
  if (databaseFunction === '' && action === 'isLocked') return false;
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({ FunctionName: databaseFunction, Payload: payloadOf(action, secretArn) }),
  );
  const answer: unknown = JSON.parse(Buffer.from(Payload ?? []).toString() || 'null');
  if (FunctionError !== undefined) {
    const failure = failureSchema.safeParse(answer);
    throw new DatabaseUserError(action, secretArn, failure.success ? failure.data.errorType : FunctionError);
  }
  const parsed = answerSchema.safeParse(answer);
  if (!parsed.success) throw new DatabaseUserError(action, secretArn, 'another answer than was agreed');
  return parsed.data.locked;
};

/** The tags of a secret; null when there is none (any more). Its value is not read here. */
const tagsOf = async (
  SecretId: string,
  secrets: SecretsManagerClient,
): Promise<{ readonly arn: string; readonly tag: string | undefined } | null> => {
  try {
    const { ARN, Tags = [], DeletedDate } = await secrets.send(new DescribeSecretCommand({ SecretId }));
    if (DeletedDate !== undefined) return null;
    return { arn: ARN ?? SecretId, tag: Tags.find(({ Key }) => Key === STRATEGY_TAG)?.Value };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  }
};

const isThere = async (arn: string, { secrets }: CutClients): Promise<boolean> =>
  (await tagsOf(arn, secrets)) !== null;

/**
 * Users of databases whose password the suspect could read (MITRE ATT&CK T1078). A new password ends no session, and
 * takes a while; a locked user opens none from now on. Only where the secret's own tag says that our function may log in
 * there.
 */
export const databaseUsers = defineCut<Before>({
  kind: 'database-users',
  title: 'Users of databases whose password it could read',
  permissions: ['secretsmanager:DescribeSecret', 'lambda:InvokeFunction'],

  find: async (reach, clients) => {
    const { secrets, lambda, databaseFunction } = clients;
    const targets: Target<Before>[] = [];
    for (const reached of reachedOf(reach, 'secret', clients)) {
      const secret = await tagsOf(reached, secrets);
      if (secret === null || !DATABASE.includes(secret.tag ?? '')) continue;
      const locked = await ask('isLocked', secret.arn, lambda, databaseFunction);
      const breaks = `nobody logs in as the database user of ${secret.arn}`;
      targets.push({ id: secret.arn, before: { locked, through: databaseFunction }, breaks });
    }
    return targets;
  },

  cut: async ({ id }, _reach, clients) => {
    if (await isThere(id, clients)) await ask('lock', id, clients.lambda, clients.databaseFunction);
  },

  isCut: async ({ id }, _reach, clients) =>
    !(await isThere(id, clients)) || (await ask('isLocked', id, clients.lambda, clients.databaseFunction)),

  mend: async ({ id, before }, _reach, clients) => {
    const { lambda, databaseFunction } = clients;
    if (!(await isThere(id, clients)))
      return { outcome: 'drift', detail: 'the secret of the user no longer exists: unlock it by hand' };
    if (before.locked) return { outcome: 'restored', detail: 'it was locked before, and stays so' };
    if (!(await ask('isLocked', id, lambda, databaseFunction)))
      return { outcome: 'restored', detail: 'it is not locked any more' };
    await ask('unlock', id, lambda, databaseFunction);
    return { outcome: 'restored', detail: 'the user may log in again' };
  },

  does: 'lock the users of databases that are named in',
  cautions: [
    'everything else that logs in as the same user is locked out too',
    `our function logs in wherever a secret tagged ${STRATEGY_TAG} leads it: who may tag secrets decides that`,
  ],

  undo: ({ id, before }, { region }) =>
    before.locked
      ? []
      : [
          awsCli(
            region,
            ...['lambda', 'invoke', '--function-name', before.through, '--payload', payloadOf('unlock', id)],
            ...['--cli-binary-format', 'raw-in-base64-out', '/dev/stdout'],
          ),
        ],
});
