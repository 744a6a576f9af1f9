import { DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'region-enabled',
  row: 21,
  title: 'A region of the account was enabled',
  techniques: ['T1535'],
  severity: 4,
  rationale: 'Where nobody looks there is room to mine',
  references: ['https://attack.mitre.org/techniques/T1535/'],
  calls: ['account:EnableRegion', 'cloudtrail:EnableRegion'],
};

export const examples: Examples = {
  fires: [[record('account:EnableRegion', { RegionName: 'ap-east-1' })]],
  silent: [[record('account:EnableRegion', { RegionName: 'ap-east-1' }, DENIED)]],
};
