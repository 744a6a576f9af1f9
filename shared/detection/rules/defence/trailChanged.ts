import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'trail-changed',
  row: 27,
  title: 'What a trail records, or where to, was changed',
  techniques: ['T1562.008', 'T1685.002'],
  severity: 6,
  rationale: 'A trail that records less, or into another bucket, looks as if it were on',
  references: ['https://attack.mitre.org/techniques/T1562/008/'],
  calls: ['cloudtrail:UpdateTrail', 'cloudtrail:PutEventSelectors', 'cloudtrail:UpdateEventDataStore'],
  deploys: true,
};

export const examples: Examples = {
  fires: [[record('cloudtrail:UpdateTrail', { name: 'trail' })]],
  silent: [
    [record('cloudtrail:UpdateTrail', { name: 'trail' }, DENIED)],
    [record('cloudtrail:UpdateTrail', { name: 'trail' }, BY_CLOUDFORMATION)],
  ],
};
