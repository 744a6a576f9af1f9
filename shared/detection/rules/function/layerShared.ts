import { DENIED, record } from '../../example';
import { text } from '../../fields';
import { accountOf } from '../../policyText';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'layer-shared',
  row: 2,
  title: 'A layer was shared with other accounts',
  techniques: ['T1578.005', 'T1537'],
  severity: 5,
  rationale: 'Others read what the layer holds; with everybody allowed, anybody does',
  references: ['https://attack.mitre.org/techniques/T1578/005/'],
  calls: ['lambda:AddLayerVersionPermission'],
  when: ({ request }) =>
    text(request, 'principal') === '*' || accountOf(text(request, 'principal') ?? '') !== null,
};

export const examples: Examples = {
  fires: [[record('lambda:AddLayerVersionPermission', { layerName: 'tools', principal: '*' })]],
  silent: [
    [record('lambda:AddLayerVersionPermission', { layerName: 'tools', principal: '*' }, DENIED)],
    [record('lambda:AddLayerVersionPermission', { layerName: 'tools' })],
  ],
};
