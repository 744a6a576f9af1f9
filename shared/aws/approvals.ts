import * as z from 'zod/mini';
import { type Approvals, NO_APPROVALS } from '../policy/approvals';
import { bundledApprovals } from './environment';

/** As infrastructure/config.cjs writes it. */
const schema = z.object({
  rules: z.array(
    z.object({
      functions: z.string(),
      tag: z.nullable(z.object({ key: z.string(), value: z.string() })),
      severity: z.number(),
      approvers: z.nullable(z.array(z.string())),
      people: z.number(),
      notTriggeredAlone: z.boolean(),
      notDeployerAlone: z.boolean(),
    }),
  ),
  samePerson: z.array(z.array(z.string())),
  from: z.object({
    deployers: z.array(z.string()),
    signers: z.array(z.string()),
    digests: z.array(z.string()),
    tags: z.record(z.string(), z.string()),
    stagedIn: z.array(z.object({ functions: z.string(), in: z.string() })),
  }),
  stages: z.array(
    z.object({ functions: z.string(), concurrency: z.array(z.number()), sources: z.array(z.string()) }),
  ),
});

/** What the policy file of the deployment asks of releases: put into the bundle where it is made. */
export const readApprovals = (): Approvals => {
  const text = bundledApprovals();
  return text === '' ? NO_APPROVALS : schema.parse(JSON.parse(text));
};
