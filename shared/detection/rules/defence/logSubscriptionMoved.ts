import { BY_CLOUDFORMATION, DENIED, record } from '../../example';
import { text } from '../../fields';
import type { Examples, Rule } from '../../rule';
import { isForeign } from '../../setting';
import { functionNamed } from '../../targets';

export const rule: Rule = {
  id: 'log-subscription-moved',
  row: 28,
  title: "What happens with a log's lines was changed",
  techniques: ['T1562.008', 'T1685.002', 'T1567'],
  severity: (call, setting) => {
    const account = /^arn:[a-z-]+:\w+:[^:]*:(\d{12}):/.exec(text(call.request, 'destinationArn') ?? '')?.[1];
    return account !== undefined && isForeign(account, call, setting) ? 7 : 4;
  },
  rationale: 'A filter that is moved takes the lines from who watches them, or gives them to somebody else',
  references: ['https://attack.mitre.org/techniques/T1562/008/'],
  calls: [
    'logs:PutSubscriptionFilter',
    'logs:DeleteSubscriptionFilter',
    'logs:PutDestination',
    'logs:DeleteDestination',
    'logs:PutAccountPolicy',
    'logs:DeleteAccountPolicy',
    'logs:DeleteMetricFilter',
  ],
  deploys: true,
  about: (call) =>
    functionNamed(
      /^\/aws\/lambda\/([\w-]+)$/.exec(text(call.request, 'logGroupName') ?? '')?.[1] ?? null,
      call,
    ),
};

export const examples: Examples = {
  fires: [
    [
      record('logs:PutSubscriptionFilter', {
        logGroupName: '/aws/lambda/orders',
        destinationArn: 'arn:aws:logs:eu-central-1:444455556666:destination:d',
      }),
    ],
  ],
  silent: [
    [
      record(
        'logs:PutSubscriptionFilter',
        {
          logGroupName: '/aws/lambda/orders',
          destinationArn: 'arn:aws:logs:eu-central-1:444455556666:destination:d',
        },
        DENIED,
      ),
    ],
    [
      record(
        'logs:PutSubscriptionFilter',
        {
          logGroupName: '/aws/lambda/orders',
          destinationArn: 'arn:aws:logs:eu-central-1:444455556666:destination:d',
        },
        BY_CLOUDFORMATION,
      ),
    ],
  ],
};
