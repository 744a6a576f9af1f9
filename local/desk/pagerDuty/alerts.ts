import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock';
import type { PagerDutyEvent, Payload } from './event';

export type Alert = Payload & {
  readonly dedup_key: string;
  readonly status: 'triggered' | 'acknowledged' | 'resolved';
  /** How many triggers it gathers. */
  readonly count: number;
  readonly created_at: string;
  readonly updated_at: string;
};

export type Received = PagerDutyEvent & { readonly dedup_key: string; readonly received_at: string };

export type Alerts = {
  readonly take: (event: PagerDutyEvent) => string;
  readonly events: () => readonly Received[];
  /** In the order in which they were opened; a key that is triggered again after its end has two. */
  readonly alerts: () => readonly Alert[];
};

export const openAlerts = (now: Clock, changed: () => void): Alerts => {
  const events: Received[] = [];
  const alerts: Alert[] = [];
  return {
    take: (event) => {
      const dedup_key = event.dedup_key ?? randomUUID().replaceAll('-', '');
      const at = new Date(now()).toISOString();
      // The key lets its holder page people, so it is not kept.
      events.push({ ...event, routing_key: MASKED, dedup_key, received_at: at });
      const open = alerts.findIndex((alert) => alert.dedup_key === dedup_key && alert.status !== 'resolved');
      const next = moved(alerts[open], event, dedup_key, at);
      if (next !== null) alerts.splice(open === -1 ? alerts.length : open, 1, next);
      changed();
      return dedup_key;
    },
    events: () => events,
    alerts: () => alerts,
  };
};

const MASKED = '********';

/** What becomes of the open alert; null where there is none to acknowledge or resolve, which PagerDuty drops. */
const moved = (
  open: Alert | undefined,
  event: PagerDutyEvent,
  dedup_key: string,
  at: string,
): Alert | null => {
  if (event.event_action === 'trigger') {
    // A new trigger does not take back an acknowledgement.
    const { status = 'triggered', count = 0, created_at = at } = open ?? {};
    return { ...event.payload, dedup_key, status, count: count + 1, created_at, updated_at: at };
  }
  if (open === undefined) return null;
  return { ...open, status: event.event_action === 'resolve' ? 'resolved' : 'acknowledged', updated_at: at };
};
