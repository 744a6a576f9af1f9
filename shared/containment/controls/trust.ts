import type { Choices } from '../../policy/choices';
import { roleNameOf } from '../../suspect/functionArn';
import { awsCli } from '../awsCli';
import { defineControl } from '../control';
import { admitsInline } from '../denyDocuments';
import { dropHold, joinHold, leaveHold, readHold } from '../hold';
import { readTrust } from '../readTrust';
import { narrowedTrust, otherPrincipals } from '../trust';

type Before = {
  readonly roleArn: string;
  readonly document: unknown;
  readonly others: readonly string[];
};

/** Of what several suspects may share: apart from the hold on what is denied to the role. */
const holdOf = (roleArn: string): string => `${roleArn}#trust`;

const whyLeft = (what: string, { narrowTrust }: Choices): string =>
  `${what} (narrowTrust is ${narrowTrust === 'ask' ? 'ask: an approver may add it' : 'off'})`;

/**
 * Nobody but Lambda gets sessions of the role. Off by default: others stop working who may have nothing to do with it.
 * To put it back is to give a permission, so the function that writes keeps the original itself: see `narrowTrust.ts`.
 */
export const trust = defineControl<Before>({
  id: 'trust',
  title: 'Trust policy',
  permissions: {
    contain: ['iam:GetRole', 'lambda:InvokeFunction'],
    release: ['iam:GetRole', 'lambda:InvokeFunction'],
  },

  capture: async ({ roleArn }, { iam, records, choices, prefix, survey }) => {
    // Nothing is looked up that changes nothing; who they are, the role's control has found.
    if (choices.narrowTrust !== 'on' && survey !== true)
      return { applies: false, why: whyLeft('policy leaves those who may assume the role', choices) };
    // The hold first, as for the role: where another containment has narrowed it, the original is what that one found.
    const hold = await readHold<unknown>(records, holdOf(roleArn));
    const live = await readTrust(iam, roleArn);
    if (live === null) return { applies: false, why: `the role ${roleArn} no longer exists` };
    const document = hold?.before ?? live;
    const others = otherPrincipals(document);
    if (others.length === 0) return { applies: false, why: 'nobody but Lambda may assume the role' };
    const left = (why: string) => ({ applies: false as const, why: `${why}: ${others.join(', ')}` });
    if (choices.narrowTrust !== 'on')
      return left(whyLeft('others may assume the role, and policy leaves them', choices));
    if (!admitsInline(roleArn, choices.inlineRoles, prefix))
      return left("others may assume the role, which the deployment's inlineRoles do not list");
    if (narrowedTrust(document) === null)
      return left('Lambda itself may not assume the role, and nothing would be left of its trust policy');
    return { applies: true, before: { roleArn, document, others }, found: others.join(', ') };
  },

  apply: async (_suspect, { roleArn, document }, tools) => {
    await joinHold(tools.records, holdOf(roleArn), tools.holder, document);
    await tools.inlineDeny({ kind: 'trust', action: 'put', roleArn });
  },

  verify: async (_suspect, { roleArn, others }, { iam }) => {
    const live = await readTrust(iam, roleArn);
    const still = live === null ? [] : otherPrincipals(live);
    return {
      held: still.length === 0,
      found:
        still.length === 0
          ? `${others.join(', ')} can no longer assume ${roleNameOf(roleArn)}`
          : `${still.join(', ')} can still assume ${roleNameOf(roleArn)}`,
    };
  },

  revert: async (_suspect, { roleArn, others }, tools) => {
    const name = roleNameOf(roleArn);
    const left = await leaveHold<unknown>(tools.records, holdOf(roleArn), tools.holder);
    if (left !== null && left.holders > 0)
      return {
        outcome: 'restored',
        detail: `${name} stays narrowed: ${left.holders} other contained function(s) use it`,
      };
    const outcome = await tools.inlineDeny({ kind: 'trust', action: 'remove', roleArn });
    // Somebody who joined between our leaving and our putting back found it narrowed and relied on it.
    if (left !== null && !(await dropHold(tools.records, holdOf(roleArn))))
      await tools.inlineDeny({ kind: 'trust', action: 'put', roleArn });
    if (outcome === 'changed')
      return {
        outcome: 'drift',
        detail: `somebody changed who may assume ${name}, or a principal was deleted: left as it is`,
      };
    // Put back by the try before this one, or by whoever else; either way it is as it was found.
    const live = await readTrust(tools.iam, roleArn);
    const missing = others.filter((other) => !otherPrincipals(live).includes(other));
    return missing.length === 0
      ? { outcome: 'restored', detail: `${others.join(', ')} may assume ${name} again` }
      : { outcome: 'drift', detail: `${missing.join(', ')} may not assume ${name} any more` };
  },

  describe: (_suspect, { roleArn, others }) => ({
    does: `take ${others.join(', ')} out of the trust policy of ${roleNameOf(roleArn)}`,
    inverse: 'put the trust policy back as it was',
    cautions: [
      'sessions that they have stay, denied by the deny on the role',
      'what they do with the role stops',
    ],
  }),

  undo: ({ region }, { roleArn, document }) => [
    awsCli(
      region,
      'iam',
      'update-assume-role-policy',
      '--role-name',
      roleNameOf(roleArn),
      '--policy-document',
      JSON.stringify(document),
    ),
  ],
});
