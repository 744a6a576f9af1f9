import { PAGES } from './about';
import type { Announcement, Channel } from './channel';
import { describeSituation } from './situation';
import { cut } from './slackText';

/** Events API v2 (https://developer.pagerduty.com/docs/events-api-v2/overview/). */
export type PagerDutyEvent = {
  readonly routing_key: string;
  readonly event_action: 'trigger' | 'acknowledge' | 'resolve';
  /** The incident's id, not the finding's: one incident, one alert. */
  readonly dedup_key: string;
  readonly payload?: {
    readonly summary: string;
    readonly source: string;
    readonly severity: 'critical' | 'error' | 'warning' | 'info';
    readonly timestamp: string;
    readonly component: string;
    readonly class: string;
    readonly custom_details: Readonly<Record<string, unknown>>;
  };
};

const URGENT: readonly Announcement['about'][] = [
  'failure',
  'release-stopped',
  'escalated',
  'drift-escalated',
];

/** A route may leave pages out, but never what fails or nobody answers; what was triggered is resolved all the same. */
const isPaged = ({ about, route }: Announcement): boolean =>
  route?.page !== false || URGENT.includes(about) || PAGES[about] !== 'trigger';

// GuardDuty's bands: high from 7.0, medium from 4.0. What failed or waits too long is critical whatever it began as.
const severityOf = ({ about }: Announcement, severity: number) => {
  const urgent = URGENT.includes(about);
  if (urgent || severity >= 7) return 'critical';
  return severity >= 4 ? 'error' : 'warning';
};

/** The event for an announcement, or null where PagerDuty is not told. */
export const pagerDutyEvent = (announcement: Announcement, routingKey: string): PagerDutyEvent | null => {
  const { about, incident, ledger, detail } = announcement;
  const action = PAGES[about];
  if (action === null) return null;
  const common = { routing_key: routingKey, event_action: action, dedup_key: incident.id };
  if (action !== 'trigger') return common;
  const { headline, witness, links, done, affected, notDone } = describeSituation(incident, ledger);
  return {
    ...common,
    payload: {
      summary: cut(
        `${headline}: ${incident.functionName ?? incident.id}${witness === null ? '' : ` (${witness.rule})`}`,
        1024,
      ),
      source: incident.functionArn ?? incident.id,
      severity: severityOf(announcement, witness?.severity ?? 0),
      timestamp: incident.openedAt,
      component: 'lambda',
      class: witness?.rule ?? about,
      custom_details: {
        incident: incident.id,
        links,
        done,
        affected,
        notDone,
        detail,
        because: incident.because,
      },
    },
  };
};

/** PagerDuty did not take the event. */
export class PagerDutyError extends Error {
  override readonly name = 'PagerDutyError';
}

/** Pages through the Events API. `routingKey` is null where the deployment has none. */
export const pagerDutyChannel = (routingKey: string | null, url: string, post: typeof fetch): Channel => ({
  id: 'pagerduty',
  deliver: async (announcement) => {
    if (PAGES[announcement.about] === null || !isPaged(announcement)) return { outcome: 'not-meant' };
    if (routingKey === null) return { outcome: 'not-configured' };
    const event = pagerDutyEvent(announcement, routingKey);
    if (event === null) return { outcome: 'not-meant' };
    const answer = await post(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(event),
      signal: AbortSignal.timeout(5000),
    });
    if (!answer.ok)
      throw new PagerDutyError(
        `PagerDuty answered ${answer.status} to ${event.event_action} ${event.dedup_key}`,
      );
    return { outcome: 'delivered' };
  },
  check: async () => {
    if (routingKey === null) return null;
    // Resolving an alert that there is none of is taken, and does nothing; a wrong key is refused.
    const answer = await post(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        routing_key: routingKey,
        event_action: 'resolve',
        dedup_key: 'tourniquet-doctor',
      }),
      signal: AbortSignal.timeout(5000),
    });
    if (!answer.ok) throw new PagerDutyError(`PagerDuty answered ${answer.status}`);
    return 'PagerDuty takes events with the routing key';
  },
});
