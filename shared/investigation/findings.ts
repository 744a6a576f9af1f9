import { type ChangePoint, changePointOf } from './changePoint';
import { changesIn, type WhatChanged } from './changes';
import type { Evidence } from './evidenceOf';
import { type Hypothesis, hypothesesOf, observe } from './hypotheses';
import { type Indicator, indicatorsIn } from './indicators';
import { lastDeployment } from './observe/deployments';
import { type Step, timelineOf } from './timeline';
import { firstUnusual } from './unusual';

/** When behaviour changed, by each way of telling. */
export type When = {
  readonly firstUnusual: { readonly at: string; readonly artifact: string } | null;
  readonly shifts: readonly (ChangePoint & {
    readonly artifact: string;
    readonly metric: string;
    readonly at: string;
  })[];
  readonly lastDeployment: { readonly at: string; readonly artifact: string } | null;
};

/** All that the investigation concludes: `hypotheses.json` of the evidence. */
export type Conclusions = {
  readonly hypotheses: readonly Hypothesis[];
  readonly when: When;
  readonly changed: WhatChanged;
  readonly timeline: readonly Step[];
  readonly indicators: readonly Indicator[];
  /** What was not there or could not be read: nothing is concluded from its absence. */
  readonly gaps: readonly string[];
};

export const conclude = (evidence: Evidence): Conclusions => {
  const observations = observe(evidence);
  const deployment = lastDeployment(evidence);
  return {
    hypotheses: hypothesesOf(observations),
    when: {
      firstUnusual: firstUnusual(evidence),
      shifts: evidence.series.flatMap(({ artifact, metric, points }) => {
        const change = changePointOf(points.map(({ value }) => value));
        return change === null ? [] : [{ artifact, metric, at: points[change.index]?.at ?? '', ...change }];
      }),
      lastDeployment: deployment === null ? null : { at: deployment.at, artifact: deployment.artifact },
    },
    changed: changesIn(evidence),
    timeline: timelineOf(evidence),
    indicators: indicatorsIn(evidence, observations),
    gaps: evidence.gaps,
  };
};
