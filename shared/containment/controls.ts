import type { Control } from './control';
import { concurrency } from './controls/concurrency';
import { eventSources } from './controls/eventSources';
import { heldEvents } from './controls/heldEvents';
import { role } from './controls/role';

/**
 * The controls in the order in which they are put on. Stages run one after the other, the controls of one stage side
 * by side: first stop what starts, then take the credentials' power, then the rest.
 */
export const STAGES: readonly (readonly Control[])[] = [[concurrency], [role, heldEvents, eventSources]];

export const CONTROLS: readonly Control[] = STAGES.flat();

/**
 * The way back: the role first, since a mapping that is enabled while the deny is effective is taken down again. Held
 * events last, so that every event is held until the function takes it.
 */
export const RESTORE_ORDER: readonly Control[] = [role, concurrency, eventSources, heldEvents];
