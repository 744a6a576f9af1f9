import { DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'trail-stopped',
  row: 27,
  title: 'A trail was stopped or deleted',
  techniques: ['T1562.008', 'T1685.002'],
  severity: 8,
  rationale: 'What is done next is not recorded',
  references: ['https://attack.mitre.org/techniques/T1562/008/'],
  calls: [
    'cloudtrail:StopLogging',
    'cloudtrail:DeleteTrail',
    'cloudtrail:DeleteEventDataStore',
    'cloudtrail:StopEventDataStoreIngestion',
    'cloudtrail:DeleteChannel',
    'cloudtrail:DeregisterOrganizationDelegatedAdmin',
  ],
};

export const examples: Examples = {
  fires: [[record('cloudtrail:StopLogging', { name: 'trail' })]],
  silent: [[record('cloudtrail:StopLogging', { name: 'trail' }, DENIED)]],
};
