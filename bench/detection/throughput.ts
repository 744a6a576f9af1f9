import { Engine } from 'json-rules-engine';
import { detector } from '../../cli/detect/detect';
import { RULES } from '../../shared/detection/rules';

/*
 * How many events a second one core judges, from lines of JSON, beside json-rules-engine (npm) with as many rules: each
 * has one condition on the service, one on the operation's name and one on the error, which is what most of ours begin
 * with. Ours do more on each, and count over several calls. Start-up and a first round of each are left out.
 */

export type Throughput = { readonly rules: number; readonly ours: number; readonly peer: number };

const policy = {
  setting: { knownDeployers: [], ownAccounts: [] },
  modes: { defaultMode: 'respond' as const, modes: [] },
};

const perSecond = (events: number, since: bigint): number =>
  events / (Number(process.hrtime.bigint() - since) / 1e9);

const peerEngine = (): Engine => {
  const engine = new Engine([], { allowUndefinedFacts: true });
  for (const { id, calls } of RULES) {
    const pairs = calls.map((call) => call.split(':'));
    engine.addRule({
      event: { type: id },
      conditions: {
        all: [
          {
            fact: 'eventSource',
            operator: 'in',
            value: [...new Set(pairs.map(([service]) => `${service}.amazonaws.com`))],
          },
          { fact: 'eventName', operator: 'in', value: pairs.map(([, name = '']) => name) },
          { fact: 'errorCode', operator: 'equal', value: undefined },
        ],
      },
    });
  }
  return engine;
};

const runOurs = (lines: readonly string[], rounds: number): void => {
  const detect = detector(policy);
  for (let round = 0; round < rounds; round++) for (const line of lines) detect({ event: JSON.parse(line) });
};

const runPeer = async (engine: Engine, lines: readonly string[]): Promise<void> => {
  for (const line of lines) await engine.run(JSON.parse(line) as Record<string, unknown>);
};

export const measureThroughput = async (events: readonly unknown[], rounds: number): Promise<Throughput> => {
  const lines = events.map((event) => JSON.stringify(event));
  const engine = peerEngine();
  runOurs(lines, 1);
  const before = process.hrtime.bigint();
  runOurs(lines, rounds);
  const ours = perSecond(lines.length * rounds, before);
  await runPeer(engine, lines.slice(0, 200));
  const then = process.hrtime.bigint();
  await runPeer(engine, lines);
  return { rules: RULES.length, ours, peer: perSecond(lines.length, then) };
};
