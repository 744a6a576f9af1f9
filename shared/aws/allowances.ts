import * as z from 'zod/mini';
import { type Allowances, NO_ALLOWANCES } from '../policy/allowances';
import { bundledAllowances } from './environment';

const owned = { functions: z.string(), owner: z.string(), reason: z.string() };

/** As infrastructure/allowances.cjs writes it. */
const schema = z.object({
  suppressions: z.array(
    z.object({ ...owned, rule: z.string(), by: z.optional(z.string()), until: z.number() }),
  ),
  maintenance: z.array(
    z.object({
      ...owned,
      rule: z.optional(z.string()),
      weekly: z.optional(z.object({ minute: z.number(), minutes: z.number() })),
      from: z.optional(z.number()),
      until: z.optional(z.number()),
      most: z.enum(['observe', 'ask']),
    }),
  ),
});

/** What the policy file of the deployment expects: put into the bundle where it is made (infrastructure/bundle.cjs). */
export const readAllowances = (): Allowances => {
  const text = bundledAllowances();
  return text === '' ? NO_ALLOWANCES : (schema.parse(JSON.parse(text)) as Allowances);
};
