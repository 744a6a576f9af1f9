import { DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'flow-logs-deleted',
  row: 31,
  title: 'Flow logs were deleted',
  techniques: ['T1562.008', 'T1685.002'],
  severity: 8,
  rationale: 'Which addresses talk to which is not recorded any more',
  references: ['https://attack.mitre.org/techniques/T1562/008/'],
  calls: ['ec2:DeleteFlowLogs'],
};

export const examples: Examples = {
  fires: [[record('ec2:DeleteFlowLogs', { DeleteFlowLogsRequest: { FlowLogId: { content: 'fl-1' } } })]],
  silent: [
    [record('ec2:DeleteFlowLogs', { DeleteFlowLogsRequest: { FlowLogId: { content: 'fl-1' } } }, DENIED)],
  ],
};
