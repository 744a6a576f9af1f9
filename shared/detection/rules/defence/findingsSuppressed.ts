import { record } from '../../example';
import { texts } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'findings-suppressed',
  row: 29,
  title: 'Findings are hidden, or an address is trusted, from here on',
  techniques: ['T1562.001', 'T1685'],
  severity: ({ name }) => (/^(?:Archive|Batch|Create.*Automation|Create.*Insight)/.test(name) ? 4 : 6),
  rationale: 'A filter that archives silences what it matches; a trusted address is never reported',
  references: ['https://attack.mitre.org/techniques/T1562/001/'],
  calls: [
    'guardduty:CreateFilter',
    'guardduty:UpdateFilter',
    'guardduty:CreateIPSet',
    'guardduty:UpdateIPSet',
    'guardduty:DeletePublishingDestination',
    'guardduty:ArchiveFindings',
    'securityhub:BatchUpdateFindings',
    'securityhub:CreateAutomationRule',
    'securityhub:UpdateAutomationRule',
    'securityhub:CreateAutomationRuleV2',
  ],
  when: ({ name, request }) =>
    !/Filter$|^BatchUpdate/.test(name) ||
    [...texts(request)].some((value) => /^(?:ARCHIVE|SUPPRESSED|RESOLVED)$/.test(value)),
};

export const examples: Examples = {
  fires: [
    [record('guardduty:CreateFilter', { name: 'f', action: 'ARCHIVE' })],
    [record('securityhub:BatchUpdateFindings', { Workflow: { Status: 'SUPPRESSED' } })],
  ],
  silent: [
    [record('guardduty:CreateFilter', { name: 'f', action: 'NOOP' })],
    [record('securityhub:BatchUpdateFindings', { Workflow: { Status: 'NOTIFIED' } })],
  ],
};
