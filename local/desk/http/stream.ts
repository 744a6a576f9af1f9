import type { ServerResponse } from 'node:http';
import { SAFE_HEADERS } from './answer';

/** Tells every open page that something changed; the page then asks what. */
export type Stream = {
  readonly attach: (response: ServerResponse) => void;
  readonly changed: () => void;
  /** How often something changed. */
  readonly revision: () => number;
  readonly close: () => void;
};

const HEARTBEAT_MS = 15_000;
const MOST_PAGES = 50;

export const openStream = (): Stream => {
  const pages = new Set<ServerResponse>();
  let revision = 0;
  const tell = (text: string): void => {
    for (const page of pages) page.write(text);
  };
  const heartbeat = setInterval(() => tell(': still here\n\n'), HEARTBEAT_MS);
  heartbeat.unref();
  return {
    attach: (response) => {
      if (pages.size >= MOST_PAGES) {
        response.writeHead(503, SAFE_HEADERS).end();
        return;
      }
      response.writeHead(200, { ...SAFE_HEADERS, 'Content-Type': 'text/event-stream' });
      response.write(`retry: 1000\ndata: ${revision}\n\n`);
      pages.add(response);
      response.on('close', () => pages.delete(response));
    },
    changed: () => {
      revision += 1;
      tell(`data: ${revision}\n\n`);
    },
    revision: () => revision,
    close: () => {
      clearInterval(heartbeat);
      for (const page of pages) page.end();
    },
  };
};
