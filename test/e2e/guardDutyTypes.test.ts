import { ListAttachedRolePoliciesCommand } from '@aws-sdk/client-iam';
import { ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { differences, readLiveState } from '../../local/liveState';
import { until } from '../../local/until';
import { GUARDDUTY_LAMBDA_TYPES } from '../../shared/findings/guardDuty';
import { decideAs } from './decisions';
import { enter, incidentOf, makeFunction, messageWith, report, reservedOf, type World } from './world';

/** Seven functions of different shapes, one for each type. */
const SHAPES = [
  {},
  { reserved: 7 },
  { queue: true },
  { url: true },
  { reserved: 2, queue: true, url: true },
  { queue: true, environment: { API_KEY: 'not-to-be-shown-anywhere' } },
  { reserved: 1 },
] as const;

describe('each of the seven GuardDuty types, about a function that somebody else created', () => {
  let world: World;
  beforeAll(async () => {
    world = await enter();
  });

  it.each(GUARDDUTY_LAMBDA_TYPES.map((type, index) => ({ type, shape: SHAPES[index] ?? {}, index })))(
    'contains on $type, and releases to the same configuration, answer by answer',
    async ({ type, shape, index }) => {
      const { clients, stack } = world.instance;
      const victim = await makeFunction(world, { mode: 'respond', ...shape });
      const before = await readLiveState(clients, victim.arn);

      await report(world, victim, { type });
      const incident = await incidentOf(world, victim, 'contained');

      expect(await reservedOf(world, victim)).toBe(0);
      const { AttachedPolicies = [] } = await clients.iam.send(
        new ListAttachedRolePoliciesCommand({ RoleName: victim.roleName }),
      );
      expect(AttachedPolicies.map(({ PolicyArn }) => PolicyArn)).toContain(stack.quarantinePolicyArn);
      const { EventSourceMappings = [] } = await clients.lambda.send(
        new ListEventSourceMappingsCommand({ FunctionName: victim.name }),
      );
      expect(EventSourceMappings.every(({ State }) => State === 'Disabled')).toBe(true);

      // Every other one through the desk's modal, the rest through the command line's way.
      if (index % 2 === 0) {
        const message = await messageWith(world, victim.name, 'false_positive');
        // As a finger does: once more where the form did not open within the three seconds that Slack gives it.
        const view = await until('the modal', 60, async () => {
          await world.desk.press(message.ts, 'false_positive', 'U0ONCALL');
          const views = await world.desk.views();
          return views.find(({ private_metadata }) => private_metadata.includes(incident.id)) ?? null;
        });
        expect(await world.desk.submit(view.id, 'U0ONCALL', { reason: 'a drill' })).toMatchObject({
          ok: true,
        });
      } else {
        const answer = await decideAs(world, {
          incidentId: incident.id,
          action: 'false_positive',
          reason: 'a drill',
        });
        expect(answer).toMatchObject({ status: 200 });
      }
      await incidentOf(world, victim, 'watching', 'closed');
      expect(differences(before, await readLiveState(clients, victim.arn))).toEqual([]);
    },
    120_000,
  );
});
