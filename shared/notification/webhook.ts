import { createHash, createHmac } from 'node:crypto';
import type { Announcement, Channel } from './channel';
import { describeSituation } from './situation';

/** The receiver did not take it. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError';
}

/** What is sent: the same for the same news, however often it is sent. */
export const webhookBody = ({ about, incident, ledger, detail }: Announcement): string => {
  const { headline, witness, sure, done, affected, notDone, notNeeded } = describeSituation(incident, ledger);
  const { id, status, functionArn, functionName, accountId, region, openedAt, because, decision } = incident;
  const { reopens = null, reopenedAs = [] } = incident;
  return JSON.stringify({
    type: `incident.${about}`,
    data: {
      incident: { id, status, functionArn, functionName, accountId, region, openedAt, reopens, reopenedAs },
      headline,
      finding:
        witness === null ? null : { rule: witness.rule, title: witness.title, severity: witness.severity },
      sure,
      done,
      affected,
      notDone,
      notNeeded,
      because,
      decision: decision === undefined ? null : { action: decision.action, by: decision.by, at: decision.at },
      detail,
    },
  });
};

/** Signs as Standard Webhooks says (https://www.standardwebhooks.com): HMAC-SHA256 over id, time and body. */
export const webhookSignature = (secret: string, id: string, timestamp: string, body: string): string =>
  `v1,${createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')}`;

/** A signed request to an address of the user's own. `url` is empty where there is none. */
export const webhookChannel = (
  url: string,
  secret: () => Promise<string | null>,
  post: typeof fetch,
  now: () => Date,
): Channel => ({
  id: 'webhook',
  deliver: async (announcement) => {
    if (url === '') return { outcome: 'not-configured' };
    const key = await secret();
    if (key === null)
      throw new WebhookError(
        'webhookUrl is set and webhook-secret is not: npx tourniquet secrets set webhook-secret',
      );
    const body = webhookBody(announcement);
    const id = `${announcement.incident.id}.${announcement.about}.${createHash('sha256').update(body).digest('hex').slice(0, 16)}`;
    const timestamp = String(Math.floor(now().getTime() / 1000));
    const answer = await post(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': webhookSignature(key, id, timestamp, body),
      },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(5000),
    });
    if (!answer.ok) throw new WebhookError(`the receiver answered ${answer.status}`);
    return { outcome: 'delivered' };
  },
  check: async () => {
    if (url === '') return null;
    if ((await secret()) === null)
      throw new WebhookError(
        'webhookUrl is set and webhook-secret is not: npx tourniquet secrets set webhook-secret',
      );
    return 'the webhook has an address and a secret; whether its receiver answers is seen with the first news';
  },
});
