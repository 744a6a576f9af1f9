import { DENIED, record } from '../../example';
import { at, isFalse, texts } from '../../fields';
import type { Examples, Rule } from '../../rule';

const hasDisabled = (request: unknown): boolean =>
  isFalse(at(request, 'enable')) ||
  [...texts(request)].includes('DISABLED') ||
  JSON.stringify(request ?? {}).includes('"enable":false');

export const rule: Rule = {
  id: 'detector-disabled',
  row: 29,
  title: 'GuardDuty was turned off or weakened',
  techniques: ['T1562.001', 'T1685'],
  severity: 8,
  rationale: 'Nobody looks any more',
  references: ['https://attack.mitre.org/techniques/T1562/001/'],
  calls: [
    'guardduty:DeleteDetector',
    'guardduty:StopMonitoringMembers',
    'guardduty:DisassociateMembers',
    'guardduty:DeleteMembers',
    'guardduty:DisassociateFromMasterAccount',
    'guardduty:DisassociateFromAdministratorAccount',
    'guardduty:DisableOrganizationAdminAccount',
    'guardduty:UpdateDetector',
    'guardduty:UpdateMemberDetectors',
  ],
  when: ({ name, request }) => !name.startsWith('Update') || hasDisabled(request),
};

export const examples: Examples = {
  fires: [
    [record('guardduty:DeleteDetector', { detectorId: 'd' })],
    [record('guardduty:UpdateDetector', { detectorId: 'd', enable: false })],
  ],
  silent: [
    [record('guardduty:UpdateDetector', { detectorId: 'd', enable: true })],
    [record('guardduty:DeleteDetector', { detectorId: 'd' }, DENIED)],
  ],
};
