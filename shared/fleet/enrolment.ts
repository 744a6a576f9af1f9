import { matches } from '../policy/wildcard';
import { readingLogs } from './prices';

/** A log group may have so many subscription filters (CloudWatch Logs quotas). */
export const MOST_FILTERS = 2;

/** One entry of the policy's `guarded`: a function's name, in which `*` is a wildcard, or a tag. */
export type Entry =
  | { readonly name: string }
  | { readonly tag: { readonly key: string; readonly value: string } };

export const readEntry = (text: string): Entry => {
  const [, key, value] = /^tag:([^=]+)=(.*)$/.exec(text) ?? [];
  return key === undefined || value === undefined ? { name: text } : { tag: { key, value } };
};

/** A function's log group as it is. */
export type Group = {
  readonly logGroup: string;
  readonly functionName: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The names of its subscription filters. */
  readonly filters: readonly string[];
  /** What is written to it in a month, in GB; null where that is not known. */
  readonly gb: number | null;
};

export type Enrolment = {
  readonly add: readonly Group[];
  readonly remove: readonly Group[];
  /** Guarded before, and still. */
  readonly kept: readonly Group[];
  /** What should be guarded and is not, with the reason. */
  readonly left: readonly { readonly group: Group; readonly because: 'no slot' | 'budget' }[];
  /** In dollars a month, of all that is guarded now. */
  readonly monthly: number;
};

const fits = (entry: Entry, { functionName, tags }: Group): boolean =>
  'name' in entry ? matches(entry.name, functionName) : tags[entry.tag.key] === entry.tag.value;

/**
 * Which log groups get the filter `filter`, and which lose it. In the order of the entries, so that the budget is spent on
 * what stands first; within one, what is read already stays before what is new. A filter that is somebody else's is never
 * displaced. Our own functions (`ours`: how their names begin) are never read: that would go round for ever.
 */
export const planEnrolment = (
  groups: readonly Group[],
  entries: readonly Entry[],
  { filter, ours, budget }: { readonly filter: string; readonly ours: string; readonly budget: number },
): Enrolment => {
  const has = ({ filters }: Group): boolean => filters.includes(filter);
  const rank = (group: Group): number => entries.findIndex((entry) => fits(entry, group));
  const wanted = groups
    .filter((group) => rank(group) !== -1 && !group.functionName.startsWith(ours))
    .toSorted(
      (a, b) =>
        rank(a) - rank(b) ||
        Number(has(b)) - Number(has(a)) ||
        (a.functionName < b.functionName ? -1 : a.functionName > b.functionName ? 1 : 0),
    );
  const add: Group[] = [];
  const kept: Group[] = [];
  const left: Enrolment['left'][number][] = [];
  let monthly = 0;
  for (const group of wanted) {
    const cost = readingLogs(group.gb ?? 0);
    if (!has(group) && group.filters.length >= MOST_FILTERS) left.push({ group, because: 'no slot' });
    else if (monthly + cost > budget) left.push({ group, because: 'budget' });
    else {
      monthly += cost;
      (has(group) ? kept : add).push(group);
    }
  }
  const guarded = new Set([...add, ...kept]);
  return { add, kept, left, monthly, remove: groups.filter((group) => has(group) && !guarded.has(group)) };
};
