import type { Cut } from './cut';

/** What can be cut off from a suspect, one kind after the other. */
export const CUTS: readonly Cut<unknown>[] = [];
