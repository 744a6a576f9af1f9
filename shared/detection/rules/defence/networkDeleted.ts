import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'network-deleted',
  row: 31,
  title: 'A network was deleted',
  techniques: ['T1485', 'T1489'],
  severity: 4,
  rationale: 'What runs in it is cut off',
  references: ['https://attack.mitre.org/techniques/T1485/'],
  calls: ['ec2:DeleteVpc', 'ec2:DeleteSubnet'],
  deploys: true,
};

export const examples: Examples = {
  fires: [[record('ec2:DeleteVpc', { vpcId: 'vpc-1' })]],
  silent: [
    [record('ec2:DeleteVpc', { vpcId: 'vpc-1' }, DENIED)],
    [record('ec2:DeleteVpc', { vpcId: 'vpc-1' }, BY_CLOUDFORMATION)],
  ],
};
