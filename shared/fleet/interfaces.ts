import { DescribeNetworkInterfacesCommand, type EC2Client } from '@aws-sdk/client-ec2';
import { type LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';

/** A function's place in a network. */
type Placed = { readonly arn: string; readonly subnets: readonly string[]; readonly groups: string };

/** What names a set of security groups, whatever their order. */
const setOf = (groups: readonly string[]): string => [...groups].toSorted().join();

const KEPT_MS = 15 * 60_000;
/** DescribeNetworkInterfaces takes so many ids. */
const AT_ONCE = 200;

/**
 * Tells which functions an interface may carry the traffic of. Lambda shares an interface among all functions with the
 * same subnet and security groups (Lambda developer guide, "Hyperplane ENIs"): AWS does not say which of them it was.
 */
export const interfaceReader = (
  { ec2, lambda }: { readonly ec2: EC2Client; readonly lambda: LambdaClient },
  now: () => Date,
) => {
  const known = new Map<string, { readonly arns: readonly string[]; readonly until: number }>();
  let placed: { readonly all: readonly Placed[]; readonly until: number } | null = null;

  const functions = async (): Promise<readonly Placed[]> => {
    if (placed !== null && placed.until > now().getTime()) return placed.all;
    const all: Placed[] = [];
    for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {}))
      for (const { FunctionArn = '', VpcConfig } of Functions)
        if ((VpcConfig?.SubnetIds ?? []).length > 0)
          all.push({
            arn: FunctionArn,
            subnets: VpcConfig?.SubnetIds ?? [],
            groups: setOf(VpcConfig?.SecurityGroupIds ?? []),
          });
    placed = { all, until: now().getTime() + KEPT_MS };
    return all;
  };

  const look = async (ids: readonly string[]): Promise<void> => {
    const { NetworkInterfaces = [] } = await ec2.send(
      // By filter: an interface that is gone by now is no error.
      new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'network-interface-id', Values: [...ids] }] }),
    );
    const until = now().getTime() + KEPT_MS;
    for (const id of ids) known.set(id, { arns: [], until });
    for (const {
      NetworkInterfaceId = '',
      InterfaceType,
      Description = '',
      SubnetId = '',
      Groups = [],
    } of NetworkInterfaces) {
      if (InterfaceType !== 'lambda' && !Description.startsWith('AWS Lambda VPC ENI')) continue;
      const groups = setOf(Groups.flatMap(({ GroupId }) => GroupId ?? []));
      const arns = (await functions())
        .filter((one) => one.subnets.includes(SubnetId) && one.groups === groups)
        .map(({ arn }) => arn);
      known.set(NetworkInterfaceId, { arns, until });
    }
  };

  return async (ids: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> => {
    const wanted = [...new Set(ids)].filter((id) => (known.get(id)?.until ?? 0) <= now().getTime());
    for (let from = 0; from < wanted.length; from += AT_ONCE) await look(wanted.slice(from, from + AT_ONCE));
    return new Map(ids.map((id) => [id, known.get(id)?.arns ?? []]));
  };
};
