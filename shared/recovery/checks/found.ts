/** What one check came to. */
export type Found = {
  readonly outcome: 'passed' | 'failed' | 'unknown';
  readonly because: string;
};

export const passed = (because: string): Found => ({ outcome: 'passed', because });
export const failed = (because: string): Found => ({ outcome: 'failed', because });
/** It stops nothing, and is told. */
export const unknown = (because: string): Found => ({ outcome: 'unknown', because });

const MOST_NAMED = 3;

/** The first of some lines, as one. */
export const named = (lines: readonly string[]): string =>
  lines.slice(0, MOST_NAMED).join('; ') + (lines.length > MOST_NAMED ? '; and more' : '');
