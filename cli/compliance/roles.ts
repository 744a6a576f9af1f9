import {
  GetRolePolicyCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  NoSuchEntityException,
} from '@aws-sdk/client-iam';
import * as z from 'zod';
import type { RoleState } from '../../shared/compliance/facts';
import { type Given, rolesOfDeployment } from '../doctor/permissions';

const documentSchema = z.object({
  Statement: z.array(z.object({ Effect: z.string(), Action: z.union([z.string(), z.array(z.string())]) })),
});

/** What a role may do beyond `most`: actions of its own policy, and other policies by their names. */
const extraOf = async (
  iam: IAMClient,
  RoleName: string,
  name: string,
  most: readonly string[],
): Promise<readonly string[]> => {
  try {
    const [{ PolicyNames = [] }, { AttachedPolicies = [] }] = await Promise.all([
      iam.send(new ListRolePoliciesCommand({ RoleName })),
      iam.send(new ListAttachedRolePoliciesCommand({ RoleName })),
    ]);
    const own = PolicyNames.includes(name)
      ? await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: name }))
      : undefined;
    const actions =
      own === undefined
        ? []
        : documentSchema
            .parse(JSON.parse(decodeURIComponent(own.PolicyDocument ?? '')))
            .Statement.filter(({ Effect }) => Effect === 'Allow')
            .flatMap(({ Action }) => Action);
    return [
      ...new Set(actions.filter((action) => !most.includes(action))),
      ...PolicyNames.filter((other) => other !== name).map((other) => `the policy ${other}`),
      ...AttachedPolicies.map(({ PolicyName = '' }) => `the attached policy ${PolicyName}`),
    ];
  } catch (error) {
    // That it is gone is said of what it lacks.
    if (error instanceof NoSuchEntityException) return [];
    throw error;
  }
};

/** Each role with what it lacks of `least`, and what it has beyond `most`. */
export const roleStates = async (
  iam: IAMClient,
  place: { readonly accountId: string; readonly partition: string; readonly rolePrefix: string },
  least: Given,
  most: Given,
): Promise<readonly RoleState[]> => {
  const found = await rolesOfDeployment(iam, place, least);
  return Promise.all(
    found.map(async ({ role, missing, refused }) => {
      const name = role.slice(place.rolePrefix.length + 1);
      return {
        role,
        missing:
          missing === null ? null : [...missing, ...refused.map((action) => `${action} (refused by IAM)`)],
        extra: await extraOf(iam, role, name, most[name] ?? []),
      };
    }),
  );
};
