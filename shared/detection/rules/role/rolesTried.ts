import { isDenied } from '../../call';
import { burst, DENIED, record } from '../../example';
import { text } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'roles-tried',
  row: 13,
  title: 'One caller tried several roles that it may not assume',
  techniques: ['T1078.004', 'T1087.004', 'T1548.005'],
  severity: 6,
  rationale: 'Guessing which roles trust the stolen one shows as refusals',
  references: ['https://attack.mitre.org/techniques/T1078/004/'],
  calls: ['sts:AssumeRole'],
  outcome: 'failed',
  when: (call) => isDenied(call),
  burst: {
    least: 4,
    seconds: 600,
    of: ({ request, record }) => [text(request, 'roleArn') ?? text(record, 'errorMessage') ?? ''],
  },
};

export const examples: Examples = {
  fires: [
    burst(4, (number) =>
      record('sts:AssumeRole', { roleArn: `arn:aws:iam::111122223333:role/r${number}` }, DENIED),
    ),
  ],
  silent: [
    burst(8, () => record('sts:AssumeRole', { roleArn: 'arn:aws:iam::111122223333:role/r' }, DENIED)),
    burst(4, (number) => record('sts:AssumeRole', { roleArn: `arn:aws:iam::111122223333:role/r${number}` })),
  ],
};
