import { record } from '../../example';
import { at, list, numberOf, text } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'port-opened-to-all',
  row: 31,
  title: 'A port was opened to the whole internet',
  techniques: ['T1562.007', 'T1686.001'],
  severity: 6,
  rationale: 'Everybody reaches it; 80 and 443 are meant to be reached',
  references: ['https://attack.mitre.org/techniques/T1562/007/'],
  calls: ['ec2:AuthorizeSecurityGroupIngress', 'ec2:ModifySecurityGroupRules'],
  when: ({ request }) =>
    [
      request,
      ...list(at(request, 'ipPermissions')),
      ...list(at(request, 'ModifySecurityGroupRulesRequest.SecurityGroupRule')),
    ].some((entry) => {
      const open = [
        entry,
        at(entry, 'SecurityGroupRule'),
        ...list(at(entry, 'ipRanges')),
        ...list(at(entry, 'ipv6Ranges')),
      ].some((range) =>
        /\/0$/.test(text(range, 'cidrIp', 'cidrIpv6', 'cidrIpv4', 'CidrIpv4', 'CidrIpv6') ?? ''),
      );
      const [from, to] = [numberOf(at(entry, 'fromPort')), numberOf(at(entry, 'toPort'))];
      return (
        open &&
        !(from === to && (from === 80 || from === 443)) &&
        !/^icmp/.test(text(entry, 'ipProtocol') ?? '')
      );
    }),
};

export const examples: Examples = {
  fires: [
    [
      record('ec2:AuthorizeSecurityGroupIngress', {
        groupId: 'sg-1',
        ipPermissions: {
          items: [
            { ipProtocol: 'tcp', fromPort: 22, toPort: 22, ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] } },
          ],
        },
      }),
    ],
    [
      record('ec2:AuthorizeSecurityGroupIngress', {
        groupId: 'sg-1',
        cidrIp: '203.0.113.7/0',
        fromPort: 22,
        toPort: 22,
        ipPermissions: {},
      }),
    ],
  ],
  silent: [
    [
      record('ec2:AuthorizeSecurityGroupIngress', {
        groupId: 'sg-1',
        ipPermissions: {
          items: [
            { ipProtocol: 'tcp', fromPort: 22, toPort: 22, ipRanges: { items: [{ cidrIp: '10.0.0.0/8' }] } },
          ],
        },
      }),
    ],
    [
      record('ec2:AuthorizeSecurityGroupIngress', {
        groupId: 'sg-1',
        ipPermissions: {
          items: [
            { ipProtocol: 'tcp', fromPort: 443, toPort: 443, ipRanges: { items: [{ cidrIp: '0.0.0.0/0' }] } },
          ],
        },
      }),
    ],
  ],
};
