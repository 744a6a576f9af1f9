import { DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'key-disabled',
  row: 22,
  title: 'A key was disabled or is to be deleted',
  techniques: ['T1485', 'T1486'],
  severity: 7,
  rationale: 'Everything that it encrypts cannot be read without it',
  references: ['https://attack.mitre.org/techniques/T1485/'],
  calls: [
    'kms:DisableKey',
    'kms:ScheduleKeyDeletion',
    'kms:DeleteImportedKeyMaterial',
    'kms:DeleteCustomKeyStore',
  ],
};

export const examples: Examples = {
  fires: [[record('kms:DisableKey', { keyId: '00000000-0000-4000-8000-000000000000' })]],
  silent: [[record('kms:DisableKey', { keyId: '00000000-0000-4000-8000-000000000000' }, DENIED)]],
};
