import { DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'own-access-key-created',
  row: 23,
  title: 'A user made an access key',
  techniques: ['T1098.001'],
  severity: 3,
  rationale: 'Context: ordinary, and what stolen console access is turned into',
  references: ['https://attack.mitre.org/techniques/T1098/001/'],
  calls: ['iam:CreateAccessKey'],
};

export const examples: Examples = {
  fires: [[record('iam:CreateAccessKey', null)]],
  silent: [[record('iam:CreateAccessKey', null, DENIED)]],
};
