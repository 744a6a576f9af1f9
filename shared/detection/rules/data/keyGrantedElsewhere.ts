import { DENIED, record } from '../../example';
import { text } from '../../fields';
import { accountOf } from '../../policyText';
import type { Examples, Rule } from '../../rule';
import { isForeign } from '../../setting';

export const rule: Rule = {
  id: 'key-granted-elsewhere',
  row: 22,
  title: 'A key was granted to a foreign account',
  techniques: ['T1548.005'],
  severity: 5,
  rationale: "A grant is not seen in the key's policy",
  references: ['https://attack.mitre.org/techniques/T1548/005/'],
  calls: ['kms:CreateGrant'],
  when: (call, setting) =>
    isForeign(accountOf(text(call.request, 'granteePrincipal') ?? '') ?? '', call, setting),
};

export const examples: Examples = {
  fires: [[record('kms:CreateGrant', { keyId: 'k', granteePrincipal: 'arn:aws:iam::444455556666:role/x' })]],
  silent: [
    [record('kms:CreateGrant', { keyId: 'k', granteePrincipal: 'arn:aws:iam::444455556666:role/x' }, DENIED)],
    [record('kms:CreateGrant', { keyId: 'k', granteePrincipal: 'arn:aws:iam::111122223333:role/x' })],
  ],
};
