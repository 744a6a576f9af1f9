/** What the user of a deployment looks for in logs beside the rules that ship (policy: `keywords`, `badAddresses`). */
export type Watchlist = {
  readonly keywords: readonly { readonly text: string; readonly severity: number }[];
  readonly addresses: readonly string[];
};

export const NO_WATCHLIST: Watchlist = { keywords: [], addresses: [] };
