import { type Answer, json, refusal } from '../http/answer';
import { isJson, type Json, parseJson } from '../json';
import { isTrue } from '../slack/arguments';
import { contentOf } from '../slack/content';
import type { Desk } from '../state';
import type { Press } from '../store/responseUrls';

/** A post to a response_url: changes or deletes the pressed message, or says something about it. */
export const respond = (desk: Desk, id: string, secret: string, rawBody: string): Answer => {
  const body = parseJson(rawBody);
  if (!isJson(body)) return refusal(400, 'invalid_payload');
  const pressed = desk.responseUrls.use(id, secret);
  if ('error' in pressed) return refusal(404, pressed.error);
  const original = desk.messages.find(pressed.ts);
  if (isTrue(body.delete_original)) {
    if (original === undefined) return refusal(404, 'message_not_found');
    desk.messages.remove(original.ts);
    return json(200, { ok: true });
  }
  const content = contentOf(body);
  if ('refusal' in content) return json(400, content.refusal);
  if (!isTrue(body.replace_original)) {
    desk.messages.post({ ...content, ...placeOf(desk, pressed, body) });
    return json(200, { ok: true });
  }
  if (original === undefined) return refusal(404, 'message_not_found');
  desk.messages.update(original, content);
  return json(200, { ok: true });
};

/** For the one who pressed, unless the app wants everyone to see it. */
const placeOf = (desk: Desk, { user, channel }: Press, { response_type, thread_ts }: Json) => ({
  channel,
  ...(response_type === 'in_channel' ? {} : { ephemeral_to: user }),
  ...(typeof thread_ts === 'string' && desk.messages.find(thread_ts) !== undefined ? { thread_ts } : {}),
});
