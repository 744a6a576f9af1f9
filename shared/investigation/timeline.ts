import type { Call } from '../detection/call';
import { evaluator } from '../detection/evaluate';
import { numberOf, at as valueAt } from '../detection/fields';
import { RULES } from '../detection/rules';
import { NO_SETTING } from '../detection/setting';
import type { Evidence, Recorded } from './evidenceOf';
import { actionOf, outsideCalls, ownCalls, unusualCalls } from './unusual';

/** What the role's sessions did that was not usual: calls of one kind from one place, together. */
export type Step = {
  readonly artifact: string;
  readonly first: string;
  readonly last: string;
  readonly action: string;
  readonly calls: number;
  readonly refused: number;
  readonly from: string;
  /** MITRE ATT&CK techniques, of the rules that look at such a call; of its verb where none does. */
  readonly techniques: readonly string[];
  /** Bytes that went out, where the records say (`additionalEventData.bytesTransferredOut`, S3); null where not. */
  readonly bytesOut: number | null;
};

const evaluate = evaluator(RULES);

/** What is seen of calls that no rule is about. */
const BY_VERB: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^sts:GetCallerIdentity$/, ['T1087.004']],
  [/^s3:(?:GetObject|SelectObjectContent)/, ['T1530']],
  [/^dynamodb:(?:Scan|Query|GetItem|BatchGetItem)/, ['T1530']],
  [/^iam:(?:List|Get)/, ['T1087.004', 'T1069.003']],
  [/^[^:]+:(?:List|Describe)/, ['T1580', 'T1526']],
  [/^[^:]+:(?:Delete|Terminate)/, ['T1485']],
];

/** The techniques of a call. A rule about a burst speaks of each of its calls. */
export const techniquesOf = (call: Call): readonly string[] => {
  const { signs, counted } = evaluate(call, NO_SETTING);
  const found = [...signs, ...counted.map(({ sign }) => sign)].flatMap(({ rule }) => rule.techniques);
  if (found.length > 0) return [...new Set(found)];
  return BY_VERB.find(([pattern]) => pattern.test(actionOf(call)))?.[1] ?? [];
};

const MOST_STEPS = 200;

const together = (calls: readonly Recorded[]): Step | null => {
  const [first] = calls;
  if (first === undefined) return null;
  const bytes = calls.flatMap(({ call }) => numberOf(valueAt(call.more, 'bytesTransferredOut')) ?? []);
  return {
    artifact: first.artifact,
    first: first.at,
    last: calls.at(-1)?.at ?? first.at,
    action: actionOf(first.call),
    calls: calls.length,
    refused: calls.filter(({ call }) => call.error !== null).length,
    from: first.call.address ?? 'unknown',
    techniques: [...new Set(calls.flatMap(({ call }) => techniquesOf(call)))],
    bytesOut: bytes.length === 0 ? null : bytes.reduce((sum, value) => sum + value, 0),
  };
};

/** The unusual calls of the role's sessions, oldest first. */
export const timelineOf = (evidence: Evidence): readonly Step[] => {
  const wanted = new Set([...outsideCalls(evidence), ...unusualCalls(evidence)]);
  const groups = new Map<string, Recorded[]>();
  for (const one of ownCalls(evidence)) {
    if (!wanted.has(one)) continue;
    const key = `${actionOf(one.call)} ${one.call.address}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()]
    .flatMap((calls) => together(calls) ?? [])
    .toSorted((a, b) => a.first.localeCompare(b.first))
    .slice(0, MOST_STEPS);
};
