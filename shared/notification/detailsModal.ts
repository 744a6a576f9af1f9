import type { KnownBlock, ModalView } from '@slack/web-api';
import type { LedgerRecord } from '../containment/ledger';
import type { Entry, Incident } from '../incident/incident';
import { describeSituation } from './situation';
import { clock, cut, escapeText, oneLine } from './slackText';

export const DETAILS = 'details';

/** A section holds 3,000 characters, a modal 100 blocks (https://docs.slack.dev/reference/block-kit/blocks/section-block/). */
const LONGEST = 2900;
const MOST_ENTRIES = 30;

const section = (text: string): KnownBlock => ({
  type: 'section',
  text: { type: 'mrkdwn', text: cut(text, LONGEST), verbatim: true },
});

const part = (title: string, lines: readonly string[]): KnownBlock[] =>
  lines.length === 0
    ? []
    : [section(`*${title}*\n${lines.map((line) => `• ${escapeText(cut(oneLine(line), 400))}`).join('\n')}`)];

/** Text of others as it is: in mrkdwn it could look like our own. */
const quoted = (text: string): KnownBlock => ({
  type: 'section',
  text: { type: 'plain_text', text: cut(text, LONGEST), emoji: false },
});

/** What the message leaves out, for whoever asks: every witness as it came, what was not needed, evidence, history. */
export const detailsModal = (
  incident: Incident,
  ledger: readonly LedgerRecord[],
  history: readonly Entry[],
): ModalView => {
  const { notNeeded } = describeSituation(incident, ledger);
  const { evidence, investigation = [], witnesses } = incident;
  return {
    type: 'modal',
    callback_id: DETAILS,
    title: { type: 'plain_text', text: 'Details' },
    close: { type: 'plain_text', text: 'Close' },
    blocks: [
      section(`*${escapeText(incident.id)}*`),
      ...Object.values(witnesses)
        .slice(0, 10)
        .map((witness) => quoted(JSON.stringify(witness, null, 1))),
      ...part('Not needed', notNeeded),
      ...part(
        'Evidence',
        evidence === undefined
          ? []
          : [
              `s3://${evidence.bucket}/${evidence.manifestKey}`,
              `sha256 ${evidence.manifestSha256}`,
              ...evidence.missing.map((line) => `missing: ${line}`),
            ],
      ),
      ...part('Investigation', investigation),
      ...part(
        'What happened, newest first',
        history
          .slice(-MOST_ENTRIES)
          .toReversed()
          .map(({ at, text }) => `${clock(at)} ${text}`),
      ),
    ],
  };
};
