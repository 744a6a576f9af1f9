import { DEPENDANT_KINDS } from '../../shared/policy/dependants';
import { givenBy } from '../doctor/command';
import type { Given } from '../doctor/permissions';

/** What each role has whatever the deployment chose. */
export const leastGiven = (prefix: string): Given => givenBy(prefix);

/** What each role has where the deployment chose everything that there is to choose. */
export const mostGiven = (prefix: string): Given =>
  givenBy(prefix, {
    inlineRoles: ['any'],
    narrowTrust: true,
    aliasSessions: 'publish',
    legalHold: true,
    trail: 'a-bucket',
    drillSchedule: 'rate(30 days)',
    dependants: DEPENDANT_KINDS,
    memberAccounts: ['111111111111'],
    searchCode: true,
    advisories: 'inspector',
  });
