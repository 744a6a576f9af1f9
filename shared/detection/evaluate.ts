import { parseFunctionArn } from '../suspect/functionArn';
import type { Call } from './call';
import type { Rule } from './rule';
import { isKnownDeployer, type Setting } from './setting';

/** What a rule says of a call. */
export type Sign = {
  readonly rule: Rule;
  /** 0 to 10: from 4 on an alert. */
  readonly severity: number;
  /** The function that it is about, by unqualified ARN; null where the call cannot be tied to one. */
  readonly suspect: string | null;
  /** Whether the suspect itself made the call. */
  readonly itself: boolean;
};

/** What of a call counts towards a burst: `least` different ones of one caller within `seconds` are a sign. */
export type Counted = { readonly sign: Sign; readonly key: string; readonly what: readonly string[] };

export type Evaluation = { readonly signs: readonly Sign[]; readonly counted: readonly Counted[] };

export type Evaluate = (call: Call, setting: Setting) => Evaluation;

const outcomeOf = ({ error }: Call): 'succeeded' | 'failed' => (error === null ? 'succeeded' : 'failed');

/** What counts is as long as a key may be, and no longer: of what others chose. */
const LONGEST = 512;

const signOf = (rule: Rule, call: Call, setting: Setting): Sign => {
  const about = rule.about?.(call) ?? null;
  const caller = call.caller.functionArn;
  const suspect = about ?? caller;
  return {
    rule,
    severity: typeof rule.severity === 'number' ? rule.severity : rule.severity(call, setting),
    suspect: suspect !== null && parseFunctionArn(suspect) !== null ? suspect : null,
    itself: suspect !== null && suspect === caller,
  };
};

const applies = (rule: Rule, call: Call, setting: Setting): boolean => {
  const { outcome = 'succeeded', services = false, deploys = false, when } = rule;
  if (outcome !== 'any' && outcome !== outcomeOf(call)) return false;
  if (call.caller.isService && !services) return false;
  if (deploys && isKnownDeployer(call, setting)) return false;
  return when?.(call, setting) ?? true;
};

type Index = {
  readonly exact: ReadonlyMap<string, readonly Rule[]>;
  /** By the operation alone, for records that mask the service. */
  readonly named: ReadonlyMap<string, readonly Rule[]>;
  /** By service: the beginning of the operation's name. */
  readonly prefixes: ReadonlyMap<string, readonly { readonly start: string; readonly rule: Rule }[]>;
  readonly all: readonly Rule[];
};

const push = <T>(map: Map<string, T[]>, key: string, value: T): void => {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
};

const indexOf = (rules: readonly Rule[]): Index => {
  const exact = new Map<string, Rule[]>();
  const named = new Map<string, Rule[]>();
  const prefixes = new Map<string, { start: string; rule: Rule }[]>();
  for (const rule of rules)
    for (const pattern of rule.calls) {
      const [service = '', name = ''] = pattern.split(':');
      if (pattern === '*') continue;
      if (name.endsWith('*')) push(prefixes, service, { start: name.slice(0, -1), rule });
      else {
        push(exact, pattern, rule);
        push(named, name, rule);
      }
    }
  return { exact, named, prefixes, all: rules.filter(({ calls }) => calls.includes('*')) };
};

/** What a service is called; published records mask it at times. */
const SERVICE = /^[a-z]/;

/** Which rules look at a call, each once. */
const candidates = (index: Index, { service, name }: Call): ReadonlySet<Rule> =>
  new Set([
    ...((SERVICE.test(service) ? index.exact.get(`${service}:${name}`) : index.named.get(name)) ?? []),
    ...(index.prefixes.get(service) ?? []).flatMap(({ start, rule }) =>
      name.startsWith(start) ? [rule] : [],
    ),
    ...index.all,
  ]);

/** Makes the evaluation of some rules: pure, and as fast as the rules that look at a call. */
export const evaluator = (rules: readonly Rule[]): Evaluate => {
  const index = indexOf(rules);
  return (call, setting) => {
    const signs: Sign[] = [];
    const counted: Counted[] = [];
    for (const rule of candidates(index, call)) {
      if (!applies(rule, call, setting)) continue;
      const sign = signOf(rule, call, setting);
      if (rule.burst === undefined) signs.push(sign);
      else
        counted.push({
          sign,
          key: `${rule.id} ${call.caller.key}`.slice(0, LONGEST),
          what: rule.burst.of(call).flatMap((what) => (what === '' ? [] : [what.slice(0, LONGEST)])),
        });
    }
    return { signs, counted };
  };
};
