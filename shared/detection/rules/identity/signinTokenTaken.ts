import { DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'signin-token-taken',
  row: 26,
  title: 'Keys were turned into a session of the console',
  techniques: ['T1021.007', 'T1550.001'],
  severity: 4,
  rationale: 'It turns stolen credentials into a browser session',
  references: ['https://attack.mitre.org/techniques/T1021/007/'],
  calls: ['signin:GetSigninToken'],
  when: ({ caller, agent }) =>
    !/AWSReservedSSO/.test(caller.roleArn ?? caller.arn ?? '') &&
    !/^(?:Jersey|Apache-CXF|AWS Internal)/i.test(agent),
};

export const examples: Examples = {
  fires: [[record('signin:GetSigninToken', null)]],
  silent: [
    [record('signin:GetSigninToken', null, DENIED)],
    [record('signin:GetSigninToken', null, { userAgent: 'Jersey/2.40 (HttpUrlConnection 21.0.2)' })],
  ],
};
