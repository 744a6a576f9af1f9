import { type Allowances, type Expected, suppressionOf } from '../policy/allowances';
import { parseFunctionArn } from '../suspect/functionArn';
import type { Call } from './call';
import type { Evaluation, Sign } from './evaluate';

/** What a sign is known by to the policy; null where it is about no function. */
export const expectedOf = ({ rule, suspect }: Sign, { caller }: Call): Expected | null => {
  const arn = suspect === null ? null : parseFunctionArn(suspect);
  if (arn === null) return null;
  const by = [caller.arn, caller.roleArn, caller.userName].flatMap((name) => name ?? []);
  return { rule: rule.id, functionName: arn.functionName, by };
};

export type Dropped = { readonly rule: string };

/**
 * What is left of an evaluation when the policy's suppressions are taken out of it, sign by sign: what is expected must
 * not hide what else the same call means. `now` in milliseconds since 1970.
 */
export const withoutSuppressed = (
  { signs, counted }: Evaluation,
  call: Call,
  allowances: Allowances,
  now: number,
): Evaluation & { readonly dropped: readonly Dropped[] } => {
  if (allowances.suppressions.length === 0) return { signs, counted, dropped: [] };
  const dropped: Dropped[] = [];
  const stays = (sign: Sign): boolean => {
    const expected = expectedOf(sign, call);
    if (expected === null || suppressionOf(expected, allowances, now) === null) return true;
    dropped.push({ rule: expected.rule });
    return false;
  };
  return { signs: signs.filter(stays), counted: counted.filter(({ sign }) => stays(sign)), dropped };
};
