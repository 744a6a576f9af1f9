import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import { at, numberOf } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'log-retention-shortened',
  row: 28,
  title: 'Logs are kept for days only',
  techniques: ['T1562.008', 'T1685.002', 'T1070'],
  severity: 4,
  rationale: 'What has expired cannot be looked at',
  references: ['https://attack.mitre.org/techniques/T1562/008/'],
  calls: ['logs:PutRetentionPolicy'],
  deploys: true,
  when: (call) => (numberOf(at(call.request, 'retentionInDays')) ?? 99) <= 3,
};

export const examples: Examples = {
  fires: [[record('logs:PutRetentionPolicy', { logGroupName: '/aws/lambda/orders', retentionInDays: 1 })]],
  silent: [
    [record('logs:PutRetentionPolicy', { logGroupName: '/aws/lambda/orders', retentionInDays: 1 }, DENIED)],
    [
      record(
        'logs:PutRetentionPolicy',
        { logGroupName: '/aws/lambda/orders', retentionInDays: 1 },
        BY_CLOUDFORMATION,
      ),
    ],
    [record('logs:PutRetentionPolicy', { logGroupName: '/aws/lambda/orders', retentionInDays: 90 })],
  ],
};
