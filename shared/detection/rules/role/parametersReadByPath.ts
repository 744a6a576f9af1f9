import { DENIED, record } from '../../example';
import { at, isTrue, text } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'parameters-read-by-path',
  row: 15,
  title: 'Every parameter below the root was decrypted',
  techniques: ['T1555.006'],
  severity: 6,
  rationale: 'Decrypting from the root down needs no knowledge of what there is',
  references: ['https://attack.mitre.org/techniques/T1555/006/'],
  calls: ['ssm:GetParametersByPath'],
  when: ({ request }) =>
    text(request, 'path') === '/' &&
    isTrue(at(request, 'recursive')) &&
    isTrue(at(request, 'withDecryption')),
};

export const examples: Examples = {
  fires: [[record('ssm:GetParametersByPath', { path: '/', recursive: true, withDecryption: true })]],
  silent: [
    [record('ssm:GetParametersByPath', { path: '/', recursive: true, withDecryption: true }, DENIED)],
    [record('ssm:GetParametersByPath', { path: '/orders', recursive: true, withDecryption: true })],
  ],
};
