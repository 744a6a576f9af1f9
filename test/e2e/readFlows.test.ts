import { gzipSync } from 'node:zlib';
import {
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
} from '@aws-sdk/client-ec2';
import { InvokeCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { enter, incidentOf, type Made, makeFunction, reservedOf, type World } from './world';

describe('where functions in a VPC connect to', () => {
  let world: World;
  beforeAll(async () => {
    world = await enter();
  });

  type Network = { readonly subnet: string; readonly group: string; readonly eni: string };
  /** As Lambda makes an interface for the functions with a subnet and a security group. */
  const network = async (description = 'AWS Lambda VPC ENI-orders-8e0a'): Promise<Network> => {
    const { ec2 } = world.instance.clients;
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.7.0.0/16' }));
    const { Subnet } = await ec2.send(
      new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: '10.7.1.0/24' }),
    );
    const { GroupId = '' } = await ec2.send(
      new CreateSecurityGroupCommand({ VpcId: Vpc?.VpcId, GroupName: 'functions', Description: 'functions' }),
    );
    const { NetworkInterface } = await ec2.send(
      new CreateNetworkInterfaceCommand({
        SubnetId: Subnet?.SubnetId,
        Groups: [GroupId],
        Description: description,
      }),
    );
    return {
      subnet: Subnet?.SubnetId ?? '',
      group: GroupId,
      eni: NetworkInterface?.NetworkInterfaceId ?? '',
    };
  };
  const place = async ({ name }: Made, { subnet, group }: Network): Promise<void> => {
    await world.instance.clients.lambda.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: name,
        VpcConfig: { SubnetIds: [subnet], SecurityGroupIds: [group] },
      }),
    );
  };
  const flow = ({ eni }: Network, to: string, port: number): string =>
    `2 000000000000 ${eni} 10.7.1.9 ${to} 49152 ${port} 6 20 4249 1763632800 1763632860 ACCEPT OK`;
  const deliver = async (...lines: readonly string[]): Promise<unknown> => {
    const data = gzipSync(
      JSON.stringify({
        messageType: 'DATA_MESSAGE',
        owner: '000000000000',
        logGroup: '/vpc/flows',
        logStream: 'eni',
        logEvents: lines.map((message, index) => ({ id: String(index), timestamp: 0, message })),
      }),
    ).toString('base64');
    const { FunctionError, Payload } = await world.instance.clients.lambda.send(
      new InvokeCommand({
        FunctionName: 'tourniquet-local-readFlows',
        Payload: Buffer.from(JSON.stringify({ awslogs: { data } })),
      }),
    );
    expect(FunctionError).toBeUndefined();
    return JSON.parse(Buffer.from(Payload ?? '').toString());
  };

  it('is a question about the one function on the interface, once an hour', async () => {
    const made = await makeFunction(world, { mode: 'respond' });
    const where = await network();
    await place(made, where);
    expect(await deliver(flow(where, '203.0.113.5', 3333), flow(where, '203.0.113.6', 3333))).toEqual({
      findings: 1,
    });
    const { witnesses, because } = await incidentOf(world, made, 'asking');

    expect(Object.values(witnesses)).toEqual([
      // No act of its own (invariant 11): beside another observer's it raises nothing.
      expect.objectContaining({ rule: 'connection-to-odd-port', observer: 'network', own: false }),
    ]);
    expect(because.join()).toContain('at most ask');
    expect(await reservedOf(world, made)).toBeNull();
  });

  it('is nothing on an interface that is none of Lambda’s, or where nothing odd is', async () => {
    const where = await network('of a server');
    expect(await deliver(flow(where, '203.0.113.5', 3333))).toEqual({ findings: 0 });
    expect(await deliver(flow(where, '203.0.113.5', 443), 'no flow at all')).toEqual({ findings: 0 });
  });
});
