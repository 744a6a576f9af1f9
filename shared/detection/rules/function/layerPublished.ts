import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'layer-published',
  row: 2,
  title: 'A layer was published',
  techniques: ['T1578.005'],
  severity: 2,
  rationale: 'Context: functions may be given it next',
  references: ['https://attack.mitre.org/techniques/T1578/005/'],
  calls: ['lambda:PublishLayerVersion'],
  deploys: true,
};

export const examples: Examples = {
  fires: [[record('lambda:PublishLayerVersion', { layerName: 'tools' })]],
  silent: [
    [record('lambda:PublishLayerVersion', { layerName: 'tools' }, DENIED)],
    [record('lambda:PublishLayerVersion', { layerName: 'tools' }, BY_CLOUDFORMATION)],
  ],
};
