import * as z from 'zod/mini';

/** What the playbook passes to its steps: an id, never content. */
export const stepInput = z.object({ incidentId: z.string().check(z.regex(/^inc-\d{8}-[0-9a-f]{12}$/)) });
export const tokenInput = z.object({ ...stepInput.shape, token: z.string().check(z.minLength(1)) });
