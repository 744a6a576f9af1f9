import { Command } from 'commander';
import { complain, red, say } from './print';

// Node 20 is enough for the locked SDK versions; functions are deployed on a current Node.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** What `npm run demo`, `start`, `local:*` and `offline` call. Nothing here can reach a real account. */
const program = new Command('local').description('Tourniquet on one machine').showHelpAfterError();

program
  .command('up')
  .description('start the local AWS with the stack deployed, and leave it running')
  .action(async () => {
    const { MAIN_INSTANCE, up } = await import('./instance');
    await up(MAIN_INSTANCE, say);
    say('\nUp. Variables for the shell: set -a; . .local/env; set +a');
    say('Status: npm run local:status    Stop: npm run local:down');
  });

program
  .command('status')
  .description('exit 0 when up and healthy, 3 when not')
  .action(async () => {
    const { MAIN_INSTANCE, status } = await import('./instance');
    const { healthy, lines } = await status(MAIN_INSTANCE);
    for (const line of lines) say(line);
    process.exitCode = healthy ? 0 : 3;
  });

program
  .command('down')
  .description('end everything that up started')
  .action(async () => {
    const { down, MAIN_INSTANCE } = await import('./instance');
    await down(MAIN_INSTANCE);
    say('Down: nothing is left running.');
  });

program
  .command('demo')
  .description('a whole incident, unattended, with every claim checked')
  .action(async () => {
    const { demo } = await import('./demo/demo');
    process.exitCode = await demo();
  });

program
  .command('start')
  .description('an incident that waits for you at the Slack desk')
  .action(async () => {
    const { start } = await import('./demo/start');
    process.exitCode = await start();
  });

program
  .command('offline')
  .description('serverless-offline on the same functions, against the local AWS')
  .action(async () => {
    const { offline } = await import('./offline');
    process.exitCode = await offline();
  });

program.parseAsync().catch((error: unknown) => {
  complain(red(error instanceof Error ? error.message : String(error)));
  if (process.env.DEBUG) complain(error instanceof Error ? (error.stack ?? '') : '');
  process.exitCode = 1;
});
