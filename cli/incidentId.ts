import { InvalidArgumentError } from 'commander';
import { stepInput } from '../shared/incident/stepInput';

/** An incident's id, as the playbook's steps take it. Throws commander's error where it is none. */
export const incidentId = (value: string): string => {
  if (!stepInput.shape.incidentId.safeParse(value).success)
    throw new InvalidArgumentError('The id of an incident looks like inc-20261120-0123456789ab.');
  return value;
};
