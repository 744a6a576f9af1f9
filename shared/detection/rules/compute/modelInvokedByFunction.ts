import { BY_FUNCTION, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'model-invoked-by-function',
  row: 21,
  title: 'A function used a foundation model',
  techniques: ['T1496.004'],
  severity: 2,
  rationale: 'Context: ordinary for some, and what stolen credentials are sold for',
  references: ['https://attack.mitre.org/techniques/T1496/004/'],
  calls: [
    'bedrock:InvokeModel',
    'bedrock:InvokeModelWithResponseStream',
    'bedrock:Converse',
    'bedrock:ConverseStream',
  ],
  when: ({ caller }) => caller.functionArn !== null,
};

export const examples: Examples = {
  fires: [[record('bedrock:InvokeModel', null, BY_FUNCTION)]],
  silent: [[record('bedrock:InvokeModel', null)]],
};
