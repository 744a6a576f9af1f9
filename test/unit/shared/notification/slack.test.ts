import type { WebClient } from '@slack/web-api';
import type { Incident } from '../../../../shared/incident/incident';
import type { About } from '../../../../shared/notification/about';
import { slackChannel } from '../../../../shared/notification/slack';
import { aLedger, anIncident } from '../../../fixtures/incident';

type Call = { readonly method: string; readonly [argument: string]: unknown };

/** A Slack that writes down what it is asked and says yes. */
const recordingSlack = () => {
  const calls: Call[] = [];
  const take = (method: string) => async (given: object) => {
    calls.push({ method, ...given });
    return { ok: true, channel: 'C0INCIDENTS', ts: `1763632800.00010${calls.length}` };
  };
  const client = { chat: { postMessage: take('post'), update: take('update') } } as unknown as WebClient;
  return { calls, client };
};

const deliver = async (about: About, incident: Incident, detail: readonly string[] = []) => {
  const { calls, client } = recordingSlack();
  const delivery = await slackChannel(client, 'C0INCIDENTS', fetch).deliver({
    about,
    incident,
    ledger: aLedger(),
    detail,
  });
  return { calls, delivery };
};
const posted = { channel: 'C0INCIDENTS', ts: '1763632800.000100' };

describe('the Slack channel', () => {
  it('is left out where the deployment has no bot token', async () => {
    const delivery = await slackChannel(null, 'C0INCIDENTS', fetch).deliver({
      about: 'contained',
      incident: anIncident(),
      ledger: [],
      detail: [],
    });

    expect(delivery).toEqual({ outcome: 'not-configured' });
  });

  it('posts the message once, without previews of links, and says where it is', async () => {
    const { calls, delivery } = await deliver('contained', anIncident());

    expect(calls).toMatchObject([{ method: 'post', unfurl_links: false, unfurl_media: false }]);
    expect(delivery).toMatchObject({ outcome: 'delivered', slack: { channel: 'C0INCIDENTS' } });
  });

  it('rewrites the message that it posted before', async () => {
    const { calls } = await deliver('decided', anIncident({ slack: posted }));

    expect(calls).toMatchObject([{ method: 'update', ...posted }]);
  });

  it.each<About>(['evidence', 'secrets', 'folded', 'open-actions'])(
    'says %s in the thread and leaves the message alone',
    async (about) => {
      const { calls } = await deliver(about, anIncident({ slack: posted }));

      expect(calls.map(({ method, thread_ts }) => [method, thread_ts])).toEqual([['post', posted.ts]]);
    },
  );

  it('puts a question that nobody answers to whom policy names, in the thread or where policy says', async () => {
    const { calls, client } = recordingSlack();
    await slackChannel(client, 'C0INCIDENTS', fetch).deliver({
      about: 'escalated',
      incident: anIncident({ slack: posted, functionName: '<!channel>' }),
      ledger: [],
      detail: ['<@U0SOMEBODY>'],
      escalateTo: [
        { reminder: 1, mention: 'S0ONCALL', slackChannel: null },
        { reminder: 2, mention: 'U0LEAD', slackChannel: 'C0LEADS' },
      ],
    });

    const { id } = anIncident();
    expect(calls.slice(-2)).toMatchObject([
      {
        channel: posted.channel,
        thread_ts: posted.ts,
        text: `<!subteam^S0ONCALL> nobody has decided about ${id}`,
      },
      { channel: 'C0LEADS', text: `<@U0LEAD> nobody has decided about ${id}` },
    ]);
    // Nobody else is pinged, whatever an attacker wrote.
    expect(JSON.stringify(calls.slice(1))).not.toMatch(/<!channel>|<@U0SOMEBODY>/);
  });

  it.each<About>(['escalated', 'failure', 'relapse'])(
    'says %s loudly, since a human must look',
    async (about) => {
      const { calls } = await deliver(about, anIncident({ slack: posted }), ['why']);

      expect(calls.at(-1)).toMatchObject({ method: 'post', thread_ts: posted.ts, reply_broadcast: true });
    },
  );

  it.each([1, 24, 25, 60])(
    'asks about every one of %d secrets, each with both its buttons',
    async (count) => {
      const questions = Array.from({ length: count }, (_, index) => ({
        id: String(index).padStart(12, '0'),
        secretArn: `arn:aws:secretsmanager:eu-west-1:123456789012:secret:s${index}-AbCdEf`,
        why: 'it has no tag',
      }));
      const { calls } = await deliver('secrets', anIncident({ slack: posted, questions }));
      const blocks = calls.flatMap((call) => call.blocks as { type: string }[]);

      expect(blocks.filter(({ type }) => type === 'actions')).toHaveLength(count);
      for (const call of calls) {
        const types = (call.blocks as { type: string }[]).map(({ type }) => type);
        expect(types.length).toBeLessThanOrEqual(50);
        expect(types[0]).toBe('section');
        expect(types.length === 1 || types.at(-1) === 'actions').toBe(true);
      }
    },
  );

  it('does not take it for delivered when Slack gives no address', async () => {
    const client = { chat: { postMessage: async () => ({ ok: true }) } } as unknown as WebClient;
    const delivered = slackChannel(client, 'C0INCIDENTS', fetch).deliver({
      about: 'contained',
      incident: anIncident(),
      ledger: [],
      detail: [],
    });

    await expect(delivered).rejects.toMatchObject({ name: 'SlackAnswerError' });
  });
});
