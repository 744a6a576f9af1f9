import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'identity-provider-changed',
  row: 25,
  title: 'Who may log in from outside was changed',
  techniques: ['T1484.002', 'T1556.007'],
  severity: 6,
  rationale: "A provider of one's own vouches for anybody",
  references: ['https://attack.mitre.org/techniques/T1484/002/'],
  calls: [
    'iam:CreateSAMLProvider',
    'iam:UpdateSAMLProvider',
    'iam:CreateOpenIDConnectProvider',
    'iam:AddClientIDToOpenIDConnectProvider',
    'iam:UpdateOpenIDConnectProviderThumbprint',
    'sso:CreateTrustedTokenIssuer',
    'sso:UpdateTrustedTokenIssuer',
    'sso-directory:EnableExternalIdPConfigurationForDirectory',
  ],
  deploys: true,
};

export const examples: Examples = {
  fires: [[record('iam:CreateSAMLProvider', { name: 'idp' })]],
  silent: [
    [record('iam:CreateSAMLProvider', { name: 'idp' }, DENIED)],
    [record('iam:CreateSAMLProvider', { name: 'idp' }, BY_CLOUDFORMATION)],
  ],
};
