import { BY_FUNCTION, DENIED, record } from '../../example';
import { text } from '../../fields';
import { accountOf } from '../../policyText';
import type { Examples, Rule } from '../../rule';
import { isForeign } from '../../setting';

export const rule: Rule = {
  id: 'role-assumed-elsewhere',
  row: 13,
  title: 'A session of a role assumed a role in a foreign account',
  techniques: ['T1550.001', 'T1078.004', 'T1548.005'],
  severity: ({ caller }) => (caller.functionArn === null ? 4 : 5),
  rationale: 'Chaining roles over accounts is how an intruder goes on from one account to the next',
  references: ['https://attack.mitre.org/techniques/T1550/001/'],
  calls: ['sts:AssumeRole'],
  when: (call, setting) =>
    call.caller.roleArn !== null &&
    call.caller.account === call.account &&
    isForeign(accountOf(text(call.request, 'roleArn') ?? '') ?? '', call, setting),
};

export const examples: Examples = {
  fires: [
    [
      record(
        'sts:AssumeRole',
        { roleArn: 'arn:aws:iam::444455556666:role/Audit', roleSessionName: 'x' },
        BY_FUNCTION,
      ),
    ],
  ],
  silent: [
    [record('sts:AssumeRole', { roleArn: 'arn:aws:iam::111122223333:role/next' }, BY_FUNCTION)],
    [
      record(
        'sts:AssumeRole',
        { roleArn: 'arn:aws:iam::444455556666:role/Audit', roleSessionName: 'x' },
        { ...BY_FUNCTION, ...DENIED },
      ),
    ],
  ],
};
