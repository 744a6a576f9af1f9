import type { PlannedStep } from '../incident/incident';
import type { Suspect } from '../suspect/describe';
import type { ControlTools } from './control';
import { CONTROLS } from './controls';

/** What containing a suspect would do, read from its live state; changes nothing. */
export const planContainment = (suspect: Suspect, tools: ControlTools): Promise<readonly PlannedStep[]> =>
  Promise.all(
    CONTROLS.map(async ({ id, title, capture }): Promise<PlannedStep> => {
      const found = await capture(suspect, { ...tools, survey: true });
      return found.applies
        ? { control: id, title, applies: true, would: `would be put on (found ${found.found})` }
        : { control: id, title, applies: false, would: `not needed: ${found.why}` };
    }),
  );
