import { InvokeCommand } from '@aws-sdk/client-lambda';
import { LogLevel, WebClient } from '@slack/web-api';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { actModal } from '../shared/approval/actModal';
import type { Deciding, Answer as DecisionAnswer } from '../shared/approval/answer';
import { answerQuestion } from '../shared/approval/answerQuestion';
import { type Groups, isApprover, SLACK_GROUP } from '../shared/approval/approvers';
import { decide, NEEDS_REASON } from '../shared/approval/decide';
import { type Interaction, parseInteraction } from '../shared/approval/interaction';
import { onceSeen } from '../shared/approval/onceSeen';
import { reasonModal } from '../shared/approval/reasonModal';
import { forgery } from '../shared/approval/slackSignature';
import { readCommandRequest, readSlashCommand, USAGE } from '../shared/approval/slashCommand';
import { readApprovals } from '../shared/aws/approvals';
import { lambdaClient, ssmClient, stepFunctionsClient, tableClient } from '../shared/aws/clients';
import { requireEnv } from '../shared/aws/environment';
import { log } from '../shared/aws/log';
import { secureParameters } from '../shared/aws/secureParameters';
import { readSettings } from '../shared/aws/settings';
import { askToPutOn } from '../shared/containment/askToPutOn';
import { readLedgers } from '../shared/containment/ledger';
import { IncidentNotFoundError } from '../shared/incident/errors';
import { getIncident, listEntries, listOpenIncidents, type Records } from '../shared/incident/store';
import { askToAnnounce } from '../shared/notification/askToAnnounce';
import { detailsModal } from '../shared/notification/detailsModal';
import { escapeText, inlineCode } from '../shared/notification/slackText';
import { addableIn } from '../shared/policy/addable';

const settings = readSettings();
const approvals = readApprovals();
const lambda = lambdaClient();
const announce = askToAnnounce(lambda, requireEnv('TOURNIQUET_ANNOUNCE_FUNCTION'));
const putOn = askToPutOn(lambda, `${settings.service}-${settings.stage}-driftWatch`);
const stepFunctions = stepFunctionsClient();
const records: Records = { db: tableClient(), table: settings.table, now: () => new Date() };
const requests = { db: records.db, table: requireEnv('TOURNIQUET_COUNT_TABLE') };
const parameter = secureParameters(ssmClient(), `/${settings.service}/${settings.stage}`, records.now);

const answer = (statusCode: number, body: unknown = ''): APIGatewayProxyStructuredResultV2 => ({
  statusCode,
  headers: { 'Content-Type': 'application/json' },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

/**
 * Slack's interactivity endpoint. Verified here, on the raw bytes: an authorizer of API Gateway sees no body. Answers
 * within Slack's three seconds; the playbook does the work.
 */
export const handler = async (event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> => {
  const rawBody = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  const why = await refusalOf(rawBody, event.headers);
  if (why !== null) {
    // Not from where: an address is personal data, and our logs hold none. Counted by this line (alarms.cjs).
    log.warn('refused a request to the Slack endpoint', { why });
    return answer(401, { error: 'unauthorized' });
  }
  const command = readCommandRequest(rawBody.toString('utf8'));
  if (command !== null) return obey(command);
  const interaction = parseInteraction(rawBody.toString('utf8'));
  if (interaction === null) {
    log.warn('refused a request to the Slack endpoint', { why: 'it is no interaction' });
    return answer(403, { error: 'this is not an interaction of Slack that is understood here' });
  }
  try {
    return await act(interaction);
  } catch (error) {
    if (!(error instanceof IncidentNotFoundError)) throw error;
    return answer(404, { error: error.message });
  }
};

/** Answers a slash command, to whoever wrote it alone. */
const obey = async ({ user, text }: { user: string; text: string }) => {
  const say = (words: string) => answer(200, { response_type: 'ephemeral', text: words });
  const command = readSlashCommand(text);
  switch (command.kind) {
    case 'help':
      return say([command.problem, USAGE].filter((line) => line !== '').join('\n'));
    case 'list': {
      if (!(await isAnyApprover(user))) return say('You are not on the list of approvers.');
      const open = await listOpenIncidents(records);
      const lines = open
        .slice(0, MOST_LISTED)
        .map(
          ({ id, status, functionName }) => `${inlineCode(id)} ${status} ${inlineCode(functionName ?? '')}`,
        );
      return say(lines.length === 0 ? 'No open incidents.' : lines.join('\n'));
    }
    case 'decide': {
      try {
        const { kind: _kind, ...asked } = command;
        const result = await decide({ ...asked, by: user, via: 'slack', press: null }, await deciding());
        if (!result.accepted) return say(escapeText(result.message));
        if (result.note !== '') await announce(command.incidentId, 'noted', [result.note]);
        return say(result.note === '' ? 'Taken.' : escapeText(result.note));
      } catch (error) {
        if (!(error instanceof IncidentNotFoundError)) throw error;
        return say('There is no such incident.');
      }
    }
  }
};
/** Slack shows some thousand characters. */
const MOST_LISTED = 30;

/** Why a request is not from Slack, or not for the first time; null where nothing is wrong with it. */
const refusalOf = async (
  rawBody: Buffer,
  headers: APIGatewayProxyEventV2['headers'],
): Promise<string | null> => {
  const secrets = await Promise.all([
    parameter('slack-signing-secret'),
    // While it is rotated the old one holds too: npx tourniquet secrets.
    parameter('slack-signing-secret-previous'),
  ]);
  const signature = headers['x-slack-signature'];
  const timestamp = headers['x-slack-request-timestamp'];
  const known = secrets.filter((secret) => secret !== null);
  if (known.length === 0) return 'no Slack signing secret is configured';
  const forged = forgery({ rawBody, signature, timestamp }, known, records.now());
  if (forged !== null) return forged;
  return (await onceSeen(requests, signature ?? '', records.now())) ? null : 'the request was sent before';
};

const act = async (interaction: Interaction): Promise<APIGatewayProxyStructuredResultV2> => {
  switch (interaction.kind) {
    case 'other':
      return answer(200);
    case 'decision':
      return press(interaction);
    case 'reason':
      return submit(interaction);
    case 'force':
      return force(interaction);
    case 'question':
      return reply(interaction);
    case 'act':
      return actOn(interaction);
    case 'details':
    case 'more':
      return show(interaction);
  }
};

/** A button was pressed. One that needs words opens a modal instead of deciding. */
const press = async (pressed: Extract<Interaction, { kind: 'decision' }>) => {
  const { action, user, incidentId, press: id, triggerId, channel } = pressed;
  if (NEEDS_REASON.includes(action) && (await isAnyApprover(user))) {
    try {
      const slack = await slackClient();
      await slack.views.open({ trigger_id: triggerId, view: reasonModal(`${incidentId}.${id}`, channel) });
    } catch (error) {
      // Slack gives three seconds for it: a cold start may have used them up.
      log.warn('the form could not be opened', {
        incidentId,
        why: error instanceof Error ? error.name : 'unknown',
      });
      return tell(pressed, 'The form did not open in time: press again, or use npx tourniquet decide.');
    }
    return answer(200);
  }
  return said(
    await decide({ incidentId, action, by: user, via: 'slack', reason: '', press: id }, await deciding()),
    pressed,
  );
};

/** The playbook tells of decisions; of what waits for others people are told from here. */
const said = async (result: DecisionAnswer, whose: Whose) => {
  if (!result.accepted) return tell(whose, result.message);
  if (result.note !== '') await announce(whose.incidentId, 'noted', [result.note]);
  return answer(200);
};

/** What a release left as somebody changed it is to be put back: whatever the ledger calls drift by now. */
const force = async (pressed: Extract<Interaction, { kind: 'force' }>) => {
  const { user, incidentId, press: id } = pressed;
  const ledger = await readLedgers(records, await getIncident(records, incidentId));
  const drifted = ledger.filter(({ state }) => state === 'drift').map(({ control }) => control);
  if (drifted.length === 0) return tell(pressed, 'Nothing is left as somebody changed it.');
  return said(
    await decide(
      { incidentId, action: 'release', by: user, via: 'slack', reason: '', press: id, force: drifted },
      await deciding(),
    ),
    pressed,
  );
};

/** Opens what the message leaves out: more of the incident, or more to do. */
const show = async (pressed: Extract<Interaction, { kind: 'details' | 'more' }>) => {
  const { kind, incidentId, triggerId, channel } = pressed;
  const incident = await getIncident(records, incidentId);
  const view =
    kind === 'more'
      ? actModal(incident, addableIn(settings.choices), channel)
      : detailsModal(
          incident,
          ...(await Promise.all([readLedgers(records, incident), listEntries(records, incidentId)])),
        );
  if (view === null) return tell(pressed, `it is ${incident.status}: nothing is left to do`);
  try {
    const slack = await slackClient();
    await slack.views.open({ trigger_id: triggerId, view });
    return answer(200);
  } catch (error) {
    log.warn('the form could not be opened', {
      incidentId,
      why: error instanceof Error ? error.name : 'unknown',
    });
    return tell(pressed, `It did not open in time: press again, or npx tourniquet show ${incidentId}`);
  }
};

/** What is no answer to the question was chosen, and why. */
const actOn = async (submitted: Extract<Interaction, { kind: 'act' }>) => {
  const { user, incidentId, choice, reason } = submitted;
  return said(
    await decide({ incidentId, ...choice, by: user, via: 'slack', reason, press: null }, await deciding()),
    submitted,
  );
};

/** The modal with the reason was submitted: what is wrong with it is shown in the modal itself. */
const submit = async (submitted: Extract<Interaction, { kind: 'reason' }>) => {
  const { user, incidentId, press: id, reason } = submitted;
  const result = await decide(
    { incidentId, action: 'false_positive', by: user, via: 'slack', reason, press: id },
    await deciding(),
  );
  return !result.accepted && result.code === 'reason-needed'
    ? answer(200, { response_action: 'errors', errors: { reason: result.message } })
    : said(result, submitted);
};

/** A question about a secret was answered. The rotation itself goes on without us: Slack waits three seconds. */
const reply = async (pressed: Extract<Interaction, { kind: 'question' }>) => {
  const { user, incidentId, questionId, answer: choice } = pressed;
  const result = await answerQuestion(
    { incidentId, questionId, answer: choice, by: user },
    records,
    settings.approvers,
    await groups(),
  );
  if (!result.accepted) return tell(pressed, result.message);
  if (choice === 'rotate') {
    await lambda.send(
      new InvokeCommand({
        FunctionName: requireEnv('TOURNIQUET_ROTATE_FUNCTION'),
        InvocationType: 'Event',
        Payload: JSON.stringify({ incidentId, questionId }),
      }),
    );
  }
  return tell(pressed, choice === 'rotate' ? 'It is being rotated.' : 'It is left as it is.');
};

const listed = [...settings.approvers, ...approvals.rules.flatMap((rule) => rule.approvers ?? [])];

/** Members of the user groups among the approvers, remembered for five minutes; of a group that Slack does not tell of, none. */
const groups = async (): Promise<Groups> => {
  const wanted = listed.filter((entry) => SLACK_GROUP.test(entry));
  if (wanted.length === 0) return {};
  if (known !== null && known.until > records.now().getTime()) return known.groups;
  const members: Record<string, readonly string[]> = {};
  const slack = await slackClient();
  await Promise.all(
    [...new Set(wanted)].map(async (usergroup) => {
      try {
        members[usergroup] = (await slack.usergroups.users.list({ usergroup })).users ?? [];
      } catch (error) {
        log.warn('a Slack user group among the approvers could not be asked for', {
          why: error instanceof Error ? error.name : 'unknown',
        });
      }
    }),
  );
  known = { groups: members, until: records.now().getTime() + GROUPS_KEPT_MS };
  return members;
};
const GROUPS_KEPT_MS = 5 * 60 * 1000;
let known: { readonly groups: Groups; readonly until: number } | null = null;

const isAnyApprover = async (user: string): Promise<boolean> => isApprover(listed, user, await groups());

const deciding = async (): Promise<Deciding> => ({
  records,
  stepFunctions,
  approvers: settings.approvers,
  approvals,
  groups: await groups(),
  addable: addableIn(settings.choices),
  putOn,
});

/** No Slack bot token is configured. */
class NoSlackTokenError extends Error {
  override readonly name = 'NoSlackTokenError';
}

const slackClient = async (): Promise<WebClient> => {
  const token = await parameter('slack-bot-token');
  if (token === null)
    throw new NoSlackTokenError(
      `put the bot token into SSM: /${settings.service}/${settings.stage}/slack-bot-token`,
    );
  // Slack waits three seconds for us: no time for retries.
  return new WebClient(token, {
    slackApiUrl: settings.slackApiUrl,
    logLevel: LogLevel.ERROR,
    timeout: 2000,
    retryConfig: { retries: 0 },
  });
};

/** Who pressed something, where, and about which incident. */
type Whose = Pick<Extract<Interaction, { kind: 'decision' }>, 'incidentId' | 'user' | 'channel'>;

/**
 * Tells one person why nothing happened. The press itself was received, so Slack is answered with 200. It stands in the
 * channel among messages about other incidents: in a thread Slack shows it to nobody who has not opened that.
 */
const tell = async ({ incidentId, user, channel }: Whose, text: string) => {
  try {
    const slack = await slackClient();
    await slack.chat.postEphemeral({
      channel: channel ?? settings.slackChannel,
      user,
      text: `${inlineCode(incidentId)}: ${escapeText(text)}`,
    });
  } catch (error) {
    log.warn('could not tell the person who pressed', {
      why: error instanceof Error ? error.name : 'unknown',
    });
  }
  return answer(200);
};
