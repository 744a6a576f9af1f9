import { burst, record } from '../../example';
import { at, isTrue, list, textOf } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'parameters-swept',
  row: 15,
  title: 'One caller decrypted many parameters',
  techniques: ['T1555.006'],
  severity: 6,
  rationale: 'A workload reads its own parameters by name; who decrypts all there are takes what there is',
  references: ['https://attack.mitre.org/techniques/T1555/006/'],
  calls: ['ssm:GetParameters', 'ssm:GetParameter'],
  when: ({ request }) => isTrue(at(request, 'withDecryption')),
  burst: {
    least: 10,
    seconds: 300,
    of: ({ request }) =>
      ['names', 'name'].flatMap((name) => list(at(request, name))).flatMap((value) => textOf(value) ?? []),
  },
};

export const examples: Examples = {
  fires: [
    [
      record('ssm:GetParameters', {
        withDecryption: true,
        names: Array.from({ length: 10 }, (_, number) => `/credentials/${number}`),
      }),
    ],
  ],
  silent: [
    [
      record('ssm:GetParameters', {
        withDecryption: false,
        names: Array.from({ length: 10 }, (_, number) => `/credentials/${number}`),
      }),
    ],
    burst(20, () => record('ssm:GetParameter', { withDecryption: true, name: '/db' })),
  ],
};
