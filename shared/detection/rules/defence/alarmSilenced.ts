import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'alarm-silenced',
  row: 28,
  title: 'Alarms were deleted or silenced',
  techniques: ['T1562.001', 'T1685'],
  severity: 6,
  rationale: 'What would have called somebody does not',
  references: ['https://attack.mitre.org/techniques/T1562/001/'],
  calls: [
    'monitoring:DeleteAlarms',
    'cloudwatch:DeleteAlarms',
    'monitoring:DisableAlarmActions',
    'cloudwatch:DisableAlarmActions',
    'monitoring:SetAlarmState',
  ],
  deploys: true,
};

export const examples: Examples = {
  fires: [[record('monitoring:DeleteAlarms', { alarmNames: ['orders-errors'] })]],
  silent: [
    [record('monitoring:DeleteAlarms', { alarmNames: ['orders-errors'] }, DENIED)],
    [record('monitoring:DeleteAlarms', { alarmNames: ['orders-errors'] }, BY_CLOUDFORMATION)],
  ],
};
