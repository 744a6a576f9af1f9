import type { Json } from '../json';

/** Slack answers 200 also when it refuses: `ok` tells. */
export type SlackAnswer = Json & { readonly ok: boolean };

export const refused = (error: string): SlackAnswer => ({ ok: false, error });

/** Refused with the reasons in the two places where Slack puts them. */
export const refusedFor = (error: string, reasons: readonly string[]): SlackAnswer => ({
  ok: false,
  error,
  errors: reasons,
  response_metadata: { messages: reasons.map((reason) => `[ERROR] ${reason}`) },
});

export const missing = (field: string): SlackAnswer =>
  refusedFor('invalid_arguments', [`missing required field: ${field}`]);
