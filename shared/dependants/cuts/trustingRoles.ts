import {
  MalformedPolicyDocumentException,
  NoSuchEntityException,
  paginateListRoles,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { awsCli } from '../../containment/awsCli';
import { readTrust } from '../../containment/readTrust';
import { roleNameOf } from '../../suspect/functionArn';
import { type CutClients, defineCut, type Reach, type Target, TargetChangedError } from '../cut';
import { isOfRole, principalsIn, sameTrust, trustWithout } from '../trustWithout';

type Before = { readonly roleArn: string; readonly document: unknown };

const namesIt = (document: unknown, { roleArn }: Reach): boolean =>
  principalsIn(document).some((principal) => isOfRole(principal, roleArn));

/** The trust policy with and without the suspect, with whom other containments have taken out by now left out of both. */
const formsOf = (original: unknown, live: unknown, { roleArn }: Reach) => {
  const there = principalsIn(live);
  const isOthers = (principal: string): boolean =>
    !there.includes(principal) && !isOfRole(principal, roleArn);
  return {
    trusting: trustWithout(original, isOthers),
    cut: trustWithout(original, (principal) => isOthers(principal) || isOfRole(principal, roleArn)),
  };
};

const write = async (roleArn: string, document: unknown, { iam }: CutClients): Promise<void> => {
  await iam.send(
    new UpdateAssumeRolePolicyCommand({
      RoleName: roleNameOf(roleArn),
      PolicyDocument: JSON.stringify(document),
    }),
  );
};

const targetOf = (
  roleArn: string,
  document: unknown,
  reach: Reach,
  { mayChangeRole }: CutClients,
): Target<Before> => ({
  id: roleArn,
  before: { roleArn, document },
  breaks: `${roleNameOf(reach.roleArn)} can no longer assume ${roleNameOf(roleArn)}`,
  ...(mayChangeRole(roleArn)
    ? {}
    : { left: "the deployment's inlineRoles do not list it: it still trusts the suspect" }),
});

/**
 * Roles whose trust policy names the suspect's role or a session of it: the next step from it (MITRE ATT&CK T1550.001,
 * T1078.004). Several suspects may be trusted by one role, and each is put back for itself.
 */
export const trustingRoles = defineCut<Before>({
  kind: 'trusting-roles',
  title: 'Roles that trust its role',
  permissions: ['iam:ListRoles', 'iam:GetRole', 'iam:UpdateAssumeRolePolicy'],
  share: ({ roleArn }) => roleArn,
  inMembers: true,

  find: async (reach, clients, kept) => {
    const found = new Map<string, Target<Before>>();
    for await (const { Roles = [] } of paginateListRoles({ client: clients.iam, pageSize: 1000 }, {})) {
      for (const { Arn = '', AssumeRolePolicyDocument = '{}' } of Roles) {
        // Who may assume the suspect's own role is the trust policy's control.
        if (Arn === reach.roleArn) continue;
        const document: unknown = JSON.parse(decodeURIComponent(AssumeRolePolicyDocument));
        if (namesIt(document, reach)) found.set(Arn, targetOf(Arn, document, reach, clients));
      }
    }
    for (const target of kept) if (namesIt(target.before.document, reach)) found.set(target.id, target);
    return [...found.values()];
  },

  cut: async ({ id, before }, reach, clients) => {
    const live = await readTrust(clients.iam, before.roleArn);
    if (live === null) return;
    const { trusting, cut } = formsOf(before.document, live, reach);
    if (sameTrust(live, cut)) return;
    if (!sameTrust(live, trusting)) throw new TargetChangedError(id);
    try {
      await write(before.roleArn, cut, clients);
    } catch (error) {
      if (!(error instanceof NoSuchEntityException)) throw error;
    }
  },

  isCut: async ({ before }, reach, clients) => {
    const live = await readTrust(clients.iam, before.roleArn);
    return live === null || !namesIt(live, reach);
  },

  mend: async ({ before }, reach, clients) => {
    const name = roleNameOf(before.roleArn);
    const live = await readTrust(clients.iam, before.roleArn);
    if (live === null) return { outcome: 'drift', detail: `the role ${name} no longer exists` };
    const { trusting, cut } = formsOf(before.document, live, reach);
    const back = {
      outcome: 'restored',
      detail: `${name} trusts ${roleNameOf(reach.roleArn)} again`,
    } as const;
    if (sameTrust(live, trusting)) return back;
    if (!sameTrust(live, cut))
      return { outcome: 'drift', detail: `somebody changed whom ${name} trusts: left as it is` };
    try {
      await write(before.roleArn, trusting, clients);
      return back;
    } catch (error) {
      // IAM takes no principal that was deleted meanwhile.
      if (error instanceof MalformedPolicyDocumentException)
        return { outcome: 'drift', detail: `a principal that ${name} trusted was deleted: left as it is` };
      throw error;
    }
  },

  does: "take the suspect's role out of the trust policy of",
  cautions: [
    'sessions of these roles that it has taken already live until their end, 12 hours at most',
    'a role that trusts its whole account, or everybody, is not found: deny sts:AssumeRole there by hand',
  ],
  undo: ({ before }, { region }) => [
    awsCli(
      region,
      'iam',
      'update-assume-role-policy',
      '--role-name',
      roleNameOf(before.roleArn),
      '--policy-document',
      JSON.stringify(before.document),
    ),
  ],
});
