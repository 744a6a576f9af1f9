import type { Alarm, Channels, Subscriptions } from './channels';
import { bad, type Check, good, note } from './check';

/** Of people: who would be told. Null where it could not be asked for. */
export type Told = {
  readonly channels: Channels['channels'] | null;
  readonly subscriptions: Subscriptions | null;
  readonly alarms: readonly Alarm[] | null;
};

const channelCheck = ({ channels }: Told): readonly Check[] => {
  if (channels === null)
    return [
      bad('the channels', 'could not be tried: lambda:InvokeFunction on the function announce is needed'),
    ];
  const tried = channels.map(({ channel, outcome, what }) =>
    outcome === 'bad'
      ? bad(`${channel} does not deliver`, `${what}. Set its secret anew: npx tourniquet secrets`)
      : outcome === 'none'
        ? note(`${channel} is not configured`, 'nobody is told that way')
        : good(what),
  );
  return channels.some(({ channel, outcome }) => channel !== 'alert-topic' && outcome === 'good')
    ? tried.filter(({ what }) => !what.startsWith('alert-topic'))
    : [...tried, bad('no channel delivers', 'nobody would hear of an incident but by the alert topic')];
};

const subscriptionCheck = ({ subscriptions }: Told): Check => {
  if (subscriptions === null)
    return bad(
      'who is subscribed to the alert topic',
      'could not be asked for: sns:ListSubscriptionsByTopic is needed',
    );
  const { confirmed, pending } = subscriptions;
  if (confirmed > 0) return good(`${confirmed} subscribed to the alert topic`);
  return bad(
    'nobody is subscribed to the alert topic',
    pending > 0
      ? `${pending} have not confirmed: AWS mailed them a link`
      : 'the alarms on Tourniquet itself go nowhere else: set alertEmail, or subscribe something',
  );
};

const alarmCheck = ({ alarms }: Told): readonly Check[] => {
  if (alarms === null)
    return [bad('the alarms', 'could not be asked for: cloudwatch:DescribeAlarms is needed')];
  if (alarms.length === 0) return [bad('there are no alarms on Tourniquet itself', 'deploy again')];
  const silent = alarms.filter(({ tells }) => !tells);
  const on = alarms.filter(({ state }) => state === 'ALARM');
  return [
    ...silent.map(({ name }) => bad(`the alarm ${name} tells nobody`, 'its actions are off: switch them on')),
    ...on.map(({ name }) =>
      bad(
        `the alarm ${name} is on`,
        'something of Tourniquet fails now: docs/runbook.md, What an alarm means',
      ),
    ),
    ...(silent.length + on.length === 0
      ? [good(`${alarms.length} alarms on Tourniquet itself, none is on`)]
      : []),
  ];
};

/** Whether people would hear of an incident, and of Tourniquet's own failures. */
export const toldChecksOf = (told: Told): readonly Check[] => [
  ...channelCheck(told),
  subscriptionCheck(told),
  ...alarmCheck(told),
];
