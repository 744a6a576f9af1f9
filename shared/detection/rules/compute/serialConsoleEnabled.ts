import { DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'serial-console-enabled',
  row: 21,
  title: "The serial console of the account's instances was enabled",
  techniques: ['T1021.007', 'T1578.005'],
  severity: 6,
  rationale: 'A way in that needs no network',
  references: ['https://attack.mitre.org/techniques/T1021/007/'],
  calls: ['ec2:EnableSerialConsoleAccess'],
};

export const examples: Examples = {
  fires: [[record('ec2:EnableSerialConsoleAccess', null)]],
  silent: [[record('ec2:EnableSerialConsoleAccess', null, DENIED)]],
};
