import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { DeskOptionsInvalid, RequestRefused } from './errors';
import { type Answer, refusal, SAFE_HEADERS } from './http/answer';
import { readBody } from './http/body';
import { foreign } from './http/guard';
import { findRoute } from './http/router';
import { openStream } from './http/stream';
import { openTarget } from './interaction/target';
import { type DeskOptions, parseOptions } from './options';
import { ROUTES } from './routes';
import type { Pace } from './state';
import { type Desk, openDesk } from './state';

export type { DeskOptions } from './options';

export type RunningDesk = { readonly url: string; readonly port: number; close(): Promise<void> };

const HOST = '127.0.0.1';

/**
 * Starts a stand-in for Slack and PagerDuty on this machine. Throws `DeskOptionsInvalid` for options that cannot be
 * used; rejects with Node's own error when the port is taken.
 */
export const startDesk = async (given: DeskOptions, pace: Partial<Pace> = {}): Promise<RunningDesk> => {
  const options = parseOptions(given);
  const stream = openStream();
  let url = '';
  const parts = { address: () => url, target: targetOf(options), stream };
  const desk = openDesk(options, { now: Date.now, patienceMs: 3000, ...pace }, parts);
  const server = createServer((request, response) => void serve(desk, request, response));
  const port = await listen(server, options.port);
  url = `http://${HOST}:${port}`;
  return {
    url,
    port,
    close: () => {
      stream.close();
      return new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      });
    },
  };
};

const targetOf = ({ interactionsUrl }: DeskOptions) => {
  try {
    return openTarget(interactionsUrl);
  } catch (cause) {
    if (!(cause instanceof RequestRefused)) throw cause;
    throw new DeskOptionsInvalid(cause.message, { cause });
  }
};

const listen = (server: ReturnType<typeof createServer>, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => {
      const address = server.address();
      server.off('error', reject);
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });

const serve = async (desk: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  try {
    const reason = foreign(request.headers);
    if (reason === null && request.method === 'GET' && request.url === '/api/stream') {
      desk.stream.attach(response);
      return;
    }
    const { status, headers, body } = reason === null ? await answer(desk, request) : refusal(403, reason);
    response.writeHead(status, { ...SAFE_HEADERS, ...headers }).end(body);
  } catch (error) {
    // The sender hung up: there is nobody to answer.
    if (request.destroyed && !request.complete) return;
    console.error(error);
    const { headers, body } = refusal(500, 'the desk failed, see its output');
    response.writeHead(500, { ...SAFE_HEADERS, ...headers }).end(body);
  }
};

const answer = async (desk: Desk, request: IncomingMessage): Promise<Answer> => {
  const { method = 'GET', headers, url: path = '/' } = request;
  try {
    const bytes = await readBody(request);
    // Only the path is the sender's: with a base of its own, `//elsewhere/` stays a path.
    const url = new URL(`http://${HOST}${path.startsWith('/') ? path : '/'}`);
    const asked = { method, url, headers, bytes, rawBody: bytes.toString('utf8') };
    const found = findRoute(ROUTES, asked);
    if (found.route !== null) return await found.route.handle(desk, asked, found.params);
    return refusal(found.status, `${method} ${url.pathname} is not something the desk answers`);
  } catch (error) {
    if (!(error instanceof RequestRefused)) throw error;
    return refusal(error.status, error.message);
  }
};
