import { announce } from '../../../../shared/notification/announce';
import type { Channel, Delivery } from '../../../../shared/notification/channel';
import { anIncident } from '../../../fixtures/incident';

const announcement = { about: 'contained' as const, incident: anIncident(), ledger: [], detail: [] };

const answering = (id: string, delivery: Delivery): Channel & { told: number } => {
  const channel = {
    id,
    told: 0,
    check: async () => null,
    deliver: async () => {
      channel.told += 1;
      return delivery;
    },
  };
  return channel;
};
const delivers = (id: string) => answering(id, { outcome: 'delivered' });
const notMeant = (id: string) => answering(id, { outcome: 'not-meant' });
const notConfigured = (id: string) => answering(id, { outcome: 'not-configured' });
const fails = (id: string, error: unknown = new TypeError('no route')): Channel => ({
  id,
  check: async () => null,
  deliver: () => Promise.reject(error),
});

describe('announce', () => {
  it('tells every channel', async () => {
    const report = await announce(announcement, [delivers('a'), delivers('b')]);

    expect(report).toEqual({ delivered: ['a', 'b'], failed: [] });
  });

  it('lets one channel that fails stop no other', async () => {
    const last = delivers('c');
    const report = await announce(announcement, [fails('a'), delivers('b'), last]);

    expect(last.told).toBe(1);
    expect(report).toEqual({ delivered: ['b', 'c'], failed: [{ channel: 'a', why: 'TypeError: no route' }] });
  });

  it('says which channel failed and why, even if what it threw is no error', async () => {
    const { failed } = await announce(announcement, [fails('a', 'just text'), delivers('b')]);

    expect(failed).toEqual([{ channel: 'a', why: 'just text' }]);
  });

  it('fails when every channel that was meant failed: nobody knows', async () => {
    const told = announce(announcement, [fails('a'), notMeant('b'), notConfigured('c'), fails('d')]);

    await expect(told).rejects.toMatchObject({
      name: 'NobodyToldError',
      message: expect.stringMatching(/inc-20261120-0123456789ab \(contained\).*a: .*d: /),
    });
  });

  it.each([
    ['no channel is meant', [notMeant('a'), notMeant('b')]],
    ['none is configured', [notConfigured('a')]],
    ['there is none', []],
  ])('does not fail when %s', async (_why, channels) => {
    expect(await announce(announcement, channels)).toEqual({ delivered: [], failed: [] });
  });

  it('gives back where the Slack message is', async () => {
    const slack = { channel: 'C0INCIDENTS', ts: '1.2' };
    const report = await announce(announcement, [
      answering('slack', { outcome: 'delivered', slack }),
      fails('b'),
    ]);

    expect(report.slack).toEqual(slack);
  });

  it('lets a channel that throws at once stop no other', async () => {
    const throwing: Channel = {
      id: 'a',
      check: async () => null,
      deliver: () => {
        throw new Error('at once');
      },
    };
    const other = delivers('b');
    const report = await announce(announcement, [throwing, other]);

    expect(report).toEqual({ delivered: ['b'], failed: [{ channel: 'a', why: 'Error: at once' }] });
  });
});
