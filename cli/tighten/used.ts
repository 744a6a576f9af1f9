import { touchesIn } from '../../shared/exposure/did';
import type { Used } from '../../shared/exposure/tighten';

/** One recorded call of a session, as CloudTrail's history gives it. */
export type Recorded = { readonly at: string; readonly record: unknown };

type Fields = {
  readonly eventSource?: unknown;
  readonly eventName?: unknown;
  readonly errorCode?: unknown;
  readonly userIdentity?: {
    readonly sessionContext?: { readonly sessionIssuer?: { readonly arn?: unknown } };
  };
};

const word = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Lambda's operations carry the date of the API (`GetFunction20150331v2`). */
const nameOf = (eventName: string): string => eventName.replace(/20\d{6}(?:v\d+)?$/, '');

/** Services that sign their events with another name than IAM knows them by (service authorization reference). */
const PREFIXES: Readonly<Record<string, string>> = {
  email: 'ses',
  monitoring: 'cloudwatch',
  'streams.dynamodb': 'dynamodb',
  tagging: 'tag',
};

const serviceOf = (eventSource: string): string => {
  const name = eventSource.replace(/\.amazonaws\.com(?:\.cn)?$/, '');
  return PREFIXES[name] ?? name;
};

/** What the sessions of a role did, each action with what it was on. Refused calls, and those of other roles, are none of it. */
export const usedBy = (roleArn: string, calls: readonly Recorded[]): readonly Used[] => {
  const partition = roleArn.split(':')[1] ?? 'aws';
  const used = new Map<string, Set<string>>();
  const unnamed = new Set<string>();
  for (const { at, record } of calls) {
    const { eventSource, eventName, errorCode, userIdentity } = (record ?? {}) as Fields;
    if (errorCode !== undefined || userIdentity?.sessionContext?.sessionIssuer?.arn !== roleArn) continue;
    const action = `${serviceOf(word(eventSource))}:${nameOf(word(eventName))}`;
    const arns = touchesIn(JSON.stringify({ eventTime: at, record }), partition).map(({ arn }) => arn);
    if (arns.length === 0) unnamed.add(action);
    used.set(action, new Set([...(used.get(action) ?? []), ...arns]));
  }
  // Once without a name is everywhere: what it was on is not known then.
  return [...used]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([action, arns]) => ({ action, arns: unnamed.has(action) ? [] : [...arns].toSorted() }));
};
