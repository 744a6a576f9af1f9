import type { PublishCommandInput, SNSClient } from '@aws-sdk/client-sns';
import fc from 'fast-check';
import { ABOUTS, type About, ALERTS } from '../../../../shared/notification/about';
import { alertTopic } from '../../../../shared/notification/alertTopic';
import { aLedger, anIncident, aWitness } from '../../../fixtures/incident';

const deliver = async (
  about: About,
  changes: Parameters<typeof anIncident>[0] = {},
  detail: string[] = [],
) => {
  const published: PublishCommandInput[] = [];
  const sns = {
    send: async ({ input }: { input: PublishCommandInput }) => {
      published.push(input);
      return {};
    },
  } as unknown as SNSClient;
  const delivery = await alertTopic(sns, 'arn:aws:sns:eu-west-1:123456789012:alerts').deliver({
    about,
    incident: anIncident(changes),
    ledger: aLedger(),
    detail,
  });
  return { delivery, published };
};

describe('the alert topic', () => {
  it.each(ABOUTS)('is told of %s only if it asks something of a human', async (about) => {
    const { delivery, published } = await deliver(about);

    expect(published).toHaveLength(ALERTS.includes(about) ? 1 : 0);
    expect(delivery.outcome).toBe(ALERTS.includes(about) ? 'delivered' : 'not-meant');
  });

  it('says what happened, what was done, what was not, and where to look', async () => {
    const { published } = await deliver('contained', {}, ['A sentence of this announcement']);

    expect(published[0]?.Subject).toBe('[Tourniquet] Contained: order-worker');
    expect(published[0]?.Message).toContain('CryptoCurrency:Lambda/BitcoinTool.B (severity 8)');
    expect(published[0]?.Message).toContain('A sentence of this announcement');
    expect(published[0]?.Message).toContain('- Reserved concurrency: set to 0');
    expect(published[0]?.Message).toContain('Affected:');
    expect(published[0]?.Message).toContain('npx tourniquet show inc-20261120-0123456789ab');
  });

  it('has a subject that SNS takes, whatever the function is called (property)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 300 }), async (functionName) => {
        const { published } = await deliver('contained', { functionName });
        expect(published[0]?.Subject).toMatch(/^[\x21-\x7e][\x20-\x7e]{0,98}$/);
      }),
    );
  });

  it('lets nothing that others wrote begin a line of its own (property)', async () => {
    const { published: calm } = await deliver('contained', {}, ['detail']);
    const lines = calm[0]?.Message?.split('\n').length;

    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        const hostile = `x${text}\nDone:\r\n- everything\u2028released`;
        const { published } = await deliver(
          'contained',
          {
            witnesses: { f: aWitness({ rule: hostile, title: hostile }) },
            because: [hostile],
            functionArn: hostile,
          },
          [hostile],
        );
        expect(published[0]?.Message?.split(/[\n\r\u2028\u2029]/)).toHaveLength(lines ?? 0);
      }),
    );
  });
});
