/** Milliseconds since 1970. Passed in, so that a test can let three seconds or half an hour go by. */
export type Clock = () => number;

export const toSeconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);

/** Hands out timestamps of Slack's form (`1732323232.000100`), which are also ids: never the same one twice. */
export const timestamps = (now: Clock): (() => string) => {
  let last = 0;
  return () => {
    // A hundred microseconds apart at the least, as in Slack, also when the clock stands still or goes back.
    last = Math.max(last + 100, Math.floor(now()) * 1000);
    return `${Math.floor(last / 1e6)}.${String(last % 1e6).padStart(6, '0')}`;
  };
};
