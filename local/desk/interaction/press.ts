import { z } from 'zod';
import { type Answer, json, refusal } from '../http/answer';
import { parseBody } from '../http/body';
import { USER_ID } from '../options';
import type { Desk } from '../state';
import { findButton } from './button';
import { deliver } from './deliver';
import { pressPayload } from './payloads';

const bodySchema = z.object({
  user: z.string().regex(USER_ID, 'must be a Slack user id'),
  value: z.string().optional(),
  block_id: z.string().optional(),
});

/** Presses a message's button as a user and tells how the endpoint took it. */
export const press = async (desk: Desk, ts: string, actionId: string, rawBody: string): Promise<Answer> => {
  const { user, value, block_id } = parseBody(rawBody, bodySchema);
  const message = desk.messages.find(ts);
  // An ephemeral is there for one person alone.
  if (message === undefined || (message.ephemeral_to ?? user) !== user)
    return refusal(404, `no message ${ts}`);
  const button = findButton(message, {
    actionId,
    ...(value === undefined ? {} : { value }),
    ...(block_id === undefined ? {} : { blockId: block_id }),
  });
  if (button === undefined)
    return refusal(404, `no such button ${actionId} on message ${ts}, or not any more`);
  const url = desk.target.url();
  if (url === null) return refusal(409, 'no interactions URL is set: PUT /api/interactions-url');
  const delivery = await deliver(desk, url, pressPayload(desk, message, button, user));
  return json(delivery.ok ? 200 : 502, delivery);
};
