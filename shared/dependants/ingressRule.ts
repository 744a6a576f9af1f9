import { isDeepStrictEqual } from 'node:util';
import type { AuthorizeSecurityGroupIngressCommandInput, SecurityGroupRule } from '@aws-sdk/client-ec2';

/** An ingress rule by which one security group lets another one in. Pure. */
export type IngressRule = {
  readonly ruleId: string;
  /** The group that lets in. */
  readonly groupId: string;
  /** `tcp`, `udp`, `icmp`, a number, or `-1` for all. */
  readonly protocol: string;
  /** For ICMP the type and the code; -1 for all. */
  readonly fromPort: number | null;
  readonly toPort: number | null;
  /** Who is let in. A group of a peered VPC may be another account's. */
  readonly source: {
    readonly groupId: string;
    readonly userId: string | null;
    readonly peering: string | null;
  };
  readonly description: string | null;
  readonly tags: Readonly<Record<string, string>>;
};

/** A rule as EC2 gives it; null where it lets no group in, or is one of egress. */
export const ingressRuleOf = (rule: SecurityGroupRule): IngressRule | null => {
  const { SecurityGroupRuleId, GroupId, IsEgress, IpProtocol, FromPort, ToPort, Description } = rule;
  const source = rule.ReferencedGroupInfo;
  if (IsEgress !== false || source?.GroupId === undefined) return null;
  if (SecurityGroupRuleId === undefined || GroupId === undefined || IpProtocol === undefined) return null;
  return {
    ruleId: SecurityGroupRuleId,
    groupId: GroupId,
    protocol: IpProtocol,
    fromPort: FromPort ?? null,
    toPort: ToPort ?? null,
    source: {
      groupId: source.GroupId,
      userId: source.UserId ?? null,
      peering: source.VpcPeeringConnectionId ?? null,
    },
    description: Description ?? null,
    tags: Object.fromEntries((rule.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
  };
};

/** Tags that AWS itself has put on, and nobody else may. */
const ownTags = ({ tags }: IngressRule): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(tags).filter(([key]) => !/^aws:/i.test(key)));

/** Whether two rules let the same in: EC2 admits only one such in a group. */
export const isSameAdmission = (one: IngressRule, other: IngressRule): boolean =>
  one.groupId === other.groupId &&
  one.protocol === other.protocol &&
  one.fromPort === other.fromPort &&
  one.toPort === other.toPort &&
  one.source.groupId === other.source.groupId;

/** Whether they are the same to people as well. Their ids may differ. */
export const isSameRule = (one: IngressRule, other: IngressRule): boolean =>
  isSameAdmission(one, other) &&
  one.description === other.description &&
  isDeepStrictEqual(ownTags(one), ownTags(other));

/** What makes the rule again. */
export const admitsAgain = (rule: IngressRule): AuthorizeSecurityGroupIngressCommandInput => {
  const { groupId, protocol, fromPort, toPort, source, description } = rule;
  const Tags = Object.entries(ownTags(rule)).map(([Key, Value]) => ({ Key, Value }));
  return {
    GroupId: groupId,
    IpPermissions: [
      {
        IpProtocol: protocol,
        ...(fromPort === null ? {} : { FromPort: fromPort }),
        ...(toPort === null ? {} : { ToPort: toPort }),
        UserIdGroupPairs: [
          {
            GroupId: source.groupId,
            ...(source.userId === null ? {} : { UserId: source.userId }),
            ...(source.peering === null ? {} : { VpcPeeringConnectionId: source.peering }),
            ...(description === null ? {} : { Description: description }),
          },
        ],
      },
    ],
    ...(Tags.length === 0 ? {} : { TagSpecifications: [{ ResourceType: 'security-group-rule', Tags }] }),
  };
};
