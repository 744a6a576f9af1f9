import type { Control } from './control';
import { concurrency } from './controls/concurrency';
import { durable } from './controls/durable';
import { eventSources } from './controls/eventSources';
import { managedInstances } from './controls/managedInstances';
import { provisioned } from './controls/provisioned';
import { role } from './controls/role';

/**
 * The controls in the order in which they are put on. Stages run one after the other, the controls of one stage side
 * by side: first what stands in the way of concurrency 0, then stop what starts, then take the credentials' power, then
 * the rest.
 */
export const STAGES: readonly (readonly Control[])[] = [
  [provisioned],
  [concurrency, managedInstances],
  [role, eventSources, durable],
];

export const CONTROLS: readonly Control[] = STAGES.flat();

/**
 * The way back: the role first, since a mapping that is enabled while the deny is effective is taken down again;
 * provisioned concurrency after the reservation that it counts inside of; last what begins to run by being restored.
 */
export const RESTORE_ORDER: readonly Control[] = [
  role,
  concurrency,
  eventSources,
  provisioned,
  managedInstances,
  durable,
];
