import { record } from '../../example';
import { text } from '../../fields';
import type { Examples, Rule } from '../../rule';
import { isConsole, isProvisioner } from '../../targets';

export const rule: Rule = {
  id: 'instance-user-data-read',
  row: 16,
  title: 'Somebody read the start-up script of an instance',
  techniques: ['T1552.005', 'T1580'],
  severity: 5,
  rationale: 'Start-up scripts hold credentials; the attempt counts: it is tried over all instances',
  references: ['https://attack.mitre.org/techniques/T1552/005/'],
  calls: ['ec2:DescribeInstanceAttribute'],
  outcome: 'any',
  when: (call) =>
    text(call.request, 'attribute', 'attributeType') === 'userData' &&
    !isConsole(call) &&
    !isProvisioner(call) &&
    call.caller.invokedBy === null,
};

export const examples: Examples = {
  fires: [
    [record('ec2:DescribeInstanceAttribute', { attribute: 'userData', instanceId: 'i-0123456789abcdef0' })],
  ],
  silent: [
    [
      record('ec2:DescribeInstanceAttribute', {
        attribute: 'instanceType',
        instanceId: 'i-0123456789abcdef0',
      }),
    ],
  ],
};
