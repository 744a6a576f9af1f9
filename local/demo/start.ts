import { emitKeypressEvents } from 'node:readline';
import { down, MAIN_INSTANCE, up } from '../instance';
import { bold, complain, dim, elapsed, say } from '../print';
import { findingDetail, putGuardDutyEvent } from '../scenarios/guardDutyFinding';
import { removeWorkload } from '../workload/deploy';
import { attack, deployVersion } from './attack';
import { endOnSignal, tell } from './demo';
import { response } from './response';
import type { World } from './story';

/** The same incident as the demo's, up to where a human decides: that is you, at the Slack desk. Stays up until ended. */
export const start = async (): Promise<number> => {
  const began = Date.now();
  endOnSignal(MAIN_INSTANCE);
  const instance = await up(MAIN_INSTANCE, say);
  await removeWorkload(instance.clients);
  let world = { instance } as World;
  for (const step of [...attack, ...response]) {
    const { told, world: after } = await tell(step, world, began);
    world = after;
    if (told.error !== undefined) {
      complain(
        `\nThe story stopped at ${elapsed(began)}. Logs: ${MAIN_INSTANCE}/logs. End with npm run local:down.`,
      );
      return 1;
    }
  }
  say(
    `\n${bold('It is your turn.')} Open ${bold(instance.desk.url)} and press the buttons as Olivia, who is on call.`,
  );
  say('Release is refused while the attacker’s code is still deployed. Here you can');
  say(`  ${bold('p')}  deploy the patched version`);
  say(`  ${bold('f')}  let GuardDuty report the function again (after a release: a relapse)`);
  say(`  ${bold('q')}  end, and leave nothing running`);
  say(dim(`Or in another shell: npx tourniquet show ${world.incidentId}`));
  await untilEnded({
    p: async () => {
      await deployVersion(instance.clients, world.workload.workerArn, 'orderWorker.patched');
      say('The patched version is deployed: press Release.');
    },
    f: async () => {
      const role = 'arn:aws:iam::000000000000:role/shop-order-worker';
      await putGuardDutyEvent(
        instance.clients,
        findingDetail({ functionArn: world.workload.workerArn, role }),
      );
      say('Another finding is on the bus.');
    },
  });
  say('\nEnding.');
  await down(MAIN_INSTANCE);
  say('Down: nothing is left running.');
  return 0;
};

/** Acts on keys until `q`, Ctrl-C or a signal. Without a terminal it waits for the signal. */
const untilEnded = (actions: Readonly<Record<string, () => Promise<void>>>): Promise<void> =>
  new Promise((settle) => {
    const { stdin } = process;
    const keepAlive = setInterval(() => undefined, 60_000);
    const end = () => {
      clearInterval(keepAlive);
      if (stdin.isTTY) stdin.setRawMode(false);
      stdin.pause();
      settle();
    };
    if (!stdin.isTTY) return;
    emitKeypressEvents(stdin);
    stdin.setRawMode(true);
    stdin.on('keypress', (_text, { name = '', ctrl = false }: { name?: string; ctrl?: boolean }) => {
      if (name === 'q' || (ctrl && name === 'c')) end();
      else {
        const action = actions[name];
        if (action !== undefined)
          action().catch((error: unknown) =>
            complain(error instanceof Error ? error.message : String(error)),
          );
      }
    });
  });
