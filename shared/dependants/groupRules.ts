import { paginateDescribeSecurityGroupRules } from '@aws-sdk/client-ec2';
import {
  type LambdaClient,
  paginateListFunctions,
  paginateListVersionsByFunction,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import type { CutClients, Reach } from './cut';
import { type IngressRule, ingressRuleOf, isSameAdmission } from './ingressRule';

/** The groups of the function, whichever version of it runs; none when it is in no VPC, or gone. */
export const groupsOf = async ({ suspectArn }: Reach, lambda: LambdaClient): Promise<ReadonlySet<string>> => {
  const groups = new Set<string>();
  try {
    const pages = paginateListVersionsByFunction({ client: lambda }, { FunctionName: suspectArn });
    for await (const { Versions = [] } of pages)
      for (const { VpcConfig } of Versions)
        for (const group of VpcConfig?.SecurityGroupIds ?? []) groups.add(group);
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
  return groups;
};

/** The other functions in each group: what the group loses, they lose. */
export const sharers = async (
  groups: ReadonlySet<string>,
  { suspectArn }: Reach,
  lambda: LambdaClient,
): Promise<ReadonlyMap<string, readonly string[]>> => {
  const found = new Map<string, string[]>();
  for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
    for (const { FunctionArn, FunctionName = '', VpcConfig } of Functions) {
      if (FunctionArn === suspectArn) continue;
      for (const group of VpcConfig?.SecurityGroupIds ?? [])
        if (groups.has(group)) found.set(group, [...(found.get(group) ?? []), FunctionName]);
    }
  }
  return found;
};

/** Ingress rules of the Region that admit a group. EC2 cannot be asked for them by the group that they admit. */
export const rulesWhere = async (
  wanted: (rule: IngressRule) => boolean,
  { ec2 }: CutClients,
  groupId?: string,
): Promise<readonly IngressRule[]> => {
  const found: IngressRule[] = [];
  const Filters = groupId === undefined ? undefined : [{ Name: 'group-id', Values: [groupId] }];
  const pages = paginateDescribeSecurityGroupRules({ client: ec2, pageSize: 1000 }, { Filters });
  for await (const { SecurityGroupRules = [] } of pages)
    for (const live of SecurityGroupRules) {
      const rule = ingressRuleOf(live);
      if (rule !== null && wanted(rule)) found.push(rule);
    }
  return found;
};

/** The rules of the same group that admit the same, if any. */
export const admitting = (rule: IngressRule, clients: CutClients): Promise<readonly IngressRule[]> =>
  rulesWhere((live) => isSameAdmission(live, rule), clients, rule.groupId);
