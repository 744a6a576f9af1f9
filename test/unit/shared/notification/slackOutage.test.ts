import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LogLevel, WebClient } from '@slack/web-api';
import { slackChannel } from '../../../../shared/notification/slack';
import { anIncident } from '../../../fixtures/incident';
import { closeAll, OPTIONS, startedDesk } from '../../local/desk/startedDesk';

afterEach(closeAll);

/** As the product makes it (functions/announce.ts), with less patience. */
const clientAt = (url: string, token = OPTIONS.botToken) =>
  new WebClient(token, {
    slackApiUrl: `${url}/api/`,
    logLevel: LogLevel.ERROR,
    logger: {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      error: () => undefined,
      setLevel: () => undefined,
      getLevel: () => LogLevel.ERROR,
      setName: () => undefined,
    },
    timeout: 300,
    retryConfig: { retries: 2, minTimeout: 10, maxTimeout: 20 },
  });

const tell = (client: WebClient, slack?: { channel: string; ts: string }) =>
  slackChannel(client, 'C0INCIDENTS', fetch).deliver({
    about: 'contained',
    incident: anIncident(slack === undefined ? {} : { slack }),
    ledger: [],
    detail: [],
  });

describe('a Slack that is not well', () => {
  it('that limits the rate is waited for, as long as it says', async () => {
    const { call, url, messages } = await startedDesk();
    await call('PUT', '/api/faults', { method: 'chat.postMessage', status: 429, retryAfter: 1, times: 1 });
    await expect(tell(clientAt(url))).resolves.toMatchObject({ outcome: 'delivered' });
    expect(await messages()).toHaveLength(1);
  });

  it('that answers 500 once is asked again, and one that goes on so is a channel that failed', async () => {
    const { call, url, messages } = await startedDesk();
    await call('PUT', '/api/faults', { method: 'chat.postMessage', status: 500, times: 1 });
    await expect(tell(clientAt(url))).resolves.toMatchObject({ outcome: 'delivered' });
    await call('PUT', '/api/faults', { method: 'chat.postMessage', status: 500, times: 100 });
    await expect(tell(clientAt(url))).rejects.toThrow();
    expect(await messages()).toHaveLength(1);
  });

  it('whose token has expired has failed, and says so', async () => {
    const { call, url } = await startedDesk();
    await call('PUT', '/api/faults', { method: 'chat.postMessage', error: 'token_expired', times: 1 });
    await expect(tell(clientAt(url))).rejects.toThrow('token_expired');
    await expect(tell(clientAt(url, 'an-old-token'))).rejects.toThrow('invalid_auth');
  });

  it('that does not answer at all is given up, so that the other channels are not waited for', async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await expect(tell(clientAt(url))).rejects.toThrow(/timeout/);
    server.closeAllConnections();
    server.close();
  });

  it('in which somebody deleted the message gets it anew', async () => {
    const { url, messages } = await startedDesk();
    const gone = { channel: 'C0INCIDENTS', ts: '1763632800.000100' };
    await expect(tell(clientAt(url), gone)).resolves.toMatchObject({ outcome: 'delivered' });
    expect(await messages()).toHaveLength(1);
  });
});
