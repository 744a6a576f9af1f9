import * as z from 'zod/mini';
import { NO_TELLING, type Telling } from '../policy/routes';
import { bundledRoutes } from './environment';

/** As infrastructure/config.cjs writes it. */
const schema = z.object({
  routes: z.array(
    z.object({
      functions: z.string(),
      tag: z.nullable(z.object({ key: z.string(), value: z.string() })),
      account: z.nullable(z.string()),
      severity: z.number(),
      hours: z.nullable(
        z.object({ from: z.number(), to: z.number(), days: z.nullable(z.array(z.number())) }),
      ),
      slackChannel: z.nullable(z.string()),
      page: z.boolean(),
    }),
  ),
  escalation: z.array(
    z.object({ reminder: z.number(), mention: z.string(), slackChannel: z.nullable(z.string()) }),
  ),
  mostReminders: z.number(),
  taskReminderHours: z.number(),
});

/** Where the policy file of the deployment has incidents told: put into the bundle where it is made. */
export const readTelling = (): Telling => {
  const text = bundledRoutes();
  return text === '' ? NO_TELLING : schema.parse(JSON.parse(text));
};
