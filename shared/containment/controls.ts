import type { Control } from './control';
import { concurrency } from './controls/concurrency';
import { eventSources } from './controls/eventSources';
import { role } from './controls/role';
import { trust } from './controls/trust';

/**
 * The controls in the order in which they are put on. Stages run one after the other, the controls of one stage side
 * by side: first stop what starts, then take the credentials' power, then the rest.
 */
export const STAGES: readonly (readonly Control[])[] = [[concurrency], [role, eventSources, trust]];

export const CONTROLS: readonly Control[] = STAGES.flat();

/** The way back: the role first, since a mapping that is enabled while the deny is effective is taken down again. */
export const RESTORE_ORDER: readonly Control[] = [role, concurrency, eventSources, trust];
