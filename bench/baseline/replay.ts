import { type Baseline, NO_BASELINE } from '../../shared/detection/baseline/baseline';
import { judge } from '../../shared/detection/baseline/judge';
import { learn } from '../../shared/detection/baseline/learn';
import { ALERT } from '../../shared/detection/judge';
import { type Simulated, simulate } from './simulate';

const DAY = 86_400_000;
const START = Date.parse('2026-03-02T00:00:00Z');

export type Alarm = { readonly day: number; readonly rule: string; readonly why: string };

export type Replayed = { readonly alarms: readonly Alarm[]; readonly baseline: Baseline };

/** Judges and learns what is simulated, in order: what would have been alarms, each once. */
export const replay = (simulated: Simulated): Replayed => {
  let baseline = NO_BASELINE;
  const alarms: Alarm[] = [];
  const seen = new Set<string>();
  for (const { attacked: _attacked, ...observation } of simulate(simulated)) {
    for (const { id, rule, severity, why } of judge(baseline, observation)) {
      if (severity < ALERT || seen.has(id)) continue;
      seen.add(id);
      alarms.push({ day: Math.floor((observation.time - START) / DAY), rule, why });
    }
    baseline = learn(baseline, observation);
  }
  return { alarms, baseline };
};
