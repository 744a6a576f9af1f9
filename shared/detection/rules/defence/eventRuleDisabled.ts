import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'event-rule-disabled',
  row: 29,
  title: 'An event rule was disabled or emptied',
  techniques: ['T1562.001', 'T1685', 'T1546'],
  severity: 4,
  rationale: 'What it would have started does not start',
  references: ['https://attack.mitre.org/techniques/T1562/001/'],
  calls: ['events:DisableRule', 'events:DeleteRule', 'events:RemoveTargets', 'events:DeleteEventBus'],
  deploys: true,
};

export const examples: Examples = {
  fires: [[record('events:DisableRule', { name: 'nightly' })]],
  silent: [
    [record('events:DisableRule', { name: 'nightly' }, DENIED)],
    [record('events:DisableRule', { name: 'nightly' }, BY_CLOUDFORMATION)],
  ],
};
