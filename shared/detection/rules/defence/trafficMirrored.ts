import { record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'traffic-mirrored',
  row: 31,
  title: 'Traffic was mirrored',
  techniques: ['T1040', 'T1020.001'],
  severity: 6,
  rationale: 'Everything that an instance sends is copied; the attempt counts',
  references: ['https://attack.mitre.org/techniques/T1040/'],
  calls: [
    'ec2:CreateTrafficMirrorTarget',
    'ec2:CreateTrafficMirrorFilter',
    'ec2:CreateTrafficMirrorFilterRule',
    'ec2:CreateTrafficMirrorSession',
    'ec2:ModifyTrafficMirrorSession',
    'ec2:DeleteTrafficMirrorTarget',
  ],
  outcome: 'any',
};

export const examples: Examples = {
  fires: [[record('ec2:CreateTrafficMirrorSession', null)]],
  silent: [[record('ec2:DescribeTrafficMirrorSessions', null)]],
};
