import { readMode } from '../../shared/aws/settings';
import type { Allowances } from '../../shared/policy/allowances';
import type { Mode } from '../../shared/policy/mode';
import type { Policy } from './detect';

const { loadPolicy } = require('../../infrastructure/policyFile.cjs') as {
  loadPolicy: (file: string) => {
    policy: Readonly<Record<'modes' | 'knownDeployers' | 'ownAccounts', string>> & {
      defaultMode: Mode;
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
    policy: { defaultMode, modes, knownDeployers, ownAccounts, suppressions, maintenance },
    warnings,
  } = loadPolicy(file);
  return {
    policy: {
      setting: { knownDeployers: entries(knownDeployers), ownAccounts: entries(ownAccounts) },
      modes: { defaultMode, modes: entries(modes).map(readMode) },
      allowances: { suppressions, maintenance },
    },
    warnings,
  };
};
