import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertLoopback } from '../local/aws/guard';

/** A call to AWS as it passed: when it began and ended, and by what CloudTrail knows it. */
export type PassedCall = {
  readonly requestId: string;
  readonly service: string;
  readonly startedAt: number;
  readonly endedAt: number;
};

export type CallRecorder = {
  readonly endpoint: string;
  readonly calls: readonly PassedCall[];
  readonly forget: () => void;
  readonly close: () => Promise<void>;
};

/**
 * Every call is held up for so long: those that are made side by side are then under way together, and which wait for
 * which shows.
 */
const HOLD = 25;

/** `Credential=<key>/<date>/<region>/<service>/aws4_request` */
const serviceOf = (authorization: string | undefined): string =>
  /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(authorization ?? '')?.[1] ?? 'unknown';

/** Stands between a function and the local AWS, passes every call on as it is, and notes it. */
export const recordCalls = async (upstream: string): Promise<CallRecorder> => {
  assertLoopback(upstream);
  const { hostname, port } = new URL(upstream);
  const agent = new Agent({ keepAlive: true });
  const calls: PassedCall[] = [];
  const server = createServer((incoming, outgoing) => {
    const startedAt = performance.now();
    const { method, url: path, headers } = incoming;
    const fail = () => outgoing.destroy();
    const forward = async () => {
      await sleep(HOLD);
      const passed = request({ hostname, port, method, path, headers, agent }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.once('end', () =>
          calls.push({
            requestId: String(answer.headers['x-amzn-requestid'] ?? ''),
            service: serviceOf(headers.authorization),
            startedAt,
            endedAt: performance.now(),
          }),
        );
        answer.pipe(outgoing);
      });
      passed.once('error', fail);
      incoming.pipe(passed);
    };
    forward().catch(fail);
  });
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    forget: () => {
      calls.length = 0;
    },
    close: async () => {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((settle) => server.close(settle));
    },
  };
};
