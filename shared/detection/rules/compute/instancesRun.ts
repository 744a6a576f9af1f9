import { isDryRun } from '../../call';
import { record } from '../../example';
import { at, list, numberOf, text } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'instances-run',
  row: 21,
  title: 'Instances of a costly kind, or many of them, were started',
  techniques: ['T1496', 'T1578.002'],
  severity: ({ caller }) => (caller.functionArn === null ? 6 : 8),
  rationale:
    'Mining wants GPUs, the largest machines, or many: the attempt counts, as quotas refuse it first',
  references: ['https://attack.mitre.org/techniques/T1496/'],
  calls: ['ec2:RunInstances', 'ec2:RequestSpotInstances', 'ec2:CreateFleet', 'ec2:RequestSpotFleet'],
  outcome: 'any',
  when: (call) => {
    if (isDryRun(call) || call.caller.invokedBy !== null) return false;
    const count =
      numberOf(at(call.request, 'maxCount')) ??
      numberOf(at(list(at(call.request, 'instancesSet'))[0], 'maxCount')) ??
      1;
    return (
      /^(?:p\d|g\d|trn|inf|dl|f1|f2|vt|hpc|u-|x[12]|mac)|\.(?:metal|12xlarge|16xlarge|18xlarge|24xlarge|32xlarge|48xlarge)/.test(
        text(call.request, 'instanceType', 'instanceType.value', 'launchSpecification.instanceType') ?? '',
      ) || count >= 10
    );
  },
};

export const examples: Examples = {
  fires: [
    [record('ec2:RunInstances', { instanceType: 'p3.16xlarge' })],
    [
      record(
        'ec2:RunInstances',
        { instanceType: 'p3.16xlarge' },
        { errorCode: 'Client.UnauthorizedOperation' },
      ),
    ],
  ],
  silent: [
    [record('ec2:RunInstances', { instanceType: 't3.micro' })],
    [record('ec2:RunInstances', { instanceType: 'p3.16xlarge' }, { errorCode: 'Client.DryRunOperation' })],
  ],
};
