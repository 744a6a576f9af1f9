import type { Choices } from '../policy/choices';
import { DEPENDANT_KINDS } from '../policy/dependants';
import type { Control } from './control';
import { concurrency } from './controls/concurrency';
import { dependant } from './controls/dependant';
import { durable } from './controls/durable';
import { eventSources, switchOn } from './controls/eventSources';
import { functionUrl } from './controls/functionUrl';
import { heldEvents } from './controls/heldEvents';
import { managedInstances } from './controls/managedInstances';
import { provisioned } from './controls/provisioned';
import { resourcePolicy } from './controls/resourcePolicy';
import { role } from './controls/role';
import { trust } from './controls/trust';

/** One for each kind of what depends on the suspect: others, so they are put on last and put back last. */
const DEPENDANTS: readonly Control[] = DEPENDANT_KINDS.map(dependant);

/**
 * Put on first and one after the other: what stands in the way of concurrency 0, concurrency 0, and the environments
 * that it does not govern.
 */
export const BEFORE_THE_REST: readonly Control[] = [provisioned, concurrency, managedInstances];

/** Put on side by side once nothing starts any more: what is running is looked for after that. */
export const THE_REST: readonly Control[] = [
  role,
  heldEvents,
  eventSources,
  functionUrl,
  resourcePolicy,
  durable,
  trust,
  ...DEPENDANTS,
];

/** What is done before what. */
export const STAGES = [BEFORE_THE_REST, THE_REST] as const;

/** The controls in the order in which they are put on. */
export const CONTROLS: readonly Control[] = STAGES.flat();

/** Those of them that policy does not leave off: of the others nothing is recorded. */
export const chosen = (controls: readonly Control[], choices: Choices): readonly Control[] =>
  controls.filter(({ isOff }) => isOff?.(choices) !== true);

/**
 * The way back: the role first, since a mapping that is enabled while the deny is effective is taken down again;
 * provisioned concurrency after the reservation that it counts inside of; held events once the function takes them
 * again; what begins to run by being restored, and what lets others in, last.
 */
export const RESTORE_ORDER: readonly Control[] = [
  role,
  concurrency,
  provisioned,
  managedInstances,
  eventSources,
  heldEvents,
  durable,
  functionUrl,
  resourcePolicy,
  trust,
  ...DEPENDANTS,
];

/** Event sources by themselves, for a step of a release that some of them feed. */
export const switchOnSources = switchOn;
