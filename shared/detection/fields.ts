/** A JSON value of a record that others wrote: nothing about its shape is taken for granted. */
export type Value = unknown;

const DEEPEST = 20;

const isObject = (value: Value): value is Readonly<Record<string, Value>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A field of an object by name, without regard to capitals: the casing of CloudTrail's fields differs by service. */
export const field = (value: Value, name: string): Value => {
  if (!isObject(value)) return undefined;
  if (Object.hasOwn(value, name)) return value[name];
  const lower = name.toLowerCase();
  const key = Object.keys(value).find((candidate) => candidate.toLowerCase() === lower);
  return key === undefined ? undefined : value[key];
};

/** The value at a path such as `userIdentity.sessionContext`; undefined where there is none. */
export const at = (value: Value, path: string): Value =>
  path.split('.').reduce<Value>((inner, name) => field(inner, name), value);

/** A text that is not empty, or null. */
export const textOf = (value: Value): string | null =>
  typeof value === 'string' && value !== '' ? value : null;

/** The first text at any of some paths, or null. */
export const text = (value: Value, ...paths: readonly string[]): string | null => {
  for (const path of paths) {
    const found = textOf(at(value, path));
    if (found !== null) return found;
  }
  return null;
};

/** Booleans come as themselves, as text in any casing, and not at all. */
export const isTrue = (value: Value): boolean => value === true || String(value).toLowerCase() === 'true';
export const isFalse = (value: Value): boolean => value === false || String(value).toLowerCase() === 'false';

/** A number, also where it comes as text; null for anything else. */
export const numberOf = (value: Value): number | null => {
  const number =
    typeof value === 'number'
      ? value
      : typeof value === 'string' && value.trim() !== ''
        ? Number(value)
        : Number.NaN;
  return Number.isFinite(number) ? number : null;
};

/** The entries of a list, however CloudTrail wraps it: `[…]`, `{items: […]}`, `{member: […]}`, one entry alone. */
export const list = (value: Value): readonly Value[] => {
  if (Array.isArray(value)) return value;
  if (value === null || value === undefined) return [];
  for (const name of ['items', 'member', 'item']) {
    const inner = field(value, name);
    if (inner !== undefined) return Array.isArray(inner) ? inner : [inner];
  }
  return [value];
};

/** Every text in a value, down to a depth that real records do not reach. */
export function* texts(value: Value, depth = 0): Generator<string> {
  if (typeof value === 'string') yield value;
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return;
  for (const inner of Object.values(value)) yield* texts(inner, depth + 1);
}

/** Whether a field of one of these names stands anywhere in a value. */
export const hasField = (value: Value, names: readonly string[], depth = 0): boolean => {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return false;
  return Object.entries(value).some(
    ([key, inner]) => names.includes(key.toLowerCase()) || hasField(inner, names, depth + 1),
  );
};
