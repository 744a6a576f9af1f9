import { CONTROLS } from '../containment/controls';
import { SESSIONS } from '../containment/ledger';

/** What an approver can have put back although somebody changed it: a control, or the end of old sessions left undone. */
export const FORCEABLE: readonly string[] = [...CONTROLS.map(({ id }) => id), SESSIONS];
