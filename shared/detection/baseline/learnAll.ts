import type { FunctionArn } from '../../suspect/functionArn';
import type { Detail } from '../raise';
import type { Baseline } from './baseline';
import { unusualFinding } from './finding';
import { judge } from './judge';
import { learn } from './learn';
import type { Observation } from './observation';
import { type Baselines, getBaseline, putBaseline } from './store';

/** Log files of several Regions come at once, and may be about the same function. */
const TRIES = 8;

export class BaselineBusyError extends Error {
  override readonly name = 'BaselineBusyError';
}

type Judged = { readonly baseline: Baseline; readonly findings: readonly Detail[] };

/** Judges and learns observations of one function, in their order; a finding that is raised twice is one. */
export const judgeAll = (
  baseline: Baseline,
  suspect: FunctionArn,
  observations: readonly Observation[],
): Judged => {
  const findings = new Map<string, Detail>();
  let now = baseline;
  for (const observation of observations.toSorted((a, b) => a.time - b.time)) {
    for (const raised of judge(now, observation)) {
      const finding = unusualFinding(raised, suspect, observation.time);
      if (finding !== null) findings.set(finding.id, finding);
    }
    now = learn(now, observation);
  }
  return { baseline: now, findings: [...findings.values()] };
};

/**
 * Judges what was seen of a function by what is usual of it, tells what is not, and learns it then: whoever dies in
 * between tells it again, under the same id. Throws {@link BaselineBusyError} where others wrote each time.
 */
export const learnAll = async (
  baselines: Baselines,
  suspect: FunctionArn,
  observations: readonly Observation[],
  tell: (findings: readonly Detail[]) => Promise<void>,
  now: Date,
): Promise<{ readonly findings: number; readonly problem?: string }> => {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const stored = await getBaseline(baselines, suspect.arn);
    const { baseline, findings } = judgeAll(stored.baseline, suspect, observations);
    await tell(findings);
    if (await putBaseline(baselines, suspect.arn, baseline, stored, now))
      return {
        findings: findings.length,
        ...(stored.problem === undefined ? {} : { problem: stored.problem }),
      };
  }
  throw new BaselineBusyError('others wrote the same baseline all the time');
};
