import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { root } from '../aws/state';
import { down, type Instance, up } from '../instance';
import { bold, dim, elapsed, green, red, say, tame } from '../print';
import { attack } from './attack';
import { leftovers } from './leftovers';
import { recovery } from './recovery';
import { response } from './response';
import type { Check, Step, World } from './story';

/** An instance of its own, so that a running `local:up` is left alone. */
export const DEMO_INSTANCE = '.local/demo';

type Told = {
  readonly step: string;
  readonly seconds: number;
  readonly checks: readonly Check[];
  readonly error?: string;
};

/** Runs one step and prints what it claims and what was found. */
export const tell = async (
  step: Step,
  world: World,
  began: number,
): Promise<{ told: Told; world: World }> => {
  say(`${dim(elapsed(began))}  ${bold(step.title)}`);
  const from = Date.now();
  const seconds = () => (Date.now() - from) / 1000;
  try {
    const { adds = {}, checks } = await step.run(world);
    for (const { claim, holds, found } of checks) {
      say(`      ${holds ? green('✓') : red('✗')} ${claim}${dim(`: ${tame(found).slice(0, 160)}`)}`);
    }
    return { told: { step: step.title, seconds: seconds(), checks }, world: { ...world, ...adds } };
  } catch (error) {
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    say(`      ${red('✗')} ${tame(what)}`);
    return { told: { step: step.title, seconds: seconds(), checks: [], error: what }, world };
  }
};

const failedIn = ({ checks, error }: Told): number =>
  checks.filter(({ holds }) => !holds).length + (error === undefined ? 0 : 1);

/** Ctrl-C, a closed terminal or a stopped job: nothing is left running. */
export const endOnSignal = (dir: string): void => {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.once(signal, () => {
      const end = () => process.exit(code);
      down(dir).then(end, end);
    });
  }
};

/** The whole story, unattended. Gives the exit code: 0 only when every claim holds. */
export const demo = async (): Promise<number> => {
  const began = Date.now();
  say(
    bold(
      'Tourniquet: a compromised Lambda function, from the finding to the post-mortem, on this machine alone\n',
    ),
  );
  await down(DEMO_INSTANCE);
  await rm(resolve(root, DEMO_INSTANCE), { recursive: true, force: true });
  const told: Told[] = [];
  endOnSignal(DEMO_INSTANCE);
  try {
    say(`${dim(elapsed(began))}  ${bold('A local AWS, and the stack as it deploys to a real account')}`);
    const instance = await up(DEMO_INSTANCE, (text) => say(`      ${dim(text)}`));
    // The steps fill it in order; each uses what the ones before it have added.
    let world = { instance } as World;
    for (const step of [...attack, ...response, ...recovery, ...leftovers]) {
      const result = await tell(step, world, began);
      told.push(result.told);
      world = result.world;
      if (result.told.error !== undefined) break;
    }
    await keep(instance, world, told, began);
  } finally {
    await down(DEMO_INSTANCE);
  }
  const failed = told.map(failedIn).reduce((sum, count) => sum + count, 0);
  const held = told.flatMap(({ checks }) => checks).filter(({ holds }) => holds).length;
  say(
    `\n${failed === 0 ? green('✓') : red('✗')} ${held} claims hold, ${failed} do not, in ${elapsed(began)}; nothing is left running`,
  );
  say(`  ${dim('summary')}      ${DEMO_INSTANCE}/summary.json`);
  say(`  ${dim('post-mortem')}  ${DEMO_INSTANCE}/post-mortem.md`);
  say(`  ${dim('Now press the buttons yourself: npm start')}`);
  return failed === 0 ? 0 : 1;
};

const keep = async (
  instance: Instance,
  world: World,
  told: readonly Told[],
  began: number,
): Promise<void> => {
  const directory = resolve(root, DEMO_INSTANCE);
  await mkdir(directory, { recursive: true });
  const summary = {
    ok: told.every((entry) => failedIn(entry) === 0),
    incidentId: world.incidentId,
    functionArn: world.workload?.workerArn,
    seconds: (Date.now() - began) / 1000,
    steps: told,
  };
  await writeFile(join(directory, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`);
  if (world.incidentId === undefined) return;
  try {
    const { Body } = await instance.clients.s3.send(
      new GetObjectCommand({
        Bucket: instance.stack.evidenceBucket,
        Key: `incidents/${world.incidentId}/post-mortem.md`,
      }),
    );
    await writeFile(join(directory, 'post-mortem.md'), (await Body?.transformToString('utf8')) ?? '');
  } catch (error) {
    say(`      ${dim(`no post-mortem to keep: ${error instanceof Error ? error.name : String(error)}`)}`);
  }
};
