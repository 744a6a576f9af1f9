import { isDeepStrictEqual } from 'node:util';
import {
  AttachRolePolicyCommand,
  DetachRolePolicyCommand,
  LimitExceededException,
  NoSuchEntityException,
  paginateListAttachedRolePolicies,
} from '@aws-sdk/client-iam';
import type { Choices } from '../../policy/choices';
import type { Suspect } from '../../suspect/describe';
import { roleNameOf } from '../../suspect/functionArn';
import { siblingsOf } from '../../suspect/siblings';
import { awsCli } from '../awsCli';
import { type ControlTools, defineControl, type Reversal, type UndoContext } from '../control';
import { admitsInline, placeOf, policyNames } from '../denyDocuments';
import { dropHold, joinHold, leaveHold, markEnding, readHold } from '../hold';
import { type InlineDenyRequest, type InlinePolicyRequest, inlinePolicy, readInline } from '../inlinePolicy';
import { observeDenial } from '../observeDenial';
import { readTrust } from '../readTrust';
import { otherPrincipals } from '../trust';

type Before = {
  readonly roleArn: string;
  /** Whether the deny was on the role before any of our containments: then it is not ours to take off. */
  readonly attached: boolean;
  /** `scoped`: only what the suspect calls from inside Lambda is denied, since other functions use the role. */
  readonly form: 'role-wide' | 'scoped';
  /** Whether a deny may be written into the role, should there be no room to attach one. */
  readonly inline: boolean;
  /** Who besides Lambda may assume the role. */
  readonly others: readonly string[];
  /** The other functions that use the role, where that was looked for. */
  readonly siblings?: readonly string[];
};

/** The role has all the attached policies it may have, and no deny may be written into it either. */
export class RoleFullError extends Error {
  override readonly name = 'RoleFullError';
  constructor(roleArn: string, cause: unknown) {
    super(
      `${roleArn} has as many attached policies as it may have: detach one, have the quota "Managed policies attached to an IAM role" raised, or list the role in the deployment's inlineRoles`,
      { cause },
    );
  }
}

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

const wide = (action: InlineDenyRequest['action'], roleArn: string): InlinePolicyRequest => ({
  kind: 'wide',
  action,
  roleArn,
});
const scoped = (
  action: InlineDenyRequest['action'],
  roleArn: string,
  { arn }: Suspect,
): InlinePolicyRequest => ({ kind: 'scoped', action, roleArn, functionArn: arn });

/** Whether our inline policy of that kind is on the role, as we write it. */
const isWritten = async (
  request: InlinePolicyRequest,
  suspect: Suspect,
  { iam, prefix, choices }: ControlTools,
): Promise<boolean> => {
  const { denyLogs } = choices;
  const { name, document } = inlinePolicy(request, { place: placeOf(suspect.arn, prefix), denyLogs });
  return isDeepStrictEqual(await readInline(iam, request.roleArn, name), document);
};

/** Attaches the deny; where the role has no room for it, has the same deny written into the role. */
const attach = async ({ roleArn, inline }: Before, tools: ControlTools): Promise<void> => {
  try {
    await tools.iam.send(
      new AttachRolePolicyCommand({ RoleName: roleNameOf(roleArn), PolicyArn: tools.denyPolicyArn }),
    );
  } catch (error) {
    if (!(error instanceof LimitExceededException)) throw error;
    if (!inline) throw new RoleFullError(roleArn, error);
    await tools.inlineDeny(wide('put', roleArn));
  }
};

/** IAM takes a moment to know itself what it was told. */
const TRIES = 5;

/** What is read back is one thing, what IAM makes of it another: only the second is an observation. */
const observe = async (roleArn: string, functionArn: string | null, tools: ControlTools) => {
  let seen = await observeDenial(tools.iam, roleArn, functionArn);
  for (let tries = 1; tries < TRIES && seen === 'not-denied'; tries++) {
    await tools.pause(500);
    seen = await observeDenial(tools.iam, roleArn, functionArn);
  }
  return seen;
};

const SEEN = {
  denied: "IAM's own evaluation denies",
  'not-denied': "but IAM's own evaluation does NOT deny: has the deny policy been changed?",
  unknown: "read back only: IAM's own evaluation may not be asked",
} as const;

/**
 * The deployment's deny policy attached to the execution role: whoever holds the role's credentials, inside the
 * function or anywhere else, can no longer use them. Attached, never written: an inline policy would need
 * `iam:PutRolePolicy`, with which the responder could give permissions instead of taking them (invariant 12). Where one
 * is needed all the same, one other function writes it, into roles that the deployment lists.
 *
 * A role may serve several functions that are contained at once: see `hold.ts`.
 */
export const role = defineControl<Before>({
  id: 'role',
  title: 'Execution role',
  permissions: {
    contain: [
      'iam:ListAttachedRolePolicies',
      'iam:GetRole',
      'iam:GetRolePolicy',
      'iam:SimulatePrincipalPolicy',
      'iam:AttachRolePolicy',
      'lambda:ListFunctions',
      'lambda:InvokeFunction',
    ],
    release: [
      'iam:ListAttachedRolePolicies',
      'iam:DetachRolePolicy',
      'iam:AttachRolePolicy',
      'lambda:InvokeFunction',
    ],
  },

  capture: async (suspect, tools) => {
    const { roleArn } = suspect;
    const { choices, prefix } = tools;
    // The hold first: a release in between then leaves what it recorded, not what it is about to take off.
    const hold = await readHold<{ attached: boolean }>(tools.records, roleArn);
    // Listing all functions takes long: only where it decides something, or nothing waits for it.
    const lists = choices.sharedRole === 'scoped' || tools.survey === true;
    const [attached, trust, siblings] = await Promise.all([
      isAttached(roleArn, tools),
      readTrust(tools.iam, roleArn),
      lists ? siblingsOf(suspect, tools.lambda) : undefined,
    ]);
    if (attached === null || trust === null)
      return { applies: false, why: `the role ${roleArn} no longer exists` };
    const inline = admitsInline(roleArn, choices.inlineRoles, prefix);
    const shared = (siblings ?? []).length > 0;
    const before: Before = {
      roleArn,
      // Where another containment already holds the role, the original state is the one that it recorded.
      attached: hold?.before.attached ?? attached,
      form: choices.sharedRole === 'scoped' && shared && inline ? 'scoped' : 'role-wide',
      inline,
      others: otherPrincipals(trust),
      ...(siblings === undefined ? {} : { siblings }),
    };
    return {
      applies: true,
      before,
      found: before.attached ? 'the deny policy was attached already' : 'no deny policy',
    };
  },

  apply: async (suspect, before, tools) => {
    const { roleArn, attached, form } = before;
    if (form === 'scoped') {
      await tools.inlineDeny(scoped('put', roleArn, suspect));
      return;
    }
    await joinHold(tools.records, roleArn, tools.holder, { attached });
    await attach(before, tools);
  },

  verify: async (suspect, { roleArn, form, inline }, tools) => {
    const name = roleNameOf(roleArn);
    if (form === 'scoped') {
      if (!(await isWritten(scoped('put', roleArn, suspect), suspect, tools)))
        return { held: false, found: `no deny of ${suspect.functionName} in ${name}` };
      const seen = await observe(roleArn, suspect.arn, tools);
      return {
        held: seen !== 'not-denied',
        found: `deny of what ${suspect.functionName} calls in ${name}, ${SEEN[seen]}; credentials used outside Lambda are NOT denied`,
      };
    }
    const attached = await isAttached(roleArn, tools);
    // A role that was deleted meanwhile can do nothing either.
    if (attached === null) return { held: true, found: `the role ${name} was deleted` };
    if (!attached && !(inline && (await isWritten(wide('put', roleArn), suspect, tools))))
      return { held: false, found: `deny policy not attached to ${name}` };
    const seen = await observe(roleArn, null, tools);
    return {
      held: seen !== 'not-denied',
      observed: seen === 'denied',
      found: `deny policy ${attached ? 'attached to' : 'written into'} ${name}, ${SEEN[seen]}`,
    };
  },

  revert: async (suspect, before, tools) => {
    const { roleArn, form } = before;
    const name = roleNameOf(roleArn);
    if (form === 'scoped') {
      const outcome = await tools.inlineDeny(scoped('remove', roleArn, suspect));
      return outcome === 'changed'
        ? { outcome: 'drift', detail: `somebody changed the deny in ${name}: left as it is` }
        : { outcome: 'restored', detail: `deny of ${suspect.functionName} taken out of ${name}` };
    }
    const left = await leaveHold<{ attached: boolean }>(tools.records, roleArn, tools.holder);
    if (left === null) return { outcome: 'restored', detail: `deny policy taken off ${name}` };
    if (left.holders > 0) {
      // A release that died between taking it off and looking who had joined may have left it off.
      await attach(before, tools);
      return {
        outcome: 'restored',
        detail: `${name} stays denied: ${left.holders} other contained function(s) use it`,
      };
    }
    const outcome = left.before.attached
      ? ({ outcome: 'restored', detail: `deny policy left on ${name}: it was there before` } as const)
      : await takeOff(before, left.ending, tools);
    // Somebody who joined between our leaving and our detaching found the deny attached and relied on it.
    if (!(await dropHold(tools.records, roleArn))) await attach(before, tools);
    return outcome;
  },

  describe: ({ functionName }, before, choices) => ({
    does:
      before.form === 'scoped'
        ? `write a deny of what ${functionName} calls into ${roleNameOf(before.roleArn)}`
        : `attach the deny policy to ${roleNameOf(before.roleArn)}: its credentials can do nothing, wherever they are`,
    inverse:
      before.form === 'scoped'
        ? 'take that deny out again'
        : before.attached
          ? 'nothing: the deny policy was there before'
          : 'detach the deny policy',
    cautions: [...reachOf(before, choices), ...logsOf(choices), ...trustOf(before)],
  }),

  undo: ({ region, arn }, before, context) => undoOf(region, arn, before, context),
});

/** Whom the deny reaches, and whom it does not. */
const reachOf = ({ form, siblings, inline }: Before, { sharedRole }: Choices): readonly string[] => {
  const names = siblings?.join(', ') ?? '';
  if (form === 'scoped')
    return [
      `${siblings?.length ?? 0} other function(s) use the role and go on: ${names}`,
      'credentials that were stolen and are used outside Lambda are NOT denied',
      "nor are calls that Lambda makes with the role itself: KMS for environment variables, EC2 for network interfaces, polling event sources, delivering to destinations (concurrency 0 and the mappings' switches stop what causes them)",
    ];
  if (siblings === undefined) return ['every function and principal that uses the role is denied with it'];
  if (siblings.length === 0) return ['no other function uses the role'];
  return [
    `${siblings.length} other function(s) use the role and can call AWS no more: ${names}`,
    ...(sharedRole === 'scoped' && !inline
      ? ["policy asks for a deny of the suspect alone, and the deployment's inlineRoles do not list the role"]
      : []),
  ];
};

/** What the choice about logs and traces loses. */
const logsOf = ({ denyLogs }: Choices): readonly string[] => [
  denyLogs
    ? 'logs and traces are denied too: what an invocation that still runs does leaves no line'
    : 'code that still runs may write logs and traces, to every log group that the role may write to; credentials used outside Lambda may not',
];

const trustOf = ({ others }: Before): readonly string[] =>
  others.length === 0
    ? []
    : [
        `others than Lambda may assume the role and keep getting sessions of it, good again once the deny is off: ${others.join(', ')}`,
      ];

const undoOf = (
  region: string,
  functionArn: string,
  { roleArn, attached, form, inline }: Before,
  { denyPolicyArn, prefix }: UndoContext,
): readonly string[] => {
  const name = roleNameOf(roleArn);
  const names = policyNames({ prefix, region });
  const takeOut = (policy: string) =>
    awsCli(region, 'iam', 'delete-role-policy', '--role-name', name, '--policy-name', policy);
  if (form === 'scoped') return [takeOut(names.scoped(functionArn))];
  if (attached) return [];
  return [
    awsCli(region, 'iam', 'detach-role-policy', '--role-name', name, '--policy-arn', denyPolicyArn),
    // Which of the two it is, the ledger does not know: the other answers NoSuchEntity.
    ...(inline ? [takeOut(names.wide)] : []),
  ];
};

/** `begun`: a try before this one has begun to take it off: that it is off is then its doing, and no drift. */
const takeOff = async (
  { roleArn, inline }: Before,
  begun: boolean,
  tools: ControlTools,
): Promise<Reversal> => {
  const name = roleNameOf(roleArn);
  const attached = await isAttached(roleArn, tools);
  if (attached === null) return { outcome: 'drift', detail: `the role ${name} was deleted while contained` };
  if (attached || inline) await markEnding(tools.records, roleArn);
  const written = inline ? await tools.inlineDeny(wide('remove', roleArn)) : 'absent';
  if (written === 'changed')
    return { outcome: 'drift', detail: `somebody changed the deny in ${name}: left as it is` };
  if (attached)
    await tools.iam.send(new DetachRolePolicyCommand({ RoleName: name, PolicyArn: tools.denyPolicyArn }));
  return attached || written === 'done' || begun
    ? { outcome: 'restored', detail: `deny policy taken off ${name}` }
    : { outcome: 'drift', detail: `the deny policy was taken off ${name} while contained` };
};
