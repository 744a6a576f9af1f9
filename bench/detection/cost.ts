import { meetsPattern } from '../../test/fixtures/eventPattern';
import type { Recorded } from './corpus';

/*
 * What the detector costs, from what wakes it: the deployment's own event patterns over recorded events. EventBridge
 * delivers AWS's own events for nothing; a Lambda function costs by request and by time (aws.amazon.com/lambda/pricing,
 * arm64, US East).
 */

const PER_REQUEST = 0.2 / 1e6;
const PER_GIGABYTE_SECOND = 0.0000133334;
/** The detector's memory, and what a warm invocation with at most one DynamoDB and one PutEvents call takes. */
const GIGABYTES = 0.5;
const SECONDS = 0.02;

export type Cost = {
  readonly events: number;
  readonly woken: number;
  readonly dollarsPerMillion: number;
  /** Of calls that functions made. */
  readonly byFunctions: { readonly events: number; readonly woken: number };
};

const { detectionPatterns } = require('../../infrastructure/detection.cjs') as {
  detectionPatterns: () => readonly { readonly pattern: object }[];
};

const isByFunction = ({ event }: Recorded): boolean =>
  /exec-env\/AWS_Lambda_|"AWS::Lambda::Function"/.test(JSON.stringify(event));

export const invocationCost = (invocations: number): number =>
  invocations * (PER_REQUEST + GIGABYTES * SECONDS * PER_GIGABYTE_SECOND);

export const measureCost = (ordinary: readonly Recorded[]): Cost => {
  const patterns = detectionPatterns();
  const wakes = ({ event }: Recorded): number => {
    const { eventSource = '' } = event as { readonly eventSource?: string };
    const delivered = {
      source: `aws.${eventSource.replace('.amazonaws.com', '')}`,
      'detail-type': 'AWS API Call via CloudTrail',
      detail: event,
    };
    return patterns.filter(({ pattern }) => meetsPattern(pattern, delivered)).length;
  };
  const sum = (some: readonly Recorded[]) => some.reduce((all, recorded) => all + wakes(recorded), 0);
  const byFunctions = ordinary.filter(isByFunction);
  const woken = sum(ordinary);
  return {
    events: ordinary.length,
    woken,
    dollarsPerMillion: invocationCost((woken / Math.max(1, ordinary.length)) * 1e6),
    byFunctions: { events: byFunctions.length, woken: sum(byFunctions) },
  };
};
