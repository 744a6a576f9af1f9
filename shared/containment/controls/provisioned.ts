import {
  DeleteProvisionedConcurrencyConfigCommand,
  InvalidParameterValueException,
  PutProvisionedConcurrencyConfigCommand,
  paginateListProvisionedConcurrencyConfigs,
  ResourceConflictException,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import type { Suspect } from '../../suspect/describe';
import { awsCli } from '../awsCli';
import { type ControlTools, defineControl } from '../control';
import {
  isSuspended,
  listTargets,
  resumeAll,
  resumeCommand,
  suspendAll,
  type Target,
  targetsUnlessDenied,
} from '../scalableTargets';

type Configuration = { readonly qualifier: string; readonly requested: number };

type Before = {
  readonly configurations: readonly Configuration[];
  /** Scalable targets of these qualifiers; null where we were not allowed to look. */
  readonly targets: readonly Target[] | null;
};

const listConfigurations = async (
  { arn }: Suspect,
  { lambda }: ControlTools,
): Promise<readonly Configuration[]> => {
  const configurations: Configuration[] = [];
  for await (const page of paginateListProvisionedConcurrencyConfigs(
    { client: lambda },
    { FunctionName: arn },
  )) {
    for (const item of page.ProvisionedConcurrencyConfigs ?? []) {
      // arn:aws:lambda:<region>:<account>:function:<name>:<qualifier>
      const qualifier = item.FunctionArn?.split(':')[7];
      const requested = item.RequestedProvisionedConcurrentExecutions;
      if (qualifier !== undefined && requested !== undefined) configurations.push({ qualifier, requested });
    }
  }
  return configurations;
};

/** A qualifier whose allocation is still changing refuses the next change for a moment. */
const untilSettled = async (
  change: () => Promise<unknown>,
  tools: ControlTools,
  attemptsLeft = 10,
): Promise<void> => {
  try {
    await change();
  } catch (error) {
    if (!(error instanceof ResourceConflictException) || attemptsLeft === 0) throw error;
    await tools.pause(1000);
    await untilSettled(change, tools, attemptsLeft - 1);
  }
};

const remove = async ({ arn }: Suspect, qualifier: string, tools: ControlTools): Promise<void> => {
  try {
    await untilSettled(
      () =>
        tools.lambda.send(
          new DeleteProvisionedConcurrencyConfigCommand({ FunctionName: arn, Qualifier: qualifier }),
        ),
      tools,
    );
  } catch (error) {
    // The version or alias was deleted meanwhile, and its provisioned concurrency with it.
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
};

const say = (configurations: readonly Configuration[]): string =>
  configurations.map(({ qualifier, requested }) => `${requested} on ${qualifier}`).join(', ');

const UNSEEN = 'its scaling may not be read: it could ask for it again, which concurrency 0 refuses';

/**
 * Provisioned concurrency off, before reserved concurrency is set to 0: it counts inside the reservation, which cannot
 * be lower. First its scaling is suspended, so that no policy and no schedule brings it back. Suspended and not
 * deregistered: that would delete the policies and scheduled actions, whose names, alarms and next runs no call gives
 * back exactly.
 *
 * Application Auto Scaling puts a capacity that is below a target's minimum up to it whenever the target is registered
 * anew, so a target is touched only while its provisioned concurrency is there: suspended before, resumed after. With
 * no provisioned concurrency there is nothing to look at: a schedule that would add some is refused at concurrency 0.
 */
export const provisioned = defineControl<Before>({
  id: 'provisioned',
  title: 'Provisioned concurrency',
  permissions: {
    contain: [
      'lambda:ListProvisionedConcurrencyConfigs',
      'lambda:DeleteProvisionedConcurrencyConfig',
      'application-autoscaling:DescribeScalableTargets',
      'application-autoscaling:RegisterScalableTarget',
      // Application Auto Scaling asks the permissions of what it scales of whoever registers a target.
      'lambda:GetProvisionedConcurrencyConfig',
      'lambda:PutProvisionedConcurrencyConfig',
    ],
    release: [
      'lambda:ListProvisionedConcurrencyConfigs',
      'lambda:GetProvisionedConcurrencyConfig',
      'lambda:PutProvisionedConcurrencyConfig',
      'application-autoscaling:DescribeScalableTargets',
      'application-autoscaling:RegisterScalableTarget',
    ],
  },

  capture: async (suspect, tools) => {
    const configurations = await listConfigurations(suspect, tools);
    if (configurations.length === 0)
      return { applies: false, why: 'the function has no provisioned concurrency' };
    const qualifiers = configurations.map(({ qualifier }) => qualifier);
    const targets = await targetsUnlessDenied(suspect, qualifiers, tools);
    return {
      applies: true,
      before: { configurations, targets },
      found: `${say(configurations)}; ${targets === null ? UNSEEN : `${targets.length} scaled`}`,
    };
  },

  apply: async (suspect, { configurations, targets }, tools) => {
    const suspended = await Promise.allSettled([suspendAll(suspect, targets ?? [], tools)]);
    // Also where that failed: what stands in the way of concurrency 0 goes first, and the failure is told after.
    await Promise.all(configurations.map(({ qualifier }) => remove(suspect, qualifier, tools)));
    for (const result of suspended) if (result.status === 'rejected') throw result.reason;
  },

  verify: async (suspect, { configurations, targets }, tools) => {
    const captured = configurations.map(({ qualifier }) => qualifier);
    const left = (await listConfigurations(suspect, tools)).filter(({ qualifier }) =>
      captured.includes(qualifier),
    );
    const scaled = targets === null ? [] : await listTargets(suspect, captured, tools);
    const awake = scaled.filter((target) => !isSuspended(target));
    const gone = configurations.length - left.length;
    return {
      held: left.length === 0 && awake.length === 0,
      found: [
        `${gone} of ${configurations.length} removed (was ${say(configurations)})`,
        targets === null ? UNSEEN : `${scaled.length - awake.length} of ${scaled.length} scalings suspended`,
      ].join('; '),
    };
  },

  revert: async (suspect, { configurations, targets }, tools, force) => {
    const live = await configurationsUnlessGone(suspect, tools);
    if (live === 'gone') return { outcome: 'drift', detail: 'the function was deleted while contained' };
    const drifts: string[] = [];
    const back: string[] = [];
    for (const configuration of configurations) {
      const found = live.find(({ qualifier }) => qualifier === configuration.qualifier);
      const drift = await putBack(suspect, configuration, found?.requested ?? null, tools, force);
      if (drift === null) back.push(configuration.qualifier);
      else drifts.push(drift);
    }
    const scaled = targets ?? [];
    const owed = scaled.filter(({ qualifier }) => back.includes(qualifier));
    drifts.push(...(await resumeAll(suspect, owed, tools, force)));
    for (const { qualifier } of scaled)
      if (!back.includes(qualifier)) drifts.push(`the scaling of ${qualifier} stays suspended`);
    if (drifts.length > 0) return { outcome: 'drift', detail: drifts.join('; ') };
    return { outcome: 'restored', detail: `asked for again: ${say(configurations)}` };
  },

  describe: (_suspect, { configurations, targets }) => ({
    does: `remove provisioned concurrency (${say(configurations)})${targets?.length ? ` and suspend the scaling of ${targets.map(({ qualifier }) => qualifier).join(', ')}` : ''}`,
    inverse: `ask for ${say(configurations)} again${targets?.length ? ', then resume the scaling as it was' : ''}`,
    cautions: [
      'after the release it takes minutes until the environments are there again',
      ...(targets === null ? [UNSEEN] : []),
      ...(targets?.length ? ['scheduled scaling that falls into the containment does not happen'] : []),
    ],
  }),

  undo: (suspect, { configurations, targets }) => [
    ...configurations.map(({ qualifier, requested }) =>
      awsCli(
        suspect.region,
        'lambda',
        'put-provisioned-concurrency-config',
        '--function-name',
        suspect.arn,
        '--qualifier',
        qualifier,
        '--provisioned-concurrent-executions',
        String(requested),
      ),
    ),
    ...(targets ?? []).map((target) => resumeCommand(suspect, target)),
  ],
});

const configurationsUnlessGone = async (
  suspect: Suspect,
  tools: ControlTools,
): Promise<readonly Configuration[] | 'gone'> => {
  try {
    return await listConfigurations(suspect, tools);
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return 'gone';
    throw error;
  }
};

/** Asks for it again; gives what is in the way, or null when it is back. */
const putBack = async (
  { arn }: Suspect,
  { qualifier, requested }: Configuration,
  live: number | null,
  tools: ControlTools,
  force: boolean,
): Promise<string | null> => {
  if (live === requested) return null;
  if (live !== null && !force)
    return `somebody provisioned ${live} on ${qualifier} while contained: left as it is`;
  try {
    await untilSettled(
      () =>
        tools.lambda.send(
          new PutProvisionedConcurrencyConfigCommand({
            FunctionName: arn,
            Qualifier: qualifier,
            ProvisionedConcurrentExecutions: requested,
          }),
        ),
      tools,
    );
    return null;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return `${qualifier} was deleted while contained`;
    // What the account has left to give is less than it was: no repetition changes that.
    if (error instanceof InvalidParameterValueException)
      return `AWS does not give ${requested} on ${qualifier} again: ${error.message}`;
    throw error;
  }
};
