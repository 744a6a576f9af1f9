import { InvokeCommand } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import type { DatabaseOrder } from './database/rotateDatabase';
import type { RotationTools } from './secretFacts';

/** The password of a database user was not changed. */
export class DatabaseRotationError extends Error {
  override readonly name = 'DatabaseRotationError';
}

/** Errors whose words are ours, and hold no value. */
const OURS = ['NotALoginError', 'NotRotatedError', 'RefusedLoginError', 'LockedLoginError', 'DatabaseError'];

const answerSchema = z.object({ said: z.array(z.string()) });
const errorSchema = z.object({ errorType: z.string(), errorMessage: z.string() });

/** Has the password of a database user changed by the one function that may read it. */
export const askDatabase = async (
  { lambda, databaseFunction }: Pick<RotationTools, 'lambda' | 'databaseFunction'>,
  order: DatabaseOrder,
): Promise<string> => {
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({
      FunctionName: databaseFunction,
      Payload: JSON.stringify({ action: 'rotate', ...order }),
    }),
  );
  const answer: unknown = JSON.parse(Buffer.from(Payload ?? []).toString('utf8') || 'null');
  if (FunctionError !== undefined) {
    const { data } = errorSchema.safeParse(answer);
    throw new DatabaseRotationError(
      data !== undefined && OURS.includes(data.errorType)
        ? data.errorMessage
        : 'see the log of rotateDatabase',
    );
  }
  return answerSchema.parse(answer).said.join(', ');
};
