import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { onceSeen } from '../shared/approval/onceSeen';
import { isFromPagerDuty, type PagerDutyNews, readPagerDutyEvent } from '../shared/approval/pagerDutyEvent';
import { lambdaClient, ssmClient, tableClient } from '../shared/aws/clients';
import { requireEnv } from '../shared/aws/environment';
import { log } from '../shared/aws/log';
import { secureParameters } from '../shared/aws/secureParameters';
import { readSettings } from '../shared/aws/settings';
import { IncidentNotFoundError } from '../shared/incident/errors';
import { isOpen } from '../shared/incident/incident';
import { appendEntry, getIncident, type Records } from '../shared/incident/store';
import { askToAnnounce } from '../shared/notification/askToAnnounce';
import { oneLine } from '../shared/notification/slackText';

const settings = readSettings();
const records: Records = { db: tableClient(), table: settings.table, now: () => new Date() };
const requests = { db: records.db, table: requireEnv('TOURNIQUET_COUNT_TABLE') };
const parameter = secureParameters(ssmClient(), `/${settings.service}/${settings.stage}`, records.now);
const tell = askToAnnounce(lambdaClient(), requireEnv('TOURNIQUET_ANNOUNCE_FUNCTION'));

const answer = (statusCode: number): APIGatewayProxyStructuredResultV2 => ({ statusCode, body: '' });

/**
 * Takes up that somebody acknowledged or resolved an incident in PagerDuty: into the history, and into the thread. It
 * decides nothing, and releases nothing.
 */
export const handler = async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
  const rawBody = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  const secret = await parameter('pagerduty-webhook-secret');
  if (secret === null || !isFromPagerDuty(rawBody, event.headers['x-pagerduty-signature'], secret)) {
    log.warn('refused a request to the PagerDuty endpoint', {
      why: secret === null ? 'no pagerduty-webhook-secret is configured' : 'the signature does not match',
    });
    return answer(401);
  }
  const news = readPagerDutyEvent(rawBody.toString('utf8'));
  // Another kind of event, or about an incident that is none of ours: taken, so that it is not sent again.
  if (news === null || !(await onceSeen(requests, `pagerduty:${news.id}`, records.now()))) return answer(202);
  await take(news);
  return answer(202);
};

const take = async ({ incidentId, what, by }: PagerDutyNews): Promise<void> => {
  try {
    const { status } = await getIncident(records, incidentId);
    const who = by === null ? 'PagerDuty' : `${oneLine(by)} (PagerDuty)`;
    const stays =
      what === 'resolved' && isOpen(status) ? ': that decides nothing here, and releases nothing' : '';
    const text = `${what} by ${who}${stays}`;
    await appendEntry(records, incidentId, `pagerduty-${what}`, text, { by: who });
    if (isOpen(status)) await tell(incidentId, 'noted', [`In PagerDuty ${text}`]);
  } catch (error) {
    // Closed and gone by now, or never there.
    if (!(error instanceof IncidentNotFoundError)) throw error;
  }
};
