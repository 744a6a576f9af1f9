import {
  AuthorizeSecurityGroupIngressCommand,
  EC2ServiceException,
  RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import { awsCli } from '../../containment/awsCli';
import { defineCut, type Reach, TargetChangedError } from '../cut';
import { admitting, groupsOf, rulesWhere, sharers } from '../groupRules';
import { admitsAgain, type IngressRule, isSameRule } from '../ingressRule';

const isNamed = (error: unknown, ...names: readonly string[]): boolean =>
  error instanceof EC2ServiceException && names.includes(error.name);

const arnOf = ({ suspectArn, region, accountId }: Reach, ruleId: string): string =>
  `arn:${suspectArn.split(':')[1]}:ec2:${region}:${accountId}:security-group-rule/${ruleId}`;

const breaksBy = ({ source, groupId }: IngressRule, others: readonly string[]): string =>
  `what is in ${source.groupId} opens no new connection to what is in ${groupId}${
    others.length === 0 ? '' : `: ${others.join(', ')} as well`
  }`;

/**
 * Ingress rules of other security groups that let the suspect's group in: the way to a database, a cache, an instance
 * (MITRE ATT&CK T1210). They are revoked, and made again with the same protocol, ports, description and tags. A rule of
 * a group about that group itself is not touched: it is as much the others' as the suspect's.
 */
export const securityGroups = defineCut<IngressRule>({
  kind: 'security-groups',
  title: 'Security groups that let its group in',
  permissions: [
    'lambda:ListVersionsByFunction',
    'lambda:ListFunctions',
    'ec2:DescribeSecurityGroupRules',
    'ec2:RevokeSecurityGroupIngress',
    'ec2:AuthorizeSecurityGroupIngress',
    // Asked for the tags of a rule that is made again.
    'ec2:CreateTags',
  ],

  find: async (reach, clients, kept) => {
    const groups = await groupsOf(reach, clients.lambda);
    if (groups.size === 0) return [];
    const isOfIt = ({ source, groupId }: IngressRule) => groups.has(source.groupId) && !groups.has(groupId);
    const rules = new Map(
      (await rulesWhere(isOfIt, clients)).map((rule) => [arnOf(reach, rule.ruleId), rule]),
    );
    // What another suspect in the same group has had revoked can no longer be seen.
    for (const { id, before } of kept) if (isOfIt(before)) rules.set(id, before);
    if (rules.size === 0) return [];
    const others = await sharers(groups, reach, clients.lambda);
    return [...rules].map(([id, before]) => ({
      id,
      before,
      breaks: breaksBy(before, others.get(before.source.groupId) ?? []),
    }));
  },

  cut: async ({ id, before }, _reach, clients) => {
    const live = await admitting(before, clients);
    if (live.length === 0) return;
    if (!live.every((rule) => isSameRule(rule, before))) throw new TargetChangedError(id);
    try {
      await clients.ec2.send(
        new RevokeSecurityGroupIngressCommand({
          GroupId: before.groupId,
          SecurityGroupRuleIds: live.map(({ ruleId }) => ruleId),
        }),
      );
    } catch (error) {
      // Revoked, or gone with its group, since it was looked for: as it is to be.
      if (!isNamed(error, 'InvalidSecurityGroupRuleId.NotFound', 'InvalidGroup.NotFound')) throw error;
    }
  },

  isCut: async ({ before }, _reach, clients) => (await admitting(before, clients)).length === 0,

  mend: async ({ before }, _reach, clients) => {
    const live = await admitting(before, clients);
    if (live.some((rule) => isSameRule(rule, before)))
      return { outcome: 'restored', detail: `${before.groupId} lets ${before.source.groupId} in as before` };
    if (live.length > 0)
      return { outcome: 'drift', detail: 'somebody has made such a rule meanwhile, and it stays as it is' };
    try {
      const { SecurityGroupRules } = await clients.ec2.send(
        new AuthorizeSecurityGroupIngressCommand(admitsAgain(before)),
      );
      const made = SecurityGroupRules?.[0]?.SecurityGroupRuleId ?? 'unknown';
      return { outcome: 'restored', detail: `the rule ${before.ruleId} is back, with the new id ${made}` };
    } catch (error) {
      if (isNamed(error, 'InvalidGroup.NotFound'))
        return { outcome: 'drift', detail: 'the group, or the one that it let in, no longer exists' };
      if (isNamed(error, 'InvalidPermission.Duplicate'))
        return { outcome: 'drift', detail: 'somebody has made such a rule meanwhile, and it stays as it is' };
      throw error;
    }
  },

  does: 'revoke the rules by which other security groups let its own in:',
  cautions: [
    'connections that are open go on: security groups are stateful, and only new ones are refused',
    'everything else in the same security group is cut off too',
    'a rule that comes back has a new id: what names it by its id (Terraform, CloudFormation) sees another one',
    'a rule that lets addresses in, or a group its own members, stays',
  ],

  undo: ({ before }, { region }) => {
    const { GroupId = '', IpPermissions, TagSpecifications } = admitsAgain(before);
    return [
      awsCli(
        region,
        ...['ec2', 'authorize-security-group-ingress', '--group-id', GroupId],
        ...['--ip-permissions', JSON.stringify(IpPermissions)],
        ...(TagSpecifications === undefined
          ? []
          : ['--tag-specifications', JSON.stringify(TagSpecifications)]),
      ),
    ];
  },
});
