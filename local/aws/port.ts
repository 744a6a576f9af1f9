import { createServer } from 'node:net';

/** Where AWS emulators are looked for by habit, ours included. */
export const usualPort = 4566;

/** The wished port if it is free, else any that is. */
export async function freePort(wished: number): Promise<number> {
  return (await tryPort(wished)) ?? (await tryPort(0)) ?? wished;
}

/** The port if it could be opened just now, undefined when something holds it. */
export function tryPort(port: number): Promise<number | undefined> {
  return new Promise((settle) => {
    const server = createServer();
    server.once('error', () => settle(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const opened = typeof address === 'object' && address ? address.port : undefined;
      server.close(() => settle(opened));
    });
  });
}
