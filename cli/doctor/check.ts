export type Check = {
  /** `bad`: something would be missed. `note`: it works, and could be better. */
  readonly outcome: 'good' | 'bad' | 'note';
  readonly what: string;
  /** What is blind, and what to do about it. */
  readonly because: string;
};

export const good = (what: string, because = ''): Check => ({ outcome: 'good', what, because });
export const bad = (what: string, because: string): Check => ({ outcome: 'bad', what, because });
export const note = (what: string, because: string): Check => ({ outcome: 'note', what, because });

/** Whether an incident would be missed. */
export const isBlind = (checks: readonly Check[]): boolean => checks.some(({ outcome }) => outcome === 'bad');
