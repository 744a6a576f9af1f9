import type { FunctionArn } from '../../suspect/functionArn';
import { ALERT } from '../judge';
import type { Detail } from '../raise';
import type { Raised } from './raised';

/**
 * Never more than ask, in any company (invariant 11): whoever calls a function can bring about how much it reads and
 * when, and an API, network or client that is new comes of the same record that the rules look at, so it is no witness
 * beside them.
 */
const BOUND = { most: 'ask', because: 'at most ask: what is unusual is not yet wrong' } as const;

/** The finding of what is unusual of a function; null for what is context, and never told by itself. */
export const unusualFinding = (
  { id, rule, title, techniques, severity, why }: Raised,
  { arn, functionName }: FunctionArn,
  time: number,
): Detail | null =>
  severity < ALERT
    ? null
    : {
        id: `baseline:${functionName}:${id}`,
        rule,
        title,
        description: `${title}: ${why}.`,
        severity,
        functionArn: arn,
        firstSeen: new Date(time).toISOString(),
        techniques,
        bound: BOUND,
        observer: 'behaviour',
      };
