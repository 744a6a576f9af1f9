import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { rolesOf } from './fixtures/deployedRoles';

/*
 * Least privilege, held by use: the local AWS notes which permission each role of the deployment used in a whole run of
 * the tests, and which it was refused. A permission that nothing used goes, or stands below with the reason; one that is
 * taken away is refused the next time, and that fails too.
 */

const inTheAccount = 'the local AWS does not ask for it';
const forAws = 'AWS asks for it when it acts for the caller; the local AWS does not';

/** Permissions that no run can use here: action, with the roles that have it and why it is not evaluated. */
export const NOT_EVALUATED: Readonly<
  Record<string, { readonly roles: 'all' | readonly string[]; readonly because: string }>
> = {};

/** Roles for which the local AWS acts itself, without asking what they may. */
const OF_AWS: readonly string[] = ['stateMachine', 'startIncident'];

type Use = { readonly role: string; readonly action: string };

/** Every permission that a role of the deployment has, whatever the parameters. */
export const granted = (): readonly Use[] =>
  Object.values(
    rolesOf('tourniquet', 'tourniquet', { inlineRoles: ['*'], narrowTrust: true, aliasSessions: 'publish' })
      .Resources,
  ).flatMap(({ Properties: { RoleName, Policies } }) => {
    const actions = Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Action }) => Action);
    return [...new Set(actions)].map((action) => ({ role: RoleName.replace('tourniquet-', ''), action }));
  });
