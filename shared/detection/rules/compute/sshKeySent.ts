import { DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'ssh-key-sent',
  row: 21,
  title: 'A key for a shell was put onto an instance',
  techniques: ['T1021.004', 'T1098.004'],
  severity: 5,
  rationale: "It lets whoever holds the other half in, past the instance's own users",
  references: ['https://attack.mitre.org/techniques/T1021/004/'],
  calls: ['ec2-instance-connect:SendSSHPublicKey', 'ec2-instance-connect:SendSerialConsoleSSHPublicKey'],
};

export const examples: Examples = {
  fires: [[record('ec2-instance-connect:SendSSHPublicKey', { instanceId: 'i-0123456789abcdef0' })]],
  silent: [[record('ec2-instance-connect:SendSSHPublicKey', { instanceId: 'i-0123456789abcdef0' }, DENIED)]],
};
