import { record } from '../../example';
import { at, list, text } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'instances-terminated',
  row: 21,
  title: 'One caller ended many instances',
  techniques: ['T1485', 'T1489'],
  severity: 6,
  rationale: 'An intruder destroys what an operator replaces one by one',
  references: ['https://attack.mitre.org/techniques/T1485/'],
  calls: ['ec2:TerminateInstances', 'ec2:StopInstances'],
  when: ({ caller }) => caller.invokedBy === null,
  burst: {
    least: 10,
    seconds: 300,
    of: ({ request }) =>
      list(at(request, 'instancesSet')).flatMap((entry) => text(entry, 'instanceId') ?? []),
  },
};

export const examples: Examples = {
  fires: [
    [
      record('ec2:TerminateInstances', {
        instancesSet: { items: Array.from({ length: 10 }, (_, number) => ({ instanceId: `i-${number}` })) },
      }),
    ],
  ],
  silent: [[record('ec2:TerminateInstances', { instancesSet: { items: [{ instanceId: 'i-0' }] } })]],
};
