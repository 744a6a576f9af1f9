import { DENIED, record } from '../../example';
import { at, list, text } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'command-sent',
  row: 21,
  title: 'A command was run on instances',
  techniques: ['T1651'],
  severity: ({ caller }) => (caller.functionArn === null ? 4 : 6),
  rationale: 'Systems Manager gives a shell on every instance that it reaches',
  references: ['https://attack.mitre.org/techniques/T1651/'],
  calls: ['ssm:SendCommand'],
  when: ({ caller, request }) =>
    caller.invokedBy === null &&
    [...list(at(request, 'instanceIds')), ...list(at(request, 'targets'))].length > 0 &&
    /RunShellScript|RunPowerShellScript|RunRemoteScript|RunDocument|ExecuteCommand|^[^A]|^A[^W]/.test(
      text(request, 'documentName') ?? 'x',
    ),
};

export const examples: Examples = {
  fires: [
    [record('ssm:SendCommand', { documentName: 'AWS-RunShellScript', instanceIds: ['i-0123456789abcdef0'] })],
  ],
  silent: [
    [record('ssm:SendCommand', { documentName: 'AWS-RunShellScript', instanceIds: [] })],
    [
      record(
        'ssm:SendCommand',
        { documentName: 'AWS-RunShellScript', instanceIds: ['i-0123456789abcdef0'] },
        DENIED,
      ),
    ],
  ],
};
