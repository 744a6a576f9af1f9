import type { LedgerRecord } from './ledger';

/** How much of a containment holds: all that it needs, some of it, or nothing at all. */
export type Extent = 'whole' | 'part' | 'nothing';

/**
 * How much holds, from the ledger: what was not needed, or cannot be had and leaves nothing open, is no part of it.
 * `controls`: the ids of those that there must be a record of. One without a record was never put on. Pure.
 */
export const extentOf = (ledger: readonly LedgerRecord[], controls: readonly string[] = []): Extent => {
  const settled = new Map(ledger.map(({ control, state }) => [control, state]));
  if (![...settled.values()].includes('held')) return 'nothing';
  const open = [...settled.values()].some((state) => state === 'failed' || state === 'captured');
  return open || controls.some((control) => !settled.has(control)) ? 'part' : 'whole';
};

/** What an incident that nobody may call contained is called instead. */
export const NOT_WHOLE: Readonly<Record<Exclude<Extent, 'whole'>, string>> = {
  part: 'NOT wholly contained',
  nothing: 'NOT contained: nothing holds',
};
