import * as z from 'zod/mini';
import type { Route } from '../policy/routes';
import { bundledRoutes } from './environment';

/** As infrastructure/config.cjs writes it. */
const schema = z.array(
  z.object({
    functions: z.string(),
    tag: z.nullable(z.object({ key: z.string(), value: z.string() })),
    account: z.nullable(z.string()),
    severity: z.number(),
    hours: z.nullable(z.object({ from: z.number(), to: z.number(), days: z.nullable(z.array(z.number())) })),
    slackChannel: z.nullable(z.string()),
    page: z.boolean(),
  }),
);

/** Where the policy file of the deployment has incidents told: put into the bundle where it is made. */
export const readRoutes = (): readonly Route[] => {
  const text = bundledRoutes();
  return text === '' ? [] : schema.parse(JSON.parse(text));
};
