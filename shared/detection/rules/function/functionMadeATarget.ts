import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import { texts } from '../../fields';
import type { Examples, Rule } from '../../rule';
import { functionNamed } from '../../targets';

export const rule: Rule = {
  id: 'function-made-a-target',
  row: 6,
  title: "A rule or a bucket's notification starts a function",
  techniques: ['T1546', 'T1648'],
  severity: 4,
  rationale: 'Started by an event of the account, an implant needs no door of its own',
  references: ['https://attack.mitre.org/techniques/T1546/'],
  calls: [
    'events:PutTargets',
    's3:PutBucketNotification',
    'scheduler:CreateSchedule',
    'sns:Subscribe',
    'logs:PutSubscriptionFilter',
  ],
  deploys: true,
  when: (call) =>
    [...texts(call.request)].some((value) => /^arn:[a-z-]+:lambda:[^:]*:\d{12}:function:/.test(value)),
  about: (call) =>
    functionNamed(
      [...texts(call.request)].find((value) => /^arn:[a-z-]+:lambda:[^:]*:\d{12}:function:/.test(value)) ??
        null,
      call,
    ),
};

export const examples: Examples = {
  fires: [
    [
      record('events:PutTargets', {
        rule: 'nightly',
        targets: [{ id: '1', arn: 'arn:aws:lambda:eu-central-1:111122223333:function:orders' }],
      }),
    ],
  ],
  silent: [
    [
      record(
        'events:PutTargets',
        {
          rule: 'nightly',
          targets: [{ id: '1', arn: 'arn:aws:lambda:eu-central-1:111122223333:function:orders' }],
        },
        DENIED,
      ),
    ],
    [
      record(
        'events:PutTargets',
        {
          rule: 'nightly',
          targets: [{ id: '1', arn: 'arn:aws:lambda:eu-central-1:111122223333:function:orders' }],
        },
        BY_CLOUDFORMATION,
      ),
    ],
    [
      record('events:PutTargets', {
        rule: 'nightly',
        targets: [{ id: '1', arn: 'arn:aws:sqs:eu-central-1:111122223333:work' }],
      }),
    ],
  ],
};
