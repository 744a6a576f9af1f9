import { RESTORE_ORDER } from '../containment/controls';
import { SESSIONS } from '../containment/ledger';

/**
 * What an approver may have put back although somebody changed it: the ids of the controls, and `sessions` for a release
 * that leaves old sessions as they are because they cannot be ended.
 */
export const FORCEABLE: readonly string[] = [SESSIONS, ...RESTORE_ORDER.map(({ id }) => id)];
