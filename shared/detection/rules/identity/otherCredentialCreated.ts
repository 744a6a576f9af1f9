import { DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'other-credential-created',
  row: 23,
  title: 'Credentials of another kind were put on a user',
  techniques: ['T1098.001', 'T1098.004'],
  severity: 5,
  rationale: 'Seldom used, and seldom looked at',
  references: ['https://attack.mitre.org/techniques/T1098/001/'],
  calls: [
    'iam:UploadSSHPublicKey',
    'iam:UploadSigningCertificate',
    'iam:CreateServiceSpecificCredential',
    'iam:ResetServiceSpecificCredential',
  ],
};

export const examples: Examples = {
  fires: [[record('iam:UploadSSHPublicKey', { userName: 'backup' })]],
  silent: [[record('iam:UploadSSHPublicKey', { userName: 'backup' }, DENIED)]],
};
