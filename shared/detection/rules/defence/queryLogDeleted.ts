import { DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'query-log-deleted',
  row: 27,
  title: 'The log of DNS queries was stopped',
  techniques: ['T1562.008', 'T1685.002'],
  severity: 6,
  rationale: 'Names that are looked up give command and control away',
  references: ['https://attack.mitre.org/techniques/T1562/008/'],
  calls: [
    'route53resolver:DeleteResolverQueryLogConfig',
    'route53resolver:DisassociateResolverQueryLogConfig',
    'route53:DeleteQueryLoggingConfig',
  ],
};

export const examples: Examples = {
  fires: [[record('route53resolver:DeleteResolverQueryLogConfig', { resolverQueryLogConfigId: 'rqlc-1' })]],
  silent: [
    [record('route53resolver:DeleteResolverQueryLogConfig', { resolverQueryLogConfigId: 'rqlc-1' }, DENIED)],
  ],
};
