import { type Answer, json } from '../http/answer';
import { misbehave } from '../http/misbehave';
import { parseJson } from '../json';
import type { Desk } from '../state';
import { parseEvent } from './event';

export const enqueue = (desk: Desk, rawBody: string): Answer => {
  const fault = desk.faults.take('v2/enqueue');
  if (fault !== undefined) return misbehave(fault);
  const value = parseJson(rawBody);
  if (value === undefined) return invalid(['Invalid JSON']);
  const event = parseEvent(value, desk.options.pagerDutyRoutingKey);
  if ('errors' in event) return invalid(event.errors);
  return json(202, { status: 'success', message: 'Event processed', dedup_key: desk.alerts.take(event) });
};

const invalid = (errors: readonly string[]): Answer =>
  json(400, { status: 'invalid event', message: 'Event object is invalid', errors });
