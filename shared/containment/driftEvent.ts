import * as z from 'zod';
import { type Act, actOf, callShape } from '../investigation/whoDid';
import { parseFunctionArn, roleNameOf } from '../suspect/functionArn';

/** What an event on the default bus says may have changed. */
export type Change = {
  /** Functions that it names, by unqualified ARN. */
  readonly functions: readonly string[];
  /** Roles that it names, by name. */
  readonly roles: readonly string[];
  /** The call, where it is one. */
  readonly act: Act | null;
};

const eventShape = z.object({
  resources: z.array(z.unknown()).catch([]),
  detail: z
    .looseObject({
      requestParameters: z
        .object({ functionName: z.string().optional(), roleName: z.string().optional() })
        .nullish()
        .catch(null),
    })
    .catch({}),
});

/** An event has at most 256 KiB; what a function is called by is never deeper than this. */
const MOST_DEPTH = 6;

const stringsIn = (value: unknown, depth = 0): readonly string[] => {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || depth === MOST_DEPTH) return [];
  return Object.values(value).flatMap((inner) => stringsIn(inner, depth + 1));
};

/** A function as a caller may name it: by name, `account:function:name` or ARN, each with or without a qualifier. */
const arnOf = (name: string, place: string): string | null => {
  const whole = parseFunctionArn(name);
  if (whole !== null) return whole.arn;
  const last = name.replace(/^\d{12}:function:/, '').replace(/:[^:]*$/, '');
  return parseFunctionArn(`${place}${last}`)?.arn ?? null;
};

/** A caller chooses what an event names: to name many functions at once must not make many look-ups. */
const MOST_NAMED = 10;

/**
 * What an event may be about: a call that CloudTrail recorded, or a change of a function's state that Lambda reports.
 * Their shapes differ, and change; so every function's ARN in it counts. Whether anything did change is looked at, never
 * believed. `place` is what the ARN of a function of this account and Region begins with.
 */
export const changeIn = (event: unknown, place: string): Change => {
  const { resources, detail } = eventShape.parse(event);
  const { functionName, roleName } = detail.requestParameters ?? {};
  const named = functionName === undefined ? null : arnOf(functionName, place);
  const found = [...stringsIn(resources), ...stringsIn(detail)].flatMap(
    (text) => parseFunctionArn(text)?.arn ?? [],
  );
  const functions = new Set([...(named === null ? [] : [named]), ...found]);
  const call = callShape.safeParse(detail);
  return {
    functions: [...functions].filter((arn) => arn.startsWith(place)).slice(0, MOST_NAMED),
    roles: roleName === undefined ? [] : [roleNameOf(roleName)],
    act: call.success ? actOf(call.data) : null,
  };
};
