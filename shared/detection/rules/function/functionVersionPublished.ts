import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';
import { functionOf } from '../../targets';

export const rule: Rule = {
  id: 'function-version-published',
  row: 1,
  title: 'A version of a function was published',
  techniques: ['T1578.005'],
  severity: 2,
  rationale: 'Context for what happened to the code: an alias serves another version from here on',
  references: ['https://attack.mitre.org/techniques/T1578/005/'],
  calls: ['lambda:PublishVersion', 'lambda:UpdateAlias'],
  deploys: true,
  about: functionOf,
};

export const examples: Examples = {
  fires: [[record('lambda:PublishVersion', { functionName: 'orders' })]],
  silent: [
    [record('lambda:PublishVersion', { functionName: 'orders' }, DENIED)],
    [record('lambda:PublishVersion', { functionName: 'orders' }, BY_CLOUDFORMATION)],
  ],
};
