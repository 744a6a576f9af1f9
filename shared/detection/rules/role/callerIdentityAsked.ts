import { record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'caller-identity-asked',
  row: 12,
  title: 'Somebody asked whose credentials these are',
  techniques: ['T1033', 'T1087.004'],
  severity: 2,
  rationale: "The first call with stolen credentials, and one of many ordinary tools': context",
  references: ['https://attack.mitre.org/techniques/T1033/'],
  calls: ['sts:GetCallerIdentity'],
};

export const examples: Examples = {
  fires: [[record('sts:GetCallerIdentity', null)]],
  silent: [[record('sts:GetCallerIdentity', null, { userIdentity: { type: 'AWSService' } })]],
};
