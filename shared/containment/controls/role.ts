import {
  AttachRolePolicyCommand,
  DetachRolePolicyCommand,
  NoSuchEntityException,
  paginateListAttachedRolePolicies,
} from '@aws-sdk/client-iam';
import { roleNameOf } from '../../suspect/functionArn';
import { awsCli } from '../awsCli';
import { type ControlTools, defineControl } from '../control';
import { dropHold, joinHold, leaveHold, readHold } from '../hold';

type Before = {
  readonly roleArn: string;
  /** Whether the deny was on the role before any of our containments: then it is not ours to take off. */
  readonly attached: boolean;
};

/** Whether the deny is attached; null when the role is gone. */
const isAttached = async (roleArn: string, { iam, denyPolicyArn }: ControlTools): Promise<boolean | null> => {
  try {
    for await (const page of paginateListAttachedRolePolicies(
      { client: iam },
      { RoleName: roleNameOf(roleArn) },
    )) {
      if (page.AttachedPolicies?.some(({ PolicyArn }) => PolicyArn === denyPolicyArn)) return true;
    }
    return false;
  } catch (error) {
    if (error instanceof NoSuchEntityException) return null;
    throw error;
  }
};

const attach = async (roleArn: string, { iam, denyPolicyArn }: ControlTools): Promise<void> => {
  await iam.send(new AttachRolePolicyCommand({ RoleName: roleNameOf(roleArn), PolicyArn: denyPolicyArn }));
};

/**
 * The deployment's deny policy attached to the execution role: whoever holds the role's credentials, inside the
 * function or anywhere else, can no longer use them. Attached, never written: an inline policy would need
 * `iam:PutRolePolicy`, with which the responder could give permissions instead of taking them (invariant 12).
 *
 * A role may serve several functions that are contained at once: see `hold.ts`.
 */
export const role = defineControl<Before>({
  id: 'role',
  title: 'Execution role',
  permissions: {
    contain: ['iam:ListAttachedRolePolicies', 'iam:AttachRolePolicy'],
    release: ['iam:ListAttachedRolePolicies', 'iam:DetachRolePolicy', 'iam:AttachRolePolicy'],
  },

  capture: async ({ roleArn }, tools) => {
    // The hold first: a release in between then leaves what it recorded, not what it is about to take off.
    const hold = await readHold<{ attached: boolean }>(tools.records, roleArn);
    const attached = await isAttached(roleArn, tools);
    if (attached === null) return { applies: false, why: `the role ${roleArn} no longer exists` };
    // Where another containment already holds the role, the original state is the one that it recorded.
    const before = { roleArn, attached: hold?.before.attached ?? attached };
    return {
      applies: true,
      before,
      found: before.attached ? 'the deny policy was attached already' : 'no deny policy',
    };
  },

  apply: async (_suspect, { roleArn, attached }, tools) => {
    await joinHold(tools.records, roleArn, tools.holder, { attached });
    await attach(roleArn, tools);
  },

  verify: async (_suspect, { roleArn }, tools) => {
    const attached = await isAttached(roleArn, tools);
    // A role that was deleted meanwhile can do nothing either.
    return {
      held: attached !== false,
      found: `deny policy ${attached ? 'attached' : 'not attached'} to ${roleNameOf(roleArn)}`,
    };
  },

  revert: async (_suspect, { roleArn }, tools) => {
    const name = roleNameOf(roleArn);
    const left = await leaveHold<{ attached: boolean }>(tools.records, roleArn, tools.holder);
    if (left === null) return { outcome: 'restored', detail: `deny policy taken off ${name}` };
    if (left.holders > 0) {
      // A release that died between taking it off and looking who had joined may have left it off.
      await attach(roleArn, tools);
      return {
        outcome: 'restored',
        detail: `${name} stays denied: ${left.holders} other contained function(s) use it`,
      };
    }
    const outcome = left.before.attached
      ? ({ outcome: 'restored', detail: `deny policy left on ${name}: it was there before` } as const)
      : await takeOff(roleArn, tools);
    // Somebody who joined between our leaving and our detaching found the deny attached and relied on it.
    if (!(await dropHold(tools.records, roleArn))) await attach(roleArn, tools);
    return outcome;
  },

  describe: (_suspect, { roleArn, attached }) => ({
    does: `attach the deny policy to ${roleNameOf(roleArn)}: its credentials can do nothing, wherever they are`,
    inverse: attached ? 'nothing: the deny policy was there before' : 'detach the deny policy',
    cautions: ['every function and principal that uses the role is denied with it'],
  }),

  undo: ({ region }, { roleArn, attached }, { denyPolicyArn }) =>
    attached
      ? []
      : [
          awsCli(
            region,
            'iam',
            'detach-role-policy',
            '--role-name',
            roleNameOf(roleArn),
            '--policy-arn',
            denyPolicyArn,
          ),
        ],
});

const takeOff = async (roleArn: string, tools: ControlTools) => {
  const name = roleNameOf(roleArn);
  const attached = await isAttached(roleArn, tools);
  if (attached === null)
    return { outcome: 'drift', detail: `the role ${name} was deleted while contained` } as const;
  if (!attached)
    return { outcome: 'drift', detail: `the deny policy was taken off ${name} while contained` } as const;
  await tools.iam.send(new DetachRolePolicyCommand({ RoleName: name, PolicyArn: tools.denyPolicyArn }));
  return { outcome: 'restored', detail: `deny policy taken off ${name}` } as const;
};
