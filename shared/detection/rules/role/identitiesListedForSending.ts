import { DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';
import { isConsole, isProvisioner } from '../../targets';

export const rule: Rule = {
  id: 'identities-listed-for-sending',
  row: 16,
  title: 'Somebody listed the identities that may send e-mail',
  techniques: ['T1580'],
  severity: 4,
  rationale: 'Asked for once by who looks for a sender to abuse',
  references: ['https://attack.mitre.org/techniques/T1580/'],
  calls: ['ses:ListIdentities', 'ses:ListEmailIdentities'],
  when: (call) => !isConsole(call) && !isProvisioner(call),
};

export const examples: Examples = {
  fires: [[record('ses:ListIdentities', null)]],
  silent: [
    [record('ses:ListIdentities', null, DENIED)],
    [record('ses:ListIdentities', null, { userAgent: 'Mozilla/5.0' })],
  ],
};
