import { z } from 'zod';

/** What the playbook passes to its steps: an id, never content. */
export const stepInput = z.object({ incidentId: z.string().regex(/^inc-\d{8}-[0-9a-f]{12}$/) });
export const tokenInput = stepInput.extend({ token: z.string().min(1) });
