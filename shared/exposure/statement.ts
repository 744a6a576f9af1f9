import * as z from 'zod';

/*
 * Statements of IAM policies, as far as an over-approximation of them needs (IAM user guide, "JSON policy elements" and
 * "Policy evaluation logic"): what cannot be known is taken to be possible, so that no "cannot" can.
 */

const words = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (typeof value === 'string' ? [value] : value));

const principalSchema = z.union([
  z.literal('*').transform(() => ({ AWS: ['*'] })),
  z.record(z.string(), words),
]);

const statementSchema = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Action: words.optional(),
  NotAction: words.optional(),
  Resource: words.optional(),
  NotResource: words.optional(),
  Principal: principalSchema.optional(),
  NotPrincipal: principalSchema.optional(),
  Condition: z.record(z.string(), z.unknown()).optional(),
});

export type Statement = z.infer<typeof statementSchema>;

const documentSchema = z.object({
  Statement: z.union([statementSchema.transform((one) => [one]), z.array(statementSchema)]),
});

/** A policy that could not be read: what it allows is not known. */
export class UnreadablePolicyError extends Error {
  override readonly name = 'UnreadablePolicyError';
}

/** The statements of a policy document, as an object or as text. Throws {@link UnreadablePolicyError}. */
export const readPolicy = (document: unknown): readonly Statement[] => {
  const parsed = documentSchema.safeParse(typeof document === 'string' ? jsonOrNull(document) : document);
  if (!parsed.success) throw new UnreadablePolicyError('it is no policy document that is understood here');
  return parsed.data.Statement;
};

const jsonOrNull = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** Whether conditions leave open if a statement applies. An empty block is none. */
export const isConditional = ({ Condition }: Statement): boolean =>
  Condition !== undefined && Object.keys(Condition).length > 0;
