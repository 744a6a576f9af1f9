import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalClients } from '../local/clients';
import { NeverHappened } from '../local/until';
import { configure, type Responder, untilQuiet } from './responders';
import { type Summary, summarise } from './statistics';
import { isThrottled, makeSuspects, type Suspect } from './suspects';

export type Latencies = {
  readonly responder: string;
  readonly start: 'warm' | 'cold';
  readonly milliseconds: Summary;
  /** How far apart the looks at the function were: no figure is finer than this. */
  readonly look: Summary;
};

const LOOK_EVERY = 5;
const GIVE_UP_AFTER = 60_000;

/** From the event put on the bus until the function reads as throttled, seen from outside. */
const measure = async (
  clients: LocalClients,
  responder: Responder,
  suspect: Suspect,
): Promise<{ readonly taken: number; readonly looks: readonly number[] }> => {
  const looks: number[] = [];
  const from = performance.now();
  const reported = responder.report(suspect);
  for (;;) {
    const asked = performance.now();
    const throttled = await isThrottled(clients, suspect);
    const now = performance.now();
    if (throttled) {
      await reported;
      return { taken: now - from, looks };
    }
    if (now - from > GIVE_UP_AFTER)
      throw new NeverHappened(`${suspect.name} was not throttled by the ${responder.name} within a minute`);
    await sleep(Math.max(0, LOOK_EVERY - (now - asked)));
    looks.push(performance.now() - asked);
  }
};

/** Measures the responders in turn, each on functions of its own; cold with new environments before every incident. */
export const measureLatencies = async (
  clients: LocalClients,
  responders: readonly Responder[],
  start: 'warm' | 'cold',
  incidents: number,
  onIncident: (done: number) => void,
): Promise<readonly Latencies[]> => {
  const suspects = await makeSuspects(clients, incidents * responders.length);
  const taken = responders.map((): number[] => []);
  const looks = responders.map((): number[] => []);
  for (let round = 0; round < incidents; round++) {
    for (let turn = 0; turn < responders.length; turn++) {
      // Each goes first as often as the other.
      const index = (round + turn) % responders.length;
      const responder = responders[index] as Responder;
      const suspect = suspects[round * responders.length + index] as Suspect;
      if (start === 'cold')
        for (const name of responder.hot) await configure(clients, name, { Description: `cold ${round}` });
      const measured = await measure(clients, responder, suspect);
      taken[index]?.push(measured.taken);
      looks[index]?.push(...measured.looks);
      await untilQuiet(clients, responder);
    }
    onIncident(round + 1);
  }
  return responders.map(({ name }, index) => ({
    responder: name,
    start,
    milliseconds: summarise(taken[index] ?? []),
    look: summarise(looks[index] ?? []),
  }));
};
