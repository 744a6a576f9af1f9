import { InvalidArgumentError } from 'commander';

/** An incident's id as the table makes it (shared/incident/keys.ts). Throws commander's error where it is none. */
export const incidentId = (value: string): string => {
  if (!/^inc-\d{8}-[0-9a-f]{12}$/.test(value))
    throw new InvalidArgumentError('The id of an incident looks like inc-20261120-0123456789ab.');
  return value;
};
