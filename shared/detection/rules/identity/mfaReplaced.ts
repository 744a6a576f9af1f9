import { record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'mfa-replaced',
  row: 23,
  title: 'Somebody tried to add a second factor beside the one that there is',
  techniques: ['T1556.006', 'T1098.005'],
  severity: 4,
  rationale: "Without the first factor's device, who has the password adds their own",
  references: ['https://attack.mitre.org/techniques/T1556/006/'],
  calls: ['iam:CreateVirtualMFADevice', 'iam:EnableMFADevice'],
  outcome: 'failed',
  when: ({ caller, error }) => !caller.mfa && error === 'EntityAlreadyExists',
};

export const examples: Examples = {
  fires: [[record('iam:CreateVirtualMFADevice', null, { errorCode: 'EntityAlreadyExists' })]],
  silent: [[record('iam:CreateVirtualMFADevice', null)]],
};
