import { BY_FUNCTION, DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'compute-started-by-function',
  row: 21,
  title: 'A function started other machines',
  techniques: ['T1496', 'T1578.002', 'T1651'],
  severity: 6,
  rationale: 'A function that needs a machine is rare; who mines with its role needs many',
  references: ['https://attack.mitre.org/techniques/T1496/'],
  calls: [
    'ec2:RunInstances',
    'ecs:RunTask',
    'ecs:CreateCluster',
    'ecs:CreateService',
    'batch:SubmitJob',
    'batch:CreateComputeEnvironment',
    'sagemaker:CreateNotebookInstance',
    'sagemaker:CreateTrainingJob',
    'lightsail:CreateInstances',
    'glue:CreateDevEndpoint',
    'codebuild:StartBuild',
    'emr:RunJobFlow',
    'elasticmapreduce:RunJobFlow',
    'apprunner:CreateService',
    'gamelift:CreateFleet',
  ],
  when: ({ caller }) => caller.functionArn !== null,
};

export const examples: Examples = {
  fires: [[record('ec2:RunInstances', { instanceType: 't3.micro' }, BY_FUNCTION)]],
  silent: [
    [record('ec2:RunInstances', { instanceType: 't3.micro' })],
    [record('ec2:RunInstances', { instanceType: 't3.micro' }, { ...BY_FUNCTION, ...DENIED })],
  ],
};
