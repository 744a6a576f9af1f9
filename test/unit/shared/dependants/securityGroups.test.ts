import { EC2ServiceException } from '@aws-sdk/client-ec2';
import { securityGroups } from '../../../../shared/dependants/cuts/securityGroups';
import { ingressRuleOf } from '../../../../shared/dependants/ingressRule';
import { ACCOUNT, cutClients, reachOf } from './cutClients';

const reach = reachOf();
const rule = (id: string, rest: object = {}) => ({
  SecurityGroupRuleId: id,
  GroupId: 'sg-database',
  IsEgress: false,
  IpProtocol: 'tcp',
  FromPort: 5432,
  ToPort: 5432,
  ReferencedGroupInfo: { GroupId: 'sg-functions', UserId: ACCOUNT },
  ...rest,
});
const versions = () => ({ Versions: [{ VpcConfig: { SecurityGroupIds: ['sg-functions'] } }] });
const noFunctions = () => ({ Functions: [] });
const targetOf = (live: object) => {
  const before = ingressRuleOf(live);
  return { id: 'arn:x', before, breaks: '' };
};
const ec2Error = (name: string) => () => {
  throw new EC2ServiceException({ $metadata: {}, $fault: 'client', name, message: name });
};

describe('security groups', () => {
  it('are found for every version of the function, beyond the first page of everything', async () => {
    const clients = cutClients({
      ListVersionsByFunction: ({ Marker }) =>
        Marker === undefined
          ? { Versions: [{ VpcConfig: { SecurityGroupIds: [] } }], NextMarker: 'more' }
          : versions(),
      DescribeSecurityGroupRules: ({ NextToken }) =>
        NextToken === undefined
          ? { SecurityGroupRules: [rule('sgr-1')], NextToken: 'more' }
          : { SecurityGroupRules: [rule('sgr-2', { FromPort: 1, ToPort: 2 })] },
      ListFunctions: ({ Marker }) => {
        const VpcConfig = { SecurityGroupIds: ['sg-functions'] };
        return Marker === undefined
          ? {
              Functions: [{ FunctionArn: reach.suspectArn, FunctionName: 'orders', VpcConfig }],
              NextMarker: 'm',
            }
          : { Functions: [{ FunctionArn: 'arn:other', FunctionName: 'billing', VpcConfig }] };
      },
    });
    const targets = await securityGroups.find(reach, clients, []);

    expect(targets.map(({ id }) => id)).toEqual(
      ['sgr-1', 'sgr-2'].map((id) => `arn:aws:ec2:eu-west-1:${ACCOUNT}:security-group-rule/${id}`),
    );
    expect(targets[0]?.breaks).toBe(
      'what is in sg-functions opens no new connection to what is in sg-database: billing as well',
    );
  });

  it('let in by address, by another group, on the way out, or about themselves are left as they are', async () => {
    const clients = cutClients({
      ListVersionsByFunction: versions,
      DescribeSecurityGroupRules: () => ({
        SecurityGroupRules: [
          rule('sgr-1', { ReferencedGroupInfo: undefined, CidrIpv4: '10.0.0.0/8' }),
          rule('sgr-2', { ReferencedGroupInfo: { GroupId: 'sg-others' } }),
          rule('sgr-3', { IsEgress: true }),
          rule('sgr-4', { GroupId: 'sg-functions' }),
        ],
      }),
    });
    expect(await securityGroups.find(reach, clients, [])).toEqual([]);
  });

  it('are not asked for where the function is in no VPC', async () => {
    const clients = cutClients({ ListVersionsByFunction: () => ({ Versions: [{}] }) });
    expect(await securityGroups.find(reach, clients, [])).toEqual([]);
  });

  it.each(['InvalidSecurityGroupRuleId.NotFound', 'InvalidGroup.NotFound'])(
    'are cut where the rule went while it was looked at (%s)',
    async (name) => {
      const clients = cutClients({
        DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [rule('sgr-1')] }),
        RevokeSecurityGroupIngress: ec2Error(name),
      });
      await expect(securityGroups.cut(targetOf(rule('sgr-1')), reach, clients)).resolves.toBeUndefined();
    },
  );

  it('that refuse are an error', async () => {
    const clients = cutClients({
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [rule('sgr-1')] }),
      RevokeSecurityGroupIngress: ec2Error('UnauthorizedOperation'),
    });
    await expect(securityGroups.cut(targetOf(rule('sgr-1')), reach, clients)).rejects.toThrow('Unauthorized');
  });

  it('whose rule somebody made in other words since it was kept are left, and said', async () => {
    const clients = cutClients({
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [rule('sgr-9', { Description: 'mine' })] }),
    });
    await expect(securityGroups.cut(targetOf(rule('sgr-1')), reach, clients)).rejects.toThrow(
      'was changed by somebody',
    );
  });

  it('are let in again as before: peering, description and tags, but for those that only AWS may set', async () => {
    const made: unknown[] = [];
    const clients = cutClients({
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [] }),
      AuthorizeSecurityGroupIngress: (input) => {
        made.push(input);
        return { SecurityGroupRules: [{ SecurityGroupRuleId: 'sgr-new' }] };
      },
    });
    const live = rule('sgr-1', {
      Description: 'the orders',
      ReferencedGroupInfo: {
        GroupId: 'sg-functions',
        UserId: '999999999999',
        VpcPeeringConnectionId: 'pcx-1',
      },
      Tags: [
        { Key: 'team', Value: 'orders' },
        { Key: 'aws:cloudformation:stack-name', Value: 'x' },
      ],
    });
    const { detail } = await securityGroups.mend(targetOf(live), reach, clients);

    expect(detail).toContain('sgr-new');
    expect(made).toEqual([
      {
        GroupId: 'sg-database',
        IpPermissions: [
          {
            IpProtocol: 'tcp',
            FromPort: 5432,
            ToPort: 5432,
            UserIdGroupPairs: [
              {
                GroupId: 'sg-functions',
                UserId: '999999999999',
                VpcPeeringConnectionId: 'pcx-1',
                Description: 'the orders',
              },
            ],
          },
        ],
        TagSpecifications: [
          { ResourceType: 'security-group-rule', Tags: [{ Key: 'team', Value: 'orders' }] },
        ],
      },
    ]);
  });

  it.each([
    ['InvalidGroup.NotFound', 'no longer exists'],
    ['InvalidPermission.Duplicate', 'somebody has made such a rule'],
  ])('%s on the way back is drift', async (name, words) => {
    const clients = cutClients({
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [] }),
      AuthorizeSecurityGroupIngress: ec2Error(name),
    });
    const { outcome, detail } = await securityGroups.mend(targetOf(rule('sgr-1')), reach, clients);
    expect([outcome, detail.includes(words)]).toEqual(['drift', true]);
  });

  it('are joined only by who is in the group that was let in', async () => {
    const before = ingressRuleOf(rule('sgr-1'));
    const others = ingressRuleOf(rule('sgr-2', { ReferencedGroupInfo: { GroupId: 'sg-others' } }));
    const clients = cutClients({
      ListVersionsByFunction: versions,
      DescribeSecurityGroupRules: () => ({ SecurityGroupRules: [] }),
      ListFunctions: noFunctions,
    });
    const kept = [
      { id: 'arn:one', before, breaks: '' },
      { id: 'arn:two', before: others, breaks: '' },
    ];
    expect((await securityGroups.find(reach, clients, kept)).map(({ id }) => id)).toEqual(['arn:one']);
  });
});
