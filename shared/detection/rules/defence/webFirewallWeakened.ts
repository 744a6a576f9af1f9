import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'web-firewall-weakened',
  row: 29,
  title: 'A web firewall was taken away',
  techniques: ['T1562.001', 'T1686', 'T1562.007'],
  severity: 5,
  rationale: 'Requests reach what is behind it unfiltered',
  references: ['https://attack.mitre.org/techniques/T1562/001/'],
  calls: [
    'wafv2:DeleteWebACL',
    'waf:DeleteWebACL',
    'waf-regional:DeleteWebACL',
    'wafv2:DisassociateWebACL',
    'waf-regional:DisassociateWebACL',
    'wafv2:DeleteLoggingConfiguration',
    'wafv2:DeleteRuleGroup',
    'waf:DeleteRule',
    'wafv2:DeleteFirewallManagerRuleGroups',
    'network-firewall:DeleteFirewall',
    'network-firewall:DeleteFirewallPolicy',
  ],
  deploys: true,
};

export const examples: Examples = {
  fires: [[record('wafv2:DeleteWebACL', { name: 'acl' })]],
  silent: [
    [record('wafv2:DeleteWebACL', { name: 'acl' }, DENIED)],
    [record('wafv2:DeleteWebACL', { name: 'acl' }, BY_CLOUDFORMATION)],
  ],
};
