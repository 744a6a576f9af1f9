import { DENIED, record } from '../../example';
import { texts } from '../../fields';
import type { Examples, Rule } from '../../rule';

export const rule: Rule = {
  id: 'task-reads-credentials',
  row: 21,
  title: "A container's command asks for the credentials of its role",
  techniques: ['T1552.005', 'T1525'],
  severity: 7,
  rationale: "169.254.170.2 is where ECS gives the role's credentials out",
  references: ['https://attack.mitre.org/techniques/T1552/005/'],
  calls: ['ecs:RegisterTaskDefinition', 'ecs:RunTask'],
  when: ({ request }) =>
    [...texts(request)].some((value) =>
      /169\.254\.170\.2|AWS_CONTAINER_CREDENTIALS|169\.254\.169\.254/.test(value),
    ),
};

export const examples: Examples = {
  fires: [
    [
      record('ecs:RegisterTaskDefinition', {
        containerDefinitions: [{ command: ['curl 169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'] }],
      }),
    ],
  ],
  silent: [
    [
      record(
        'ecs:RegisterTaskDefinition',
        {
          containerDefinitions: [{ command: ['curl 169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'] }],
        },
        DENIED,
      ),
    ],
    [record('ecs:RegisterTaskDefinition', { containerDefinitions: [{ command: ['node', 'main.js'] }] })],
  ],
};
