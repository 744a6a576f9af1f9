import { record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'instance-credentials-used-elsewhere',
  row: 11,
  title: 'The credentials of an instance were used on a desktop',
  techniques: ['T1552.005', 'T1078.004'],
  severity: 6,
  rationale:
    'A role session that is named after an instance belongs to that instance, which runs no macOS CLI and no browser',
  references: ['https://attack.mitre.org/techniques/T1552/005/'],
  calls: ['*'],
  outcome: 'any',
  when: ({ caller, agent }) =>
    /^i-[0-9a-f]{8,17}$/.test(caller.session ?? '') &&
    /darwin|macos|os\/windows.*aws-cli|^Mozilla/i.test(agent),
};

export const examples: Examples = {
  fires: [
    [
      record('sts:GetCallerIdentity', null, {
        userIdentity: {
          type: 'AssumedRole',
          arn: 'arn:aws:sts::111122223333:assumed-role/web/i-0123456789abcdef0',
          accountId: '111122223333',
        },
        userAgent: 'aws-cli/2.27.0 md/arch#arm64 os/macos#25.0.0',
      }),
    ],
  ],
  silent: [
    [
      record('sts:GetCallerIdentity', null, {
        userIdentity: {
          type: 'AssumedRole',
          arn: 'arn:aws:sts::111122223333:assumed-role/web/i-0123456789abcdef0',
          accountId: '111122223333',
        },
        userAgent: 'aws-cli/2.27.0 md/arch#arm64 os/linux',
      }),
    ],
  ],
};
