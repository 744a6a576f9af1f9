import { z } from 'zod';
import { DeskOptionsInvalid } from './errors';
import { ROUTING_KEY_LENGTH } from './pagerDuty/event';

export type DeskOptions = {
  /** 0 takes a free port. */
  readonly port: number;
  readonly botToken: string;
  readonly signingSecret: string;
  readonly channels: readonly { readonly id: string; readonly name: string }[];
  readonly users: readonly { readonly id: string; readonly name: string }[];
  readonly pagerDutyRoutingKey: string;
  /** Where presses are posted to. Can be set later. */
  readonly interactionsUrl?: string;
};

export const USER_ID = /^[UW][A-Z0-9]{1,20}$/;
const CHANNEL_ID = /^[CGD][A-Z0-9]{1,20}$/;

const schema = z.object({
  port: z.int().min(0).max(65_535),
  botToken: z.string().min(1),
  signingSecret: z.string().min(1),
  channels: z
    .array(z.object({ id: z.string().regex(CHANNEL_ID), name: z.string().regex(/^[^#\s]{1,80}$/) }))
    .min(1),
  users: z.array(z.object({ id: z.string().regex(USER_ID), name: z.string().min(1) })).min(1),
  // A key of another length would be refused with every event, and nobody would know why.
  pagerDutyRoutingKey: z.string().length(ROUTING_KEY_LENGTH),
  interactionsUrl: z.string().optional(),
});

/** Throws `DeskOptionsInvalid` with every reason. */
export const parseOptions = (value: unknown): DeskOptions => {
  const parsed = schema.safeParse(value);
  if (parsed.success) {
    const { interactionsUrl, ...rest } = parsed.data;
    return interactionsUrl === undefined ? rest : { ...rest, interactionsUrl };
  }
  const reasons = parsed.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'options'}: ${message}`,
  );
  throw new DeskOptionsInvalid(`The desk's options cannot be used: ${reasons.join('; ')}`, {
    cause: parsed.error,
  });
};
