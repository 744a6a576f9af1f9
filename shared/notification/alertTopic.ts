import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { ALERTS } from './about';
import type { Channel } from './channel';
import { describeSituation } from './situation';
import { cut, oneLine } from './slackText';

// An SNS subject is ASCII without control characters, under 100 characters: other text would be refused.
const subject = (text: string): string => cut(text.replaceAll(/[^\x20-\x7e]/g, '?'), 99).replaceAll('…', '.');

/** The alert topic: e-mail and whatever else is subscribed. Works without Slack and PagerDuty. */
export const alertTopic = (sns: SNSClient, topicArn: string): Channel => ({
  id: 'alert-topic',
  deliver: async ({ about, incident, ledger, detail }) => {
    if (!ALERTS.includes(about)) return { outcome: 'not-meant' };
    const { headline, witness, links, done, affected, notDone, wayOut } = describeSituation(incident, ledger);
    const lines = [
      `${headline}: ${incident.functionArn ?? 'an event that names no function'}`,
      ...(witness === null
        ? []
        : [`Finding: ${witness.rule} (severity ${witness.severity}): ${witness.title}`]),
      ...links,
      ...detail,
      ...(done.length > 0 ? ['', 'Done:', ...done.map((line) => `- ${line}`)] : []),
      ...(affected.length > 0 ? ['', 'Affected:', ...affected.map((line) => `- ${line}`)] : []),
      ...(notDone.length > 0 ? ['', 'Not done, and to know:', ...notDone.map((line) => `- ${line}`)] : []),
      ...(incident.because.length > 0 ? ['', 'Why:', ...incident.because.map((line) => `- ${line}`)] : []),
      '',
      `Look: npx tourniquet show ${incident.id}`,
      ...(wayOut === null ? [] : [wayOut]),
    ];
    await sns.send(
      new PublishCommand({
        TopicArn: topicArn,
        Subject: subject(`[Tourniquet] ${headline}: ${incident.functionName ?? incident.id}`),
        // Text of others must not make lines of its own.
        Message: lines.map(oneLine).join('\n'),
        MessageAttributes: { about: { DataType: 'String', StringValue: about } },
      }),
    );
    return { outcome: 'delivered' };
  },
  // Whether anybody is subscribed the command line looks itself.
  check: async () => null,
});
