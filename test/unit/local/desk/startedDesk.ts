import { createServer, type IncomingHttpHeaders } from 'node:http';
import { LogLevel, WebClient } from '@slack/web-api';
import { type DeskOptions, startDesk } from '../../../../local/desk/server';
import type { Pace } from '../../../../local/desk/state';
import type { Message } from '../../../../local/desk/store/messages';

export const OPTIONS: DeskOptions = {
  port: 0,
  botToken: 'bot-token-of-the-tests',
  signingSecret: 'signing-secret-of-the-tests',
  channels: [
    { id: 'C0INCIDENTS', name: 'incidents' },
    { id: 'C0OTHER', name: 'other' },
  ],
  users: [
    { id: 'U0ALICE', name: 'Alice Moreau' },
    { id: 'U0BOB', name: 'Bob' },
  ],
  pagerDutyRoutingKey: 'R'.repeat(32),
};

export type Answered = {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
};

const closers: (() => Promise<void>)[] = [];

/** Ends everything that the tests of a file started. */
export const closeAll = async (): Promise<void> => {
  for (const close of closers.splice(0)) await close();
};

/** A desk with a client of the real Slack library, and the script API. */
export const startedDesk = async (options: Partial<DeskOptions> = {}, pace: Partial<Pace> = {}) => {
  const desk = await startDesk({ ...OPTIONS, ...options }, pace);
  closers.push(() => desk.close());
  const call = async (method: string, path: string, body?: unknown): Promise<Answered> => {
    const response = await fetch(path.startsWith('http') ? path : `${desk.url}${path}`, {
      method,
      headers: { 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return {
      status: response.status,
      body: (await response.json()) as Answered['body'],
      headers: response.headers,
    };
  };
  const messages = async (): Promise<readonly Message[]> =>
    (await fetch(`${desk.url}/api/messages`)).json() as Promise<readonly Message[]>;
  return { ...desk, slack: clientOf(desk.url, OPTIONS.botToken), call, messages };
};

export const clientOf = (url: string, token?: string): WebClient =>
  new WebClient(token, {
    slackApiUrl: `${url}/api/`,
    logLevel: LogLevel.ERROR,
    logger: SILENT,
    retryConfig: { retries: 2, minTimeout: 1, maxTimeout: 5 },
  });

const nothing = (): undefined => undefined;
const SILENT = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  getLevel: () => LogLevel.ERROR,
  setName: nothing,
};

export type Posted = {
  readonly rawBody: string;
  readonly headers: IncomingHttpHeaders;
  readonly payload: Payload;
};
export type Payload = Record<string, unknown> & {
  readonly trigger_id: string;
  readonly response_url: string;
  readonly view: Record<string, unknown>;
};
export type Reply = { readonly status?: number; readonly body?: string; readonly silent?: boolean };

/** An interactions endpoint that keeps what was posted to it. */
export const startedEndpoint = async (react: (payload: Payload) => Reply | Promise<Reply> = () => ({})) => {
  const posted: Posted[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const rawBody = Buffer.concat(chunks).toString('utf8');
    const payload: Payload = JSON.parse(new URLSearchParams(rawBody).get('payload') ?? '{}');
    posted.push({ rawBody, headers: request.headers, payload });
    const { status = 200, body = '', silent = false } = await react(payload);
    if (!silent) response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  closers.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return { url: `http://127.0.0.1:${port}/slack/interactions`, posted };
};

/** What Slack's client throws for an answer that is not ok. */
export const errorOf = async (call: Promise<unknown>): Promise<Record<string, unknown>> => {
  try {
    await call;
  } catch (error) {
    if (error instanceof Error && 'data' in error) return error.data as Record<string, unknown>;
    throw error;
  }
  throw new Error('the call was expected to be refused');
};

export const button = (action_id: string, value: string) => ({
  type: 'button' as const,
  action_id,
  value,
  text: { type: 'plain_text' as const, text: action_id },
});
