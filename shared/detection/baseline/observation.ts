import { parseFunctionArn } from '../../suspect/functionArn';
import type { Call } from '../call';
import { text } from '../fields';
import { isKnownDeployer, type Setting } from '../setting';
import { agentFamilyOf } from './agent';
import { networkOf } from './network';
import { bytesOf, isRead } from './reads';
import { DAY_HOURS, HOUR } from './time';

/**
 * What is counted per hour: calls, those of them that read data, and the bytes that S3 says it handed out, from
 * CloudTrail; and from Lambda Insights, where a function has its layer, the bytes that it sent and the milliseconds that
 * its processors worked. A metric has a measure of its own, as two sources of one would be a rise when the second begins.
 */
export const METERED = ['sent', 'processed'] as const;
export const MEASURES = ['calls', 'reads', 'bytes', ...METERED] as const;
export type Metered = (typeof METERED)[number];
export type Measure = (typeof MEASURES)[number];

/** One thing that was seen of one function. `time` is milliseconds since 1970. */
export type Observation =
  | {
      /** A call that the function's own credentials made. */
      readonly kind: 'call';
      /** CloudTrail's id of the event: the same one twice counts once. */
      readonly id: string;
      readonly time: number;
      /** `service:Operation`, of `[\w:.-]` alone. */
      readonly api: string;
      readonly region: string | null;
      readonly network: { readonly near: string; readonly wide: string } | null;
      readonly agent: string | null;
      readonly reads: number;
      readonly bytes: number;
    }
  | {
      /** How much there was in an hour up to now, from a metric: a later, higher one of the same hour replaces it. */
      readonly kind: 'volume';
      readonly time: number;
      readonly measure: Metered;
      readonly amount: number;
    }
  | {
      /** The function's code was replaced, or an alias put onto another version. */
      readonly kind: 'deployment';
      readonly id: string;
      readonly time: number;
      /** By somebody who is known to deploy. */
      readonly known: boolean;
    };

/** Of one function, by unqualified ARN. */
export type Observed = { readonly functionArn: string; readonly observation: Observation };

/** CloudTrail delivers within about 15 minutes and EventBridge tries again for a day: what is older is no news. */
export const OLDEST_HOURS = 35 * DAY_HOURS;
/** Clocks differ; a time further ahead is wrong, and must not make everything after it look late. */
const AHEAD = HOUR / 4;

export const isTimely = (time: number, now: Date): boolean =>
  time <= now.getTime() + AHEAD && time > now.getTime() - OLDEST_HOURS * HOUR;

/** Names that others wrote: what they are made of, and no longer than they ever are. */
const plain = (name: string): string => name.slice(0, 96).replaceAll(/[^\w:.-]/g, '?');

const DEPLOYS = /^(?:UpdateFunctionCode|UpdateAlias)$/;

/** The function that a deployment is about: its answer names it by ARN, its request by name or ARN. */
const deployed = ({ request, response, region, account }: Call): string | null => {
  const named = text(request, 'functionName') ?? '';
  const arn =
    parseFunctionArn(text(response, 'functionArn') ?? '') ??
    parseFunctionArn(named) ??
    parseFunctionArn(`arn:aws:lambda:${region}:${account}:function:${named.split(':').at(-1)}`);
  return arn?.arn ?? null;
};

/**
 * What a recorded call says of functions: of the one whose credentials made it, and of the one that it deployed. Nothing
 * where it has no id, or no time within the last 35 days. Failed calls count as calls: what is tried tells as much.
 */
export const observationsOf = (call: Call, setting: Setting, now: Date): readonly Observed[] => {
  const { id, time, caller } = call;
  if (id === null || time === null || !isTimely(time, now)) return [];
  const own: Observed[] =
    caller.functionArn === null
      ? []
      : [
          {
            functionArn: caller.functionArn,
            observation: {
              kind: 'call',
              id,
              time,
              api: plain(`${call.service}:${call.name}`),
              region: call.region === null ? null : plain(call.region),
              network: networkOf(call),
              agent: agentFamilyOf(call.agent),
              reads: isRead(call) ? 1 : 0,
              bytes: bytesOf(call),
            },
          },
        ];
  if (call.service !== 'lambda' || !DEPLOYS.test(call.name) || call.error !== null) return own;
  const functionArn = deployed(call);
  if (functionArn === null) return own;
  const known = isKnownDeployer(call, setting);
  return [...own, { functionArn, observation: { kind: 'deployment', id, time, known } }];
};
