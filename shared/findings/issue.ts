import { en } from 'zod/locales';
import * as z from 'zod/mini';

// zod/mini speaks no language of its own: without this every problem reads "Invalid input".
z.config(en());

/** The first problem of a failed parse as one clause that names the field: `detail.severity: expected number …`. */
export const firstIssue = (error: z.core.$ZodError, root: string): string => {
  const issue = error.issues[0];
  if (issue === undefined) return `${root} is not valid`;
  const path = [root, ...issue.path.map(String)].filter((part) => part !== '').join('.');
  return `${path}: ${issue.message}`;
};
