import { z } from 'zod';
import { type Answer, json, refusal } from '../http/answer';
import { parseBody } from '../http/body';
import { isJson, parseJson } from '../json';
import { USER_ID } from '../options';
import { checkView } from '../slack/checkView';
import type { Desk } from '../state';
import type { View } from '../store/views';
import { type Delivery, deliver } from './deliver';
import { submissionPayload } from './payloads';
import { complaints, fillIn } from './values';

const user = z.string().regex(USER_ID, 'must be a Slack user id');
const typed = z.record(z.string(), z.union([z.string(), z.record(z.string(), z.string())]));
const submitSchema = z.object({ user, values: typed.default({}) });
const closeSchema = z.object({ user });

/** Submits a modal as the user who has it open, and does what the endpoint answers. */
export const submit = async (desk: Desk, id: string, rawBody: string): Promise<Answer> => {
  const { user: by, values: given } = parseBody(rawBody, submitSchema);
  const view = desk.views.find(id);
  if (view === undefined || view.user !== by) return refusal(404, `no modal ${id} is open for ${by}`);
  const values = fillIn(view, given);
  const errors = complaints(view, values);
  if (Object.keys(errors).length > 0) return json(200, { ok: false, errors });
  const url = desk.target.url();
  if (url === null) return refusal(409, 'no interactions URL is set: PUT /api/interactions-url');
  const delivery = await deliver(desk, url, submissionPayload(desk, view, values));
  return delivery.ok ? react(desk, view, delivery) : json(502, delivery);
};

/** Closes it without a word to the app, as the button Cancel does. */
export const close = (desk: Desk, id: string, rawBody: string): Answer => {
  const { user: by } = parseBody(rawBody, closeSchema);
  if (desk.views.find(id)?.user !== by) return refusal(404, `no modal ${id} is open for ${by}`);
  desk.views.close(id);
  return json(200, { ok: true });
};

/** Slack shows "We had some trouble connecting" for an answer that it cannot make sense of; the modal stays. */
const react = (desk: Desk, view: View, delivery: Delivery): Answer => {
  if (delivery.body.trim() === '') return closed(desk, [view], delivery);
  const answer = parseJson(delivery.body);
  if (!isJson(answer))
    return json(502, { ...delivery, ok: false, error: 'the endpoint answered something else than JSON' });
  if (Object.keys(answer).length === 0) return closed(desk, [view], delivery);
  if (answer.response_action === 'clear') {
    return closed(
      desk,
      desk.views.all().filter((other) => other.user === view.user),
      delivery,
    );
  }
  if (answer.response_action === 'errors' && isJson(answer.errors)) {
    return json(200, { ...delivery, ok: false, errors: answer.errors });
  }
  if (answer.response_action === 'update' && isJson(answer.view) && checkView(answer.view).length === 0) {
    desk.views.update(view, answer.view);
    return json(200, delivery);
  }
  return json(502, {
    ...delivery,
    ok: false,
    error: 'the endpoint answered no response_action that the desk knows',
  });
};

const closed = (desk: Desk, views: readonly View[], delivery: Delivery): Answer => {
  for (const { id } of views) desk.views.close(id);
  return json(200, delivery);
};
