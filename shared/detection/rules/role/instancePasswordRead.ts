import { isDryRun } from '../../call';
import { record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'instance-password-read',
  row: 16,
  title: "Somebody asked for the administrator's password of an instance",
  techniques: ['T1552.005', 'T1078.004'],
  severity: 6,
  rationale: 'Few ever need it, and the attempt counts: it is tried over all instances',
  references: ['https://attack.mitre.org/techniques/T1552/005/'],
  calls: ['ec2:GetPasswordData'],
  outcome: 'any',
  when: (call) => !isDryRun(call),
};

export const examples: Examples = {
  fires: [
    [record('ec2:GetPasswordData', { instanceId: 'i-0123456789abcdef0' })],
    [
      record(
        'ec2:GetPasswordData',
        { instanceId: 'i-0123456789abcdef0' },
        { errorCode: 'Client.UnauthorizedOperation' },
      ),
    ],
  ],
  silent: [
    [
      record(
        'ec2:GetPasswordData',
        { instanceId: 'i-0123456789abcdef0' },
        { errorCode: 'Client.DryRunOperation' },
      ),
    ],
  ],
};
