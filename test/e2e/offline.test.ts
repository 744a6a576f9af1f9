import { freePort } from '../../local/aws/port';
import { invocationUrl, spawnOffline } from '../../local/offline';
import { until } from '../../local/until';
import { getIncident } from '../../shared/incident/store';
import { enter } from './world';

describe('serverless-offline on the same functions', () => {
  it('runs a step that is invoked by hand, against the local AWS', async () => {
    const world = await enter();
    const ports = { http: await freePort(0), lambda: await freePort(0) };
    const child = spawnOffline(world.instance, ports, 'ignore');
    try {
      const answer = await until('an answer', 300, async () => {
        try {
          const found = await fetch(invocationUrl(ports, 'assess'), {
            method: 'POST',
            body: JSON.stringify({ event: { hello: 'world' }, executionArn: 'by-hand' }),
          });
          return found.ok ? ((await found.json()) as { incidentId: string; route: string }) : null;
        } catch {
          // Not listening yet.
          return null;
        }
      });
      expect(answer.route).toBe('Unparseable');
      expect(await getIncident(world.records, answer.incidentId)).toMatchObject({ status: 'unparseable' });
      const unsigned = await until('the HTTP API', 60, () =>
        fetch(`http://127.0.0.1:${ports.http}/slack/interactions`, {
          method: 'POST',
          body: 'payload={}',
        }).catch(() => null),
      );
      expect(unsigned.status).toBe(401);
    } finally {
      const ended = new Promise((settle) => child.once('close', settle));
      child.kill('SIGTERM');
      await ended;
    }
    // It bundles every function first, beside all other tests.
  }, 480_000);
});
