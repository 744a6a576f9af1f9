import { DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'model-log-deleted',
  row: 27,
  title: "The log of a foundation model's use was deleted",
  techniques: ['T1562.008', 'T1685.002'],
  severity: 6,
  rationale: 'What the models are used for is not recorded any more',
  references: ['https://attack.mitre.org/techniques/T1562/008/'],
  calls: ['bedrock:DeleteModelInvocationLoggingConfiguration'],
};

export const examples: Examples = {
  fires: [[record('bedrock:DeleteModelInvocationLoggingConfiguration', null)]],
  silent: [[record('bedrock:DeleteModelInvocationLoggingConfiguration', null, DENIED)]],
};
