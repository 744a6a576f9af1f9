import { DENIED, record } from '../../example';
import { at, isTrue, text } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'network-acl-opened',
  row: 31,
  title: "A network's list lets everybody in",
  techniques: ['T1562.007', 'T1686.001'],
  severity: 5,
  rationale: 'Everything behind it is reached by everybody',
  references: ['https://attack.mitre.org/techniques/T1562/007/'],
  calls: ['ec2:CreateNetworkAclEntry', 'ec2:ReplaceNetworkAclEntry'],
  when: ({ request }) =>
    text(request, 'ruleAction') === 'allow' &&
    !isTrue(at(request, 'egress')) &&
    /\/0$/.test(text(request, 'cidrBlock', 'ipv6CidrBlock') ?? ''),
};

export const examples: Examples = {
  fires: [
    [
      record('ec2:CreateNetworkAclEntry', {
        networkAclId: 'acl-1',
        ruleAction: 'allow',
        egress: false,
        cidrBlock: '0.0.0.0/0',
        portRange: { from: 22, to: 22 },
      }),
    ],
  ],
  silent: [
    [
      record(
        'ec2:CreateNetworkAclEntry',
        {
          networkAclId: 'acl-1',
          ruleAction: 'allow',
          egress: false,
          cidrBlock: '0.0.0.0/0',
          portRange: { from: 22, to: 22 },
        },
        DENIED,
      ),
    ],
    [
      record('ec2:CreateNetworkAclEntry', {
        networkAclId: 'acl-1',
        ruleAction: 'deny',
        egress: false,
        cidrBlock: '0.0.0.0/0',
        portRange: { from: 22, to: 22 },
      }),
    ],
  ],
};
