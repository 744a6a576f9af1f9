import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { join } from 'node:path';
import { cleanEnvironment } from './aws/guard';
import { freePort } from './aws/port';
import { root } from './aws/state';
import { environmentOf, type Instance, MAIN_INSTANCE, up } from './instance';
import { say } from './print';

export type OfflinePorts = { readonly http: number; readonly lambda: number };

/** serverless-offline on the deployed functions' sources, against an instance's local AWS. */
export const spawnOffline = (instance: Instance, ports: OfflinePorts, stdio: StdioOptions): ChildProcess =>
  spawn(
    process.execPath,
    [
      join(root, 'node_modules', 'serverless', 'bin', 'serverless.js'),
      'offline',
      ...['--stage', 'local'],
      ...['--host', '127.0.0.1'],
      ...['--httpPort', String(ports.http)],
      ...['--lambdaPort', String(ports.lambda)],
    ],
    {
      cwd: root,
      env: {
        ...cleanEnvironment(instance.aws),
        ...environmentOf(instance),
        TOURNIQUET_LOCAL_DESK_URL: instance.desk.url,
        NODE_NO_WARNINGS: '1',
      },
      stdio,
    },
  );

/** Where a function of serverless-offline is invoked, as Lambda's own API has it. */
export const invocationUrl = ({ lambda }: OfflinePorts, name: string): string =>
  `http://127.0.0.1:${lambda}/2015-03-31/functions/tourniquet-local-${name}/invocations`;

/** `npm run offline`: any step can be invoked by hand. Gives serverless-offline's exit code. */
export const offline = async (): Promise<number> => {
  const instance = await up(MAIN_INSTANCE, say);
  const ports = { http: await freePort(3000), lambda: await freePort(3002) };
  say('\nEach function answers as it would at Lambda. For example, in another shell, once it is listening:');
  say(`  curl -s ${invocationUrl(ports, 'assess')} \\`);
  say(`    -d '{"event":{"hello":"world"},"executionArn":"by-hand"}'`);
  say(
    'which keeps the event as one that cannot be read, and answers with its incident: npx tourniquet incidents\n',
  );
  const child = spawnOffline(instance, ports, 'inherit');
  const end = (signal: NodeJS.Signals) => child.kill(signal);
  process.once('SIGINT', end).once('SIGTERM', end);
  return new Promise((settle) => child.once('close', (code) => settle(code ?? 0)));
};
