import type { Decision } from '../incident/incident';

export type Verdict = { readonly verified: boolean; readonly because: string };

/**
 * Whether a release may go ahead. A release needs code that differs from what was contained: without that it would
 * start the same attacker again. A false positive needs no new code, but a reason that is kept.
 */
export const verifyFix = (
  decision: Pick<Decision, 'action' | 'reason'>,
  contained: string,
  live: { readonly codeSha256: string; readonly updateStatus: string },
): Verdict => {
  if (decision.action === 'false_positive') {
    return decision.reason.trim() === ''
      ? { verified: false, because: 'a false positive needs a reason' }
      : { verified: true, because: `called a false positive: ${decision.reason}` };
  }
  if (decision.action !== 'release' && decision.action !== 'release_with_replay')
    return { verified: false, because: `${decision.action} releases nothing` };
  if (live.updateStatus === 'InProgress') {
    return {
      verified: false,
      because: 'the function is being updated: decide again when the update has ended',
    };
  }
  if (live.updateStatus === 'Failed')
    return { verified: false, because: "the function's last update failed" };
  if (contained === '' || live.codeSha256 === '') {
    return {
      verified: false,
      because:
        'it is not known which code was contained, or which is deployed: only a false positive can be released',
    };
  }
  if (live.codeSha256 === contained) {
    return {
      verified: false,
      because: 'the code is still the code that was contained (same SHA-256): deploy the fix, then release',
    };
  }
  return {
    verified: true,
    because: `the code changed: ${contained} was contained, ${live.codeSha256} is deployed`,
  };
};
