import fc from 'fast-check';
import { ABOUTS, type About, PAGES } from '../../../../shared/notification/about';
import { pagerDutyChannel, pagerDutyEvent } from '../../../../shared/notification/pagerDuty';
import { aLedger, anIncident, aWitness } from '../../../fixtures/incident';

const KEY = '0123456789abcdef0123456789abcdef';
const announcement = (about: About, changes: Parameters<typeof anIncident>[0] = {}) => ({
  about,
  incident: anIncident(changes),
  ledger: aLedger(),
  detail: ['a sentence'],
});
const severity = (about: About, value: number) =>
  pagerDutyEvent(announcement(about, { witnesses: { f: aWitness({ severity: value }) } }), KEY)?.payload
    ?.severity;

describe('pagerDutyEvent', () => {
  it.each<[About, 'trigger' | 'acknowledge' | 'resolve' | null]>([
    ['observed', null],
    ['question', 'trigger'],
    ['contained', 'trigger'],
    ['evidence', null],
    ['secrets', null],
    ['decided', 'acknowledge'],
    ['not-released', 'trigger'],
    ['released', null],
    ['relapse', 'trigger'],
    ['escalated', 'trigger'],
    ['folded', null],
    ['failure', 'trigger'],
    ['closed', 'resolve'],
    ['unparseable', null],
    ['suspect-gone', 'resolve'],
    ['refused', 'trigger'],
  ])('for %s is %s', (about, action) => {
    expect(pagerDutyEvent(announcement(about), KEY)?.event_action ?? null).toBe(action);
  });

  it.each(ABOUTS.filter((about) => PAGES[about] !== null))(
    "has the incident's id for its key, so that one incident is one alert: %s",
    (about) => {
      const event = pagerDutyEvent(announcement(about), KEY);

      expect(event).toMatchObject({ routing_key: KEY, dedup_key: 'inc-20261120-0123456789ab' });
    },
  );

  it.each([
    [10, 'critical'],
    [7, 'critical'],
    [6.9, 'error'],
    [4, 'error'],
    [3.9, 'warning'],
    [0, 'warning'],
  ])("takes GuardDuty's bands: severity %d is %s", (value, expected) => {
    expect(severity('contained', value)).toBe(expected);
  });

  it.each<About>(['failure', 'escalated'])('is critical for %s, whatever it began as', (about) => {
    expect(severity(about, 1)).toBe('critical');
  });

  it('has a payload that says what, where and since when', () => {
    expect(pagerDutyEvent(announcement('contained'), KEY)?.payload).toMatchObject({
      summary: 'Contained: order-worker (CryptoCurrency:Lambda/BitcoinTool.B)',
      source: 'arn:aws:lambda:eu-west-1:123456789012:function:order-worker',
      timestamp: '2026-11-20T10:05:01.000Z',
      class: 'CryptoCurrency:Lambda/BitcoinTool.B',
      custom_details: { incident: 'inc-20261120-0123456789ab', detail: ['a sentence'] },
    });
  });

  it.each<About>(['decided', 'closed'])('has no payload for %s: the alert is known by its key', (about) => {
    expect(pagerDutyEvent(announcement(about), KEY)).not.toHaveProperty('payload');
  });

  it('pages about an event that names no function, too', () => {
    const event = pagerDutyEvent(
      announcement('failure', { functionArn: null, functionName: null, witnesses: {} }),
      KEY,
    );

    expect(event?.payload).toMatchObject({ source: 'inc-20261120-0123456789ab', class: 'failure' });
  });

  it("keeps to PagerDuty's limits, whatever the finding says (property)", () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constant('x'.repeat(10_000)));

    fc.assert(
      fc.property(text, fc.double({ min: 0, max: 10, noNaN: true }), (rule, value) => {
        const witnesses = { f: aWitness({ rule, title: rule, description: rule, severity: value }) };
        const event = pagerDutyEvent(announcement('contained', { witnesses }), KEY);
        expect(event?.payload?.summary.length).toBeLessThanOrEqual(1024);
        expect(event?.dedup_key.length).toBeLessThanOrEqual(255);
      }),
    );
  });

  it('carries no token of the playbook', () => {
    const incident = { ...anIncident(), token: 'SECRET-TOKEN' };

    expect(JSON.stringify(pagerDutyEvent({ ...announcement('contained'), incident }, KEY))).not.toContain(
      'SECRET',
    );
  });
});

describe('the PagerDuty channel', () => {
  const answering = (status: number) => {
    const calls: { url: string; body: unknown }[] = [];
    const post = (async (url: string, { body }: { body: string }) => {
      calls.push({ url, body: JSON.parse(body) });
      return new Response('{}', { status });
    }) as unknown as typeof fetch;
    return { calls, post };
  };

  it('sends one event to the address that it is given', async () => {
    const { calls, post } = answering(202);
    const delivery = await pagerDutyChannel(KEY, 'https://pager.example/v2/enqueue', post).deliver(
      announcement('contained'),
    );

    expect(delivery).toEqual({ outcome: 'delivered' });
    expect(calls).toMatchObject([
      { url: 'https://pager.example/v2/enqueue', body: { event_action: 'trigger', routing_key: KEY } },
    ]);
  });

  it.each([
    [null, 'contained', 'not-configured'],
    [KEY, 'evidence', 'not-meant'],
    [null, 'evidence', 'not-meant'],
  ] as const)('with the key %j is told of %s: %s', async (key, about, outcome) => {
    const { calls, post } = answering(202);

    expect(await pagerDutyChannel(key, 'https://pager.example', post).deliver(announcement(about))).toEqual({
      outcome,
    });
    expect(calls).toEqual([]);
  });

  it.each([400, 429, 500])('does not take it for delivered when PagerDuty answers %d', async (status) => {
    const delivered = pagerDutyChannel(KEY, 'https://pager.example', answering(status).post).deliver(
      announcement('contained'),
    );

    await expect(delivered).rejects.toMatchObject({ name: 'PagerDutyError' });
    await expect(delivered).rejects.not.toMatchObject({ message: expect.stringContaining(KEY) });
  });
});
