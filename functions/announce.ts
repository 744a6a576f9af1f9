import { setTimeout as pause } from 'node:timers/promises';
import { LogLevel, WebClient } from '@slack/web-api';
import * as z from 'zod';
import { withPress } from '../shared/approval/press';
import { s3Client, securityHubClient, snsClient, ssmClient, tableClient } from '../shared/aws/clients';
import { optionalEnv } from '../shared/aws/environment';
import { log } from '../shared/aws/log';
import { readTelling } from '../shared/aws/routes';
import { secureParameters } from '../shared/aws/secureParameters';
import { readSettings } from '../shared/aws/settings';
import { readLedgers } from '../shared/containment/ledger';
import { sealedReport } from '../shared/evidence/sealedReport';
import { type Incident, severityOf } from '../shared/incident/incident';
import { isLeftInPeace } from '../shared/incident/leftInPeace';
import { openActions } from '../shared/incident/openActions';
import { keepReopened } from '../shared/incident/reopened';
import { stepInput } from '../shared/incident/stepInput';
import { appendEntry, getIncident, type Records, updateIncident } from '../shared/incident/store';
import { ABOUTS, type About, PAGES } from '../shared/notification/about';
import { alertTopic } from '../shared/notification/alertTopic';
import { announce, NobodyToldError, type Report } from '../shared/notification/announce';
import type { Announcement, Channel } from '../shared/notification/channel';
import { pagerDutyChannel } from '../shared/notification/pagerDuty';
import { securityHubChannel } from '../shared/notification/securityHub';
import { worstWitness } from '../shared/notification/situation';
import { slackChannel } from '../shared/notification/slack';
import { undeliveredAfter } from '../shared/notification/undelivered';
import { webhookChannel } from '../shared/notification/webhook';
import { type Escalation, type Route, reminderOf, routeFor } from '../shared/policy/routes';

const settings = readSettings();
const telling = readTelling();
const sns = snsClient();
const s3 = s3Client();
const records: Records = { db: tableClient(), table: settings.table, now: () => new Date() };
const parameter = secureParameters(ssmClient(), `/${settings.service}/${settings.stage}`, records.now);

const inputSchema = z.object({
  ...stepInput.shape,
  about: z.enum(ABOUTS),
  detail: z.array(z.string()).default([]),
  /** The channels that did not deliver it before; all, where it is told for the first time. */
  channels: z.array(z.string()).optional(),
  /** What Step Functions caught, where a failure is announced. */
  error: z
    .object({ Error: z.string().default(''), Cause: z.string().default('') })
    .partial()
    .nullish(),
});

/** From the doctor: whether the channels would deliver. */
const checkSchema = z.object({ check: z.literal(true) });

// Each channel reads its own secret when it delivers: one that cannot be read silences no other.
const slack = async (channel: string): Promise<Channel> => {
  const token = await parameter('slack-bot-token');
  return slackChannel(token === null ? null : slackClient(token), channel, fetch);
};
const pagerDuty = async (): Promise<Channel> =>
  pagerDutyChannel(await parameter('pagerduty-routing-key'), settings.pagerDutyUrl, fetch);

const CHANNELS: readonly Channel[] = [
  {
    id: 'slack',
    deliver: async (announcement) =>
      (await slack(announcement.route?.slackChannel ?? settings.slackChannel)).deliver(announcement),
    check: async () => (await slack(settings.slackChannel)).check(),
  },
  {
    id: 'pagerduty',
    deliver: async (announcement) =>
      PAGES[announcement.about] === null
        ? { outcome: 'not-meant' }
        : (await pagerDuty()).deliver(announcement),
    check: async () => (await pagerDuty()).check(),
  },
  alertTopic(sns, settings.alertTopicArn),
  webhookChannel(
    optionalEnv('TOURNIQUET_WEBHOOK_URL'),
    () => parameter('webhook-secret'),
    fetch,
    records.now,
  ),
  securityHubChannel(
    securityHubClient(),
    optionalEnv('TOURNIQUET_SECURITY_HUB') === 'true',
    `${settings.service}-${settings.stage}`,
  ),
];

const slackClient = (token: string): WebClient =>
  new WebClient(token, {
    slackApiUrl: settings.slackApiUrl,
    logLevel: LogLevel.ERROR,
    timeout: 5000,
    // The playbook retries the step; here only a hiccup is bridged.
    retryConfig: { retries: 2, minTimeout: 300, maxTimeout: 2000 },
  });

/** What became of trying a channel. */
type Checked = { readonly channel: string; readonly outcome: 'good' | 'none' | 'bad'; readonly what: string };

const checkAll = (): Promise<readonly Checked[]> =>
  Promise.all(
    CHANNELS.map(async ({ id: channel, check }): Promise<Checked> => {
      try {
        const what = await check();
        return what === null
          ? { channel, outcome: 'none', what: 'not configured' }
          : { channel, outcome: 'good', what };
      } catch (error) {
        return { channel, outcome: 'bad', what: error instanceof Error ? error.message : String(error) };
      }
    }),
  );

/** Tells people: Slack, PagerDuty, the alert topic, the webhook; and Security Hub, of its findings. One channel that fails stops no other. */
export const handler = async (
  input: unknown,
): Promise<{ readonly incidentId: string } | { readonly channels: readonly Checked[] }> => {
  if (checkSchema.safeParse(input).success) return { channels: await checkAll() };
  const { incidentId, about, detail: given, error, channels } = inputSchema.parse(input);
  const known = await onceAnnounced(await getIncident(records, incidentId), about);
  // Done while the reminder was on its way.
  if (about === 'open-actions' && openActions(known).length === 0) return { incidentId };
  const reminder = about === 'escalated' && channels === undefined ? await remind(known) : null;
  if (reminder?.quiet === true) return { incidentId };
  const detail = [...(error ? [...given, explain(error)] : given), ...(reminder?.detail ?? [])];
  const incident = await withPress(records, known);
  const report = await announceKeeping(
    incident,
    {
      about,
      incident,
      ledger: await readLedgers(records, incident),
      detail,
      route: routeOf(incident),
      ...(about === 'closed' ? { file: sealedReport(s3, settings.evidenceBucket, incident) } : {}),
      ...(reminder === null ? {} : { escalateTo: reminder.to }),
    },
    channels === undefined ? CHANNELS : CHANNELS.filter(({ id }) => channels.includes(id)),
  );
  if (report.slack !== undefined && report.slack.ts !== incident.slack?.ts) {
    await updateIncident(records, incidentId, { slack: report.slack });
  }
  if (report.failed.length > 0)
    log.warn('a channel could not deliver', { incidentId, about, failed: report.failed });
  await appendEntry(
    records,
    incidentId,
    `announced-${about}`,
    `told ${report.delivered.join(', ') || 'nobody: no channel is configured'}${report.failed.map(({ channel, why }) => `; ${channel} failed: ${why}`).join('')}`,
  );
  await tellEarlier(incident);
  return { incidentId };
};

/** An incident that opens an earlier one again is told in that one's thread too, once. It has its own announcement. */
const tellEarlier = async (incident: Incident): Promise<void> => {
  const { id, reopens, functionName } = incident;
  if (reopens === undefined) return;
  // What fails here is tried again with its next announcement, and takes nothing from this one.
  try {
    if (!(await keepReopened(records, incident))) return;
    const found = worstWitness(incident);
    await handler({
      incidentId: reopens,
      about: 'reopened',
      detail: [
        `${found === null ? 'A finding' : `${found.rule}: ${found.title}`}, about ${functionName ?? 'its function'}`,
        `Look there: npx tourniquet show ${id}`,
      ],
    });
  } catch (error) {
    log.warn('it could not be told where the earlier incident is', { incidentId: reopens, error });
  }
};

/** Announces, and keeps on record what a channel did not take: also where none did, and the step is tried again. */
const announceKeeping = async (
  incident: Incident,
  announcement: Announcement,
  channels: readonly Channel[],
): Promise<Report> => {
  const { about, detail } = announcement;
  const keep = async (report: Report): Promise<void> => {
    const left = undeliveredAfter(incident.undelivered, { about, detail, report }, records.now());
    if (left !== null) await updateIncident(records, incident.id, { undelivered: left });
  };
  try {
    const report = await announce(announcement, channels);
    await keep(report);
    return report;
  } catch (error) {
    if (error instanceof NobodyToldError) {
      await keep(error.report);
      await appendEntry(records, incident.id, 'nobody-told', error.message, { unlessLast: true });
    }
    throw error;
  }
};

/** What is told of the reminder that is due, and to whom; quiet where nobody is to be reminded now. */
const remind = async (
  incident: Incident,
): Promise<{
  readonly quiet: boolean;
  readonly detail: readonly string[];
  readonly to: readonly Escalation[];
}> => {
  const { id, round, status, reminded } = incident;
  const quiet = { quiet: true, detail: [], to: [] };
  if (isLeftInPeace(incident, records.now())) {
    await appendEntry(records, id, 'not-reminded', `nobody is asked again before ${incident.remind?.after}`);
    return quiet;
  }
  const count = (reminded?.round === round && reminded.status === status ? reminded.count : 0) + 1;
  const { outcome, to } = reminderOf(count, telling);
  if (outcome === 'none') return quiet;
  await updateIncident(records, id, { reminded: { round, status, count } });
  return {
    quiet: false,
    to,
    detail:
      outcome === 'last'
        ? [
            `This is the last of ${count} reminders. It stays as it is until an approver decides: no time releases it`,
          ]
        : [],
  };
};

const routeOf = (incident: Incident): Route => {
  const { functionName, accountId: account, labels = {} } = incident;
  return routeFor(
    { functionName, account, labels, severity: severityOf(incident) },
    telling.routes,
    records.now(),
  );
};

/** How long a note of the evidence or the secrets waits for the incident's own message, which is posted beside it. */
const MOST_WAITS = 20;

/**
 * Evidence, secrets, what approvers do and the announcement itself run side by side: whoever comes first must not post the incident's
 * message a second time. After ten seconds without one, it is posted here.
 */
const onceAnnounced = async (incident: Incident, about: About, waits = MOST_WAITS): Promise<Incident> => {
  const isNote = about === 'evidence' || about === 'search' || about === 'secrets' || about === 'noted';
  if (!isNote || incident.slack !== undefined || waits === 0) return incident;
  // Without Slack there is no message to wait for; a token that cannot be read is the channel's own failure to report.
  if ((await parameter('slack-bot-token').catch(() => null)) === null) return incident;
  await pause(500);
  return onceAnnounced(await getIncident(records, incident.id), about, waits - 1);
};

/** Step Functions gives a Lambda error's cause as JSON with message and stack: the stack is for the log alone. */
const explain = ({
  Error: name = 'an unnamed error',
  Cause = '',
}: {
  Error?: string;
  Cause?: string;
}): string => {
  try {
    const { errorMessage } = JSON.parse(Cause) as { errorMessage?: string };
    return `${name}: ${errorMessage ?? ''}`;
  } catch {
    return `${name}: ${Cause.slice(0, 300)}`;
  }
};
