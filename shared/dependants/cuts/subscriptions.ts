import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  GetSubscriptionAttributesCommand,
  NotFoundException,
  paginateListSubscriptionsByTopic,
  SetSubscriptionAttributesCommand,
  type SNSClient,
  type Subscription,
} from '@aws-sdk/client-sns';
import { awsCli } from '../../containment/awsCli';
import { defineCut, type Target, TargetChangedError } from '../cut';
import { reachedOf } from '../reached';

/** As SNS gives them. A subscription without a filter policy gets every message, and has no scope of it either. */
type Filter = { readonly filterPolicy: string | null; readonly scope: string };

const UNFILTERED: Filter = { filterPolicy: null, scope: 'MessageAttributes' };

const KEY = 'TourniquetCutOff';

/**
 * A filter policy that no message matches: in either scope it asks for an attribute, or a key of the body, with a value
 * that nobody knows before. A known value would let through whoever publishes with it.
 */
const nothing = (): string => JSON.stringify({ [KEY]: [randomBytes(16).toString('hex')] });
const OURS = new RegExp(`^\\{"${KEY}":\\["[0-9a-f]{32}"\\]\\}$`);
const isOurs = (filterPolicy: string | null): boolean =>
  filterPolicy !== null && OURS.test(filterPolicy.replaceAll(/\s/g, ''));

/** `{}` is how a filter policy is taken away (AWS CLI reference, `sns set-subscription-attributes`). */
const NONE = '{}';

const read = async (sns: SNSClient, SubscriptionArn: string): Promise<Filter | 'gone'> => {
  try {
    const { Attributes = {} } = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
    const { FilterPolicy = NONE, FilterPolicyScope = 'MessageAttributes' } = Attributes;
    return { filterPolicy: FilterPolicy === NONE ? null : FilterPolicy, scope: FilterPolicyScope };
  } catch (error) {
    if (error instanceof NotFoundException) return 'gone';
    throw error;
  }
};

const write = async (sns: SNSClient, SubscriptionArn: string, AttributeValue: string): Promise<void> => {
  await sns.send(
    new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName: 'FilterPolicy', AttributeValue }),
  );
};

/** A command is one line, whatever its owner's policy looks like. */
const oneLine = (json: string): string => JSON.stringify(JSON.parse(json));

/** SNS may write the same policy in other words. */
const isSame = (one: string | null, other: string | null): boolean =>
  one === other || (one !== null && other !== null && isDeepStrictEqual(JSON.parse(one), JSON.parse(other)));

/** Why a subscription cannot be paused, as a clause; null where it can. One that is not confirmed has no ARN. */
const whyNot = ({ SubscriptionArn = '', Owner = '' }: Subscription, topic: string): string | null => {
  if (!SubscriptionArn.startsWith('arn:')) return 'it is not confirmed';
  return Owner === '' || Owner === topic.split(':')[4] ? null : `it belongs to the account ${Owner}`;
};

/** An address may be a person's, and a URL may hold a token: what is no ARN is told by its protocol. */
const subscriber = ({ Protocol = 'unknown', Endpoint = '' }: Subscription): string =>
  /^arn:[\w:/.*-]+$/.test(Endpoint) ? Endpoint : `a subscriber by ${Protocol}`;

const listed = async (sns: SNSClient, topic: string): Promise<readonly Subscription[]> => {
  const found: Subscription[] = [];
  try {
    for await (const page of paginateListSubscriptionsByTopic({ client: sns }, { TopicArn: topic }))
      found.push(...(page.Subscriptions ?? []));
  } catch (error) {
    // The topic is gone. What it had meanwhile is no reason for half of it.
    if (error instanceof NotFoundException) return [];
    throw error;
  }
  return found;
};

/**
 * What a suspect publishes goes on to whoever subscribed, who trusts it (MITRE ATT&CK T1199). Each subscription is
 * paused by a filter policy that matches nothing, and gets its own back.
 */
export const subscriptions = defineCut<Filter>({
  kind: 'subscriptions',
  title: 'Subscriptions of topics that it publishes to',
  permissions: [
    'sns:ListSubscriptionsByTopic',
    'sns:GetSubscriptionAttributes',
    'sns:SetSubscriptionAttributes',
  ],

  inMembers: true,

  find: async (reach, clients) => {
    const targets: Target<Filter>[] = [];
    for (const topic of reachedOf(reach, 'topic', clients)) {
      for (const subscription of await listed(clients.sns, topic)) {
        const { SubscriptionArn = '' } = subscription;
        const breaks = `${subscriber(subscription)} gets nothing that is published to ${topic}`;
        const left = whyNot(subscription, topic);
        if (left !== null) {
          // What has no ARN of its own is named by its topic's.
          const id = SubscriptionArn.startsWith('arn:') ? SubscriptionArn : `${topic}#${SubscriptionArn}`;
          targets.push({ id, before: UNFILTERED, breaks, left });
          continue;
        }
        const before = await read(clients.sns, SubscriptionArn);
        if (before !== 'gone') targets.push({ id: SubscriptionArn, before, breaks });
      }
    }
    return targets;
  },

  cut: async ({ id, before }, _reach, { sns }) => {
    const live = await read(sns, id);
    if (live === 'gone' || isOurs(live.filterPolicy)) return;
    if (!isSame(live.filterPolicy, before.filterPolicy)) throw new TargetChangedError(id);
    await write(sns, id, nothing());
  },

  isCut: async ({ id }, _reach, { sns }) => {
    const live = await read(sns, id);
    return live === 'gone' || isOurs(live.filterPolicy);
  },

  mend: async ({ id, before }, _reach, { sns }) => {
    const live = await read(sns, id);
    if (live === 'gone') return { outcome: 'drift', detail: 'the subscription no longer exists' };
    if (!isOurs(live.filterPolicy))
      return isSame(live.filterPolicy, before.filterPolicy)
        ? { outcome: 'restored', detail: 'it has the filter policy that it had' }
        : { outcome: 'drift', detail: 'its filter policy was changed since, and stays as it is' };
    if (isOurs(before.filterPolicy))
      return { outcome: 'drift', detail: 'it was paused when it was found: what it had before is not known' };
    if (before.filterPolicy !== null && live.scope !== before.scope)
      return { outcome: 'drift', detail: 'the scope of its filter was changed since: it stays paused' };
    await write(sns, id, before.filterPolicy ?? NONE);
    return { outcome: 'restored', detail: 'it gets messages again, by its own filter policy if it had one' };
  },

  does: 'pause, by a filter policy that matches nothing, the subscriptions',
  cautions: [
    'what is published meanwhile, by whomever, is not delivered, nor is it later',
    'SNS may take 15 minutes until a changed filter policy is in effect, on the way in and on the way back',
    'a topic may have 200 filter policies, an account 10,000: beyond that SNS refuses',
  ],

  undo: ({ id, before }, { region }) => [
    awsCli(
      region,
      ...['sns', 'set-subscription-attributes', '--subscription-arn', id],
      ...['--attribute-name', 'FilterPolicy', '--attribute-value', oneLine(before.filterPolicy ?? NONE)],
    ),
  ],
});
