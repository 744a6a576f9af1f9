import { readMode } from '../../shared/aws/settings';
import type { Allowances } from '../../shared/policy/allowances';
import type { Mode } from '../../shared/policy/mode';
import type { Watchlist } from '../../shared/policy/watchlist';
import type { Policy } from './detect';

const { loadPolicy } = require('../../infrastructure/policyFile.cjs') as {
  loadPolicy: (file: string) => {
    policy: Readonly<Record<'modes' | 'knownDeployers' | 'ownAccounts', string>> & {
      defaultMode: Mode;
      keywords: Watchlist['keywords'];
      badAddresses: readonly string[];
    } & Allowances;
    warnings: readonly string[];
  };
};

const entries = (text: string): readonly string[] => text.split(',').filter((entry) => entry !== '');

/** What a policy file says to the detector, checked as a deployment checks it; and what to tell of it. */
export const readPolicy = (
  file: string,
): { readonly policy: Policy; readonly warnings: readonly string[] } => {
  const {
    policy: {
      defaultMode,
      modes,
      knownDeployers,
      ownAccounts,
      suppressions,
      maintenance,
      keywords,
      badAddresses,
    },
    warnings,
  } = loadPolicy(file);
  return {
    policy: {
      setting: { knownDeployers: entries(knownDeployers), ownAccounts: entries(ownAccounts) },
      modes: { defaultMode, modes: entries(modes).map(readMode) },
      allowances: { suppressions, maintenance },
      watchlist: { keywords, addresses: badAddresses },
    },
    warnings,
  };
};
