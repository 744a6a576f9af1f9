import { DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';
import { isConsole } from '../../targets';

export const rule: Rule = {
  id: 'model-access-opened',
  row: 21,
  title: 'Access to foundation models was asked for',
  techniques: ['T1496.004', 'T1578.005'],
  severity: 5,
  rationale: "Stolen keys are used to sell models: the account's access is opened first",
  references: ['https://attack.mitre.org/techniques/T1496/004/'],
  calls: [
    'bedrock:PutUseCaseForModelAccess',
    'bedrock:PutFoundationModelEntitlement',
    'bedrock:CreateFoundationModelAgreement',
  ],
  when: (call) => !isConsole(call),
};

export const examples: Examples = {
  fires: [[record('bedrock:PutUseCaseForModelAccess', null)]],
  silent: [
    [record('bedrock:PutUseCaseForModelAccess', null, DENIED)],
    [record('bedrock:PutUseCaseForModelAccess', null, { userAgent: 'Mozilla/5.0' })],
  ],
};
