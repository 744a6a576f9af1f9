/** A time as ISO 8601 in UTC: from text, or from milliseconds since 1970; `fallback` for what is neither. */
export const isoOr = (time: unknown, fallback: string): string => {
  const milliseconds =
    typeof time === 'number' ? time : typeof time === 'string' ? Date.parse(time) : Number.NaN;
  // 8.64e15 is as far as dates reach: a number beyond it would throw.
  return Math.abs(milliseconds) <= 8.64e15 ? new Date(milliseconds).toISOString() : fallback;
};
