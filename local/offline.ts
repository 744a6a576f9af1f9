import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { cleanEnvironment } from './aws/guard';
import { root } from './aws/state';
import { environmentOf, MAIN_INSTANCE, up } from './instance';
import { say } from './print';

/** serverless-offline on the same functions, against the local AWS: any step can be invoked by hand. Gives its exit code. */
export const offline = async (): Promise<number> => {
  const instance = await up(MAIN_INSTANCE, say);
  say(
    '\nThe functions answer at http://127.0.0.1:3002 as they would at Lambda. For example, in another shell:',
  );
  say('  set -a; . .local/env; set +a');
  say('  aws lambda invoke --endpoint-url http://127.0.0.1:3002 --function-name tourniquet-local-assess \\');
  say(
    '    --cli-binary-format raw-in-base64-out --payload \'{"event":{},"executionArn":"by-hand"}\' /dev/stdout\n',
  );
  const child = spawn(
    process.execPath,
    [
      join(root, 'node_modules', 'serverless', 'bin', 'serverless.js'),
      'offline',
      '--stage',
      'local',
      '--host',
      '127.0.0.1',
      '--httpPort',
      '3000',
      '--lambdaPort',
      '3002',
    ],
    {
      cwd: root,
      env: {
        ...cleanEnvironment(instance.aws),
        ...environmentOf(instance),
        TOURNIQUET_LOCAL_DESK_URL: instance.desk.url,
        NODE_NO_WARNINGS: '1',
      },
      stdio: 'inherit',
    },
  );
  const end = (signal: NodeJS.Signals) => child.kill(signal);
  process.once('SIGINT', end).once('SIGTERM', end);
  return new Promise((settle) => child.once('close', (code) => settle(code ?? 0)));
};
