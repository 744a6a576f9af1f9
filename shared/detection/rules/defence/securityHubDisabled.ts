import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'security-hub-disabled',
  row: 29,
  title: 'Security Hub, Config or another control of the account was turned off',
  techniques: ['T1562.001', 'T1685'],
  severity: 7,
  rationale: 'What would have noticed does not run any more',
  references: ['https://attack.mitre.org/techniques/T1562/001/'],
  calls: [
    'securityhub:DisableSecurityHub',
    'securityhub:DisableSecurityHubV2',
    'securityhub:BatchDisableStandards',
    'securityhub:DisableImportFindingsForProduct',
    'securityhub:DisassociateFromAdministratorAccount',
    'securityhub:DeleteMembers',
    'config:StopConfigurationRecorder',
    'config:DeleteConfigurationRecorder',
    'config:DeleteDeliveryChannel',
    'config:DeleteConfigRule',
    'config:DeleteConfigurationAggregator',
    'access-analyzer:DeleteAnalyzer',
    'inspector2:Disable',
    'macie2:DisableMacie',
    'detective:DeleteGraph',
    'iam:DeleteAccountPasswordPolicy',
    'ec2:DisableEbsEncryptionByDefault',
    'shield:DeleteProtection',
    'shield:DeleteSubscription',
    'securitylake:DeleteDataLake',
  ],
  deploys: true,
};

export const examples: Examples = {
  fires: [[record('securityhub:DisableSecurityHub', null)]],
  silent: [
    [record('securityhub:DisableSecurityHub', null, DENIED)],
    [record('securityhub:DisableSecurityHub', null, BY_CLOUDFORMATION)],
  ],
};
