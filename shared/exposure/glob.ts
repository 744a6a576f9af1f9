/*
 * Patterns of IAM: `*` is any run of characters, `?` any one. Without backtracking: a policy may be an attacker's.
 */

/** What a policy variable stands for is not known: it may be anything. */
export const openVariables = (pattern: string): string => pattern.replaceAll(/\$\{[^}]*\}/g, '*');

export const hasVariable = (pattern: string): boolean => /\$\{[^}]*\}/.test(pattern);

/**
 * Whether a pattern covers a text, or another pattern wholly: then the other's `*` is covered by a `*` alone, and its `?`
 * by either.
 */
export const covers = (pattern: string, text: string): boolean => {
  // The places in the pattern where one can be after each character of the text.
  let places = closure(new Set([0]), pattern);
  for (const character of text) {
    const next = new Set<number>();
    for (const place of places) {
      const at = pattern[place];
      if (at === '*') next.add(place);
      else if (at === '?' ? character !== '*' : at === character) next.add(place + 1);
    }
    places = closure(next, pattern);
    if (places.size === 0) return false;
  }
  return places.has(pattern.length);
};

/** A `*` may stand for nothing. */
const closure = (places: Set<number>, pattern: string): Set<number> => {
  for (const place of places) if (pattern[place] === '*') places.add(place + 1);
  return places;
};

/** Whether there is any text that both patterns match. */
export const overlaps = (one: string, other: string): boolean => {
  const width = other.length + 1;
  const seen = new Set<number>();
  const open = [0];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    if (seen.has(state)) continue;
    seen.add(state);
    const [i, j] = [Math.floor(state / width), state % width];
    if (i === one.length && j === other.length) return true;
    const [a, b] = [one[i], other[j]];
    // A star may end here, or take what stands at the other side.
    if (a === '*') open.push((i + 1) * width + j);
    if (b === '*') open.push(i * width + j + 1);
    if (a === undefined || b === undefined) continue;
    if (a === '*') open.push(i * width + j + 1);
    if (b === '*') open.push((i + 1) * width + j);
    if (a !== '*' && b !== '*' && (a === b || a === '?' || b === '?')) open.push((i + 1) * width + j + 1);
  }
  return false;
};

/**
 * Whether a pattern surely covers an ARN, however far `*` reaches: each of the six parts of the ARN by the same part of
 * the pattern. For denials, which must not be believed too soon.
 */
export const surelyCovers = (pattern: string, arn: string): boolean => {
  if (hasVariable(pattern)) return false;
  if (pattern === '*') return true;
  const split = (text: string): readonly string[] => {
    const parts = text.split(':');
    return [...parts.slice(0, 5), parts.slice(5).join(':')];
  };
  const [patterns, parts] = [split(pattern), split(arn)];
  return patterns.every((part, index) => covers(part, parts[index] ?? ''));
};
