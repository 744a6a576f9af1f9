import {
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  ListRulesCommand,
  ManagedRuleException,
  ResourceNotFoundException,
  type Rule,
} from '@aws-sdk/client-eventbridge';
import { awsCli } from '../../containment/awsCli';
import { resourceOf } from '../../exposure/abilities';
import { type CutClients, defineCut, type Reach, type Target } from '../cut';

type Before = { readonly name: string; readonly bus: string };

/** Names of custom buses alone: on the default one rules wait for AWS's own events. */
const busesOf = ({ resources, accountId, region }: Reach): readonly string[] =>
  resources
    .filter(
      (arn) =>
        resourceOf(arn)?.kind === 'event bus' &&
        arn.split(':').slice(3, 5).join() === `${region},${accountId}`,
    )
    .map((arn) => arn.slice(arn.indexOf('/') + 1))
    .filter((name) => name !== 'default');

/** EnableRule sets one state: another one would not come back. */
const leftBecause = ({ State, ManagedBy }: Rule): string | null => {
  if (ManagedBy !== undefined) return `it is managed by ${ManagedBy}`;
  return State === 'ENABLED' || State === 'DISABLED' ? null : `its state ${State} cannot be put back exactly`;
};

const rulesOn = async (bus: string, { events }: CutClients): Promise<readonly Rule[]> => {
  const rules: Rule[] = [];
  let token: string | undefined;
  try {
    do {
      const page = await events.send(new ListRulesCommand({ EventBusName: bus, NextToken: token }));
      rules.push(...(page.Rules ?? []));
      token = page.NextToken;
    } while (token !== undefined);
  } catch (error) {
    // A policy may name a bus that is no more.
    if (error instanceof ResourceNotFoundException) return [];
    throw error;
  }
  return rules;
};

const targetOf = (rule: Rule, bus: string): Target<Before> => {
  const why = leftBecause(rule);
  return {
    id: rule.Arn ?? `${bus}/${rule.Name ?? ''}`,
    before: { name: rule.Name ?? '', bus },
    breaks: `the rule ${rule.Name} on ${bus} delivers nothing to its targets`,
    ...(why === null ? {} : { left: why }),
  };
};

/** A rule's state, or null when it was deleted. */
const stateOf = async ({ name, bus }: Before, { events }: CutClients): Promise<string | null> => {
  try {
    return (await events.send(new DescribeRuleCommand({ Name: name, EventBusName: bus }))).State ?? 'unknown';
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  }
};

/** Rules through which an event of the suspect starts something else: forged events end at the bus (MITRE ATT&CK T1648). */
export const rules = defineCut<Before>({
  kind: 'rules',
  title: 'Rules on event buses that it may put events to',
  permissions: ['events:ListRules', 'events:DescribeRule', 'events:DisableRule', 'events:EnableRule'],

  find: async (reach, clients) => {
    const found = await Promise.all(
      busesOf(reach).map(async (bus) =>
        (await rulesOn(bus, clients))
          // What does not run by an event of the suspect's: a schedule has no pattern.
          .filter(({ EventPattern }) => EventPattern !== undefined)
          .map((rule) => targetOf(rule, bus)),
      ),
    );
    return found.flat();
  },

  cut: async ({ before }, _reach, clients) => {
    const state = await stateOf(before, clients);
    if (state === null || state === 'DISABLED') return;
    try {
      await clients.events.send(new DisableRuleCommand({ Name: before.name, EventBusName: before.bus }));
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    }
  },

  isCut: async ({ before }, _reach, clients) => {
    const state = await stateOf(before, clients);
    return state === null || state === 'DISABLED';
  },

  mend: async ({ before }, _reach, clients) => {
    const { name, bus } = before;
    const state = await stateOf(before, clients);
    if (state === null) return { outcome: 'drift', detail: `the rule ${name} no longer exists` };
    try {
      if (state === 'DISABLED')
        await clients.events.send(new EnableRuleCommand({ Name: name, EventBusName: bus }));
      return { outcome: 'restored', detail: `the rule ${name} is on again` };
    } catch (error) {
      if (error instanceof ManagedRuleException)
        return { outcome: 'drift', detail: `the rule ${name} is managed by an AWS service by now` };
      throw error;
    }
  },

  does: 'disable the rule',
  cautions: [
    'events that match these rules meanwhile are lost to their targets, those of others too; an archive of the bus keeps them for a replay',
  ],
  undo: ({ before }, { region }) => [
    awsCli(region, 'events', 'enable-rule', '--name', before.name, '--event-bus-name', before.bus),
  ],
});
