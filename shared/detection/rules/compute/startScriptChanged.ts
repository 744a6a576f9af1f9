import { DENIED, record } from '../../example';
import { at, text } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'start-script-changed',
  row: 21,
  title: 'The start-up script of an instance was changed',
  techniques: ['T1059.009', 'T1651', 'T1037'],
  severity: 6,
  rationale: 'It runs as root at the next start',
  references: ['https://attack.mitre.org/techniques/T1059/009/'],
  calls: ['ec2:ModifyInstanceAttribute'],
  when: ({ request }) => at(request, 'userData') !== undefined || text(request, 'attribute') === 'userData',
};

export const examples: Examples = {
  fires: [
    [
      record('ec2:ModifyInstanceAttribute', {
        instanceId: 'i-0123456789abcdef0',
        userData: '<sensitiveDataRemoved>',
      }),
    ],
  ],
  silent: [
    [
      record(
        'ec2:ModifyInstanceAttribute',
        { instanceId: 'i-0123456789abcdef0', userData: '<sensitiveDataRemoved>' },
        DENIED,
      ),
    ],
    [
      record('ec2:ModifyInstanceAttribute', {
        instanceId: 'i-0123456789abcdef0',
        instanceType: { value: 't3.micro' },
      }),
    ],
  ],
};
