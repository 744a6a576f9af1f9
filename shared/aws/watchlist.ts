import * as z from 'zod/mini';
import { NO_WATCHLIST, type Watchlist } from '../policy/watchlist';
import { bundledWatchlist } from './environment';

/** As infrastructure/config.cjs writes it. */
const schema = z.object({
  keywords: z.array(z.object({ text: z.string(), severity: z.number() })),
  addresses: z.array(z.string()),
});

/** What the policy file of the deployment looks for in logs: put into the bundle where it is made. */
export const readWatchlist = (): Watchlist => {
  const text = bundledWatchlist();
  return text === '' ? NO_WATCHLIST : schema.parse(JSON.parse(text));
};
