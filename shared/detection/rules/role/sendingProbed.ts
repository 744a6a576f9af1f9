import { DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';
import { isConsole } from '../../targets';

export const rule: Rule = {
  id: 'sending-probed',
  row: 16,
  title: 'Somebody asked whether the account may send e-mail',
  techniques: ['T1580', 'T1526'],
  severity: 4,
  rationale: 'Stolen keys are tried for what they can send: few workloads ever ask',
  references: ['https://attack.mitre.org/techniques/T1580/'],
  calls: ['ses:GetAccountSendingEnabled', 'ses:UpdateAccountSendingEnabled', 'ses:PutAccountDetails'],
  when: (call) => !isConsole(call),
};

export const examples: Examples = {
  fires: [[record('ses:GetAccountSendingEnabled', null)]],
  silent: [
    [record('ses:GetAccountSendingEnabled', null, DENIED)],
    [record('ses:GetAccountSendingEnabled', null, { userAgent: 'Mozilla/5.0' })],
  ],
};
