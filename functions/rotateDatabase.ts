import * as z from 'zod';
import { secretsClient } from '../shared/aws/clients';
import { lockDatabase } from '../shared/rotation/database/lockDatabase';
import { mysqlEngine } from '../shared/rotation/database/mysql';
import { postgres } from '../shared/rotation/database/postgres';
import { rotateDatabase } from '../shared/rotation/database/rotateDatabase';

const tools = { secrets: secretsClient(), engines: { postgres, mysql: mysqlEngine } };

const secretArn = z.string().min(1).max(2048);
const inputSchema = z.discriminatedUnion('action', [
  z.object({
    action: z.literal('rotate'),
    secretArn,
    tokens: z
      .array(z.string().regex(/^[\w-]{32,64}$/))
      .min(1)
      .max(2),
    alternating: z.boolean(),
  }),
  z.object({ action: z.enum(['lock', 'unlock', 'isLocked']), secretArn }),
]);

export type DatabaseAnswer = { readonly said: readonly string[] } | { readonly locked: boolean };

/**
 * Changes the password of a database user, and says what that came to; or locks the user, unlocks it, or tells whether it
 * is locked. By itself, so that nothing else of the responder reads a secret, and that it can be put where the databases
 * are (`rotationSubnets`).
 */
export const handler = async (input: unknown): Promise<DatabaseAnswer> => {
  const order = inputSchema.parse(input);
  return order.action === 'rotate'
    ? { said: await rotateDatabase(order, tools) }
    : lockDatabase(order, tools);
};
