import { incidentPage } from '../../../../cli/show';
import type { Incident } from '../../../../shared/incident/incident';
import { incidentMessage } from '../../../../shared/notification/slackMessage';
import { noteAbout } from '../../../../shared/notification/thread';
import { webhookBody } from '../../../../shared/notification/webhook';
import { lessonsOf } from '../../../../shared/report/lessons';
import { postMortem } from '../../../../shared/report/postMortem';
import { summaryOf } from '../../../../shared/report/summary';
import { anIncident } from '../../../fixtures/incident';

const EARLIER = 'inc-20261119-0123456789ab';
const LATER = 'inc-20261121-ba9876543210';
const NOW = new Date('2026-11-22T10:00:00.000Z');

const everywhere = (incident: Incident): readonly (readonly [string, string])[] => [
  ['the message', JSON.stringify(incidentMessage(incident, []).blocks)],
  ['show', incidentPage(incident, [], [], null)],
  ['the post-mortem', postMortem(incident, [], [], NOW)],
  ['what went badly', lessonsOf(incident, [], []).badly.join('\n')],
  ['the webhook', webhookBody({ about: 'contained', incident, ledger: [], detail: [] })],
];

describe('a relapse after the close', () => {
  it('names the incident that it opens again', () => {
    const relapse = anIncident({ reopens: EARLIER });

    expect(everywhere(relapse).filter(([, text]) => !text.includes(EARLIER))).toEqual([]);
    expect(summaryOf(relapse)).toContain(`Relapse of ${EARLIER}`);
    expect(postMortem(relapse, [], [], NOW)).toContain(`| Relapse of | ${EARLIER} |\n`);
  });

  it('is named by the incident that was closed', () => {
    const closed = anIncident({ status: 'closed', reopenedAs: ['inc-20261120-000000000000', LATER] });

    expect(everywhere(closed).filter(([, text]) => !text.includes(LATER))).toEqual([]);
    expect(noteAbout('reopened', closed, ['Trojan: again'])).toEqual({
      title: `Open again as ${LATER}`,
      lines: ['Trojan: again'],
    });
  });

  it('is said of nothing else', () => {
    expect(everywhere(anIncident()).filter(([, text]) => /relapse of|open again/i.test(text))).toEqual([]);
  });
});
