import {
  DescribeScalableTargetsCommand,
  ObjectNotFoundException,
  RegisterScalableTargetCommand,
  type SuspendedState,
} from '@aws-sdk/client-application-auto-scaling';
import {
  DeleteProvisionedConcurrencyConfigCommand,
  GetProvisionedConcurrencyConfigCommand,
  ProvisionedConcurrencyConfigNotFoundException,
  PutProvisionedConcurrencyConfigCommand,
  paginateListProvisionedConcurrencyConfigs,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import type { Suspect } from '../../suspect/describe';
import { awsCli } from '../awsCli';
import { type ControlTools, defineControl } from '../control';

type Suspension = Required<SuspendedState>;
type Config = {
  /** The alias or version that it is for: `$LATEST` can have none. */
  readonly qualifier: string;
  readonly requested: number;
  /** What was suspended of its scaling; null where it has no scalable target. */
  readonly scaling: Suspension | null;
};
type Before = { readonly configs: readonly Config[] };

const SUSPENDED: Suspension = {
  DynamicScalingInSuspended: true,
  DynamicScalingOutSuspended: true,
  ScheduledScalingSuspended: true,
};

const targetOf = ({ functionName }: Suspect, qualifier: string) =>
  ({
    ServiceNamespace: 'lambda',
    ScalableDimension: 'lambda:function:ProvisionedConcurrency',
    ResourceId: `function:${functionName}:${qualifier}`,
  }) as const;

/** What is suspended of a target's scaling, or null where there is no target. */
const readScaling = async (
  suspect: Suspect,
  qualifier: string,
  { scaling }: ControlTools,
): Promise<Suspension | null> => {
  const { ServiceNamespace, ScalableDimension, ResourceId } = targetOf(suspect, qualifier);
  const { ScalableTargets = [] } = await scaling.send(
    new DescribeScalableTargetsCommand({ ServiceNamespace, ScalableDimension, ResourceIds: [ResourceId] }),
  );
  const [target] = ScalableTargets;
  if (target === undefined) return null;
  return {
    DynamicScalingInSuspended: target.SuspendedState?.DynamicScalingInSuspended ?? false,
    DynamicScalingOutSuspended: target.SuspendedState?.DynamicScalingOutSuspended ?? false,
    ScheduledScalingSuspended: target.SuspendedState?.ScheduledScalingSuspended ?? false,
  };
};

/** Sets what is suspended and nothing else: limits, policies and scheduled actions stay as they are. */
const suspend = async (
  suspect: Suspect,
  qualifier: string,
  SuspendedState: Suspension,
  { scaling }: ControlTools,
): Promise<void> => {
  await scaling.send(new RegisterScalableTargetCommand({ ...targetOf(suspect, qualifier), SuspendedState }));
};

/** The concurrency that is provisioned for an alias or version now, or null. */
const readRequested = async (
  { arn }: Suspect,
  Qualifier: string,
  { lambda }: ControlTools,
): Promise<number | null> => {
  try {
    const live = await lambda.send(
      new GetProvisionedConcurrencyConfigCommand({ FunctionName: arn, Qualifier }),
    );
    return live.RequestedProvisionedConcurrentExecutions ?? null;
  } catch (error) {
    if (error instanceof ProvisionedConcurrencyConfigNotFoundException) return null;
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  }
};

const same = (a: Suspension, b: Suspension): boolean =>
  a.DynamicScalingInSuspended === b.DynamicScalingInSuspended &&
  a.DynamicScalingOutSuspended === b.DynamicScalingOutSuspended &&
  a.ScheduledScalingSuspended === b.ScheduledScalingSuspended;

const putBack = async (
  suspect: Suspect,
  { qualifier, requested, scaling }: Config,
  tools: ControlTools,
  force: boolean,
): Promise<string | null> => {
  const drift: string[] = [];
  const live = await readRequested(suspect, qualifier, tools);
  if (live !== null && live !== requested && !force) {
    drift.push(`${qualifier} has ${live} provisioned, set while contained: left as it is`);
  } else if (live !== requested) {
    try {
      await tools.lambda.send(
        new PutProvisionedConcurrencyConfigCommand({
          FunctionName: suspect.arn,
          Qualifier: qualifier,
          ProvisionedConcurrentExecutions: requested,
        }),
      );
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
      return `${qualifier} was deleted while contained: the ${requested} provisioned for it cannot be put back`;
    }
  }
  if (scaling !== null) {
    const now = await readScaling(suspect, qualifier, tools);
    if (now === null) drift.push(`the scalable target of ${qualifier} was deleted while contained`);
    else if (!same(now, scaling)) await suspend(suspect, qualifier, scaling, tools);
  }
  return drift.length === 0 ? null : drift.join('; ');
};

const say = ({ qualifier, requested, scaling }: Config): string =>
  `${requested} for ${qualifier}${scaling === null ? '' : ', scaled automatically'}`;

/**
 * Provisioned concurrency away, before concurrency 0: it counts inside the reservation, which cannot be less (Lambda
 * developer guide, "Configuring provisioned concurrency"). Automatic scaling would bring it back, so it is suspended
 * first. Suspended and not deregistered: that would delete its policies, scheduled actions and alarms, which could
 * not be put back exactly (Application Auto Scaling user guide, "Suspend and resume scaling").
 */
export const provisioned = defineControl<Before>({
  id: 'provisioned',
  title: 'Provisioned concurrency',
  permissions: {
    contain: [
      'lambda:ListProvisionedConcurrencyConfigs',
      'lambda:GetProvisionedConcurrencyConfig',
      'lambda:DeleteProvisionedConcurrencyConfig',
      'application-autoscaling:DescribeScalableTargets',
      'application-autoscaling:RegisterScalableTarget',
    ],
    release: [
      'lambda:GetProvisionedConcurrencyConfig',
      'lambda:PutProvisionedConcurrencyConfig',
      'application-autoscaling:DescribeScalableTargets',
      'application-autoscaling:RegisterScalableTarget',
    ],
  },

  capture: async (suspect, tools) => {
    const found: { qualifier: string; requested: number }[] = [];
    for await (const page of paginateListProvisionedConcurrencyConfigs(
      { client: tools.lambda },
      { FunctionName: suspect.arn },
    )) {
      for (const config of page.ProvisionedConcurrencyConfigs ?? []) {
        const qualifier = config.FunctionArn?.split(':')[7];
        const requested = config.RequestedProvisionedConcurrentExecutions;
        if (qualifier !== undefined && requested !== undefined) found.push({ qualifier, requested });
      }
    }
    if (found.length === 0) return { applies: false, why: 'no alias or version has provisioned concurrency' };
    const configs = await Promise.all(
      found.map(async ({ qualifier, requested }) => ({
        qualifier,
        requested,
        scaling: await readScaling(suspect, qualifier, tools),
      })),
    );
    return { applies: true, before: { configs }, found: configs.map(say).join('; ') };
  },

  apply: async (suspect, { configs }, tools) => {
    await Promise.all(
      configs.map(async ({ qualifier, scaling }) => {
        if (scaling !== null) await suspendIfThere(suspect, qualifier, tools);
        await deleteIfThere(suspect, qualifier, tools);
      }),
    );
  },

  verify: async (suspect, { configs }, tools) => {
    const live = await Promise.all(configs.map(({ qualifier }) => readRequested(suspect, qualifier, tools)));
    const left = configs.filter((_, index) => live[index] !== null);
    return {
      held: left.length === 0,
      found:
        left.length === 0
          ? `removed (was ${configs.map(say).join('; ')})`
          : `still there for ${left.map(({ qualifier }) => qualifier).join(', ')}`,
    };
  },

  revert: async (suspect, { configs }, tools, force) => {
    const drift: string[] = [];
    for (const config of configs) {
      const left = await putBack(suspect, config, tools, force);
      if (left !== null) drift.push(left);
    }
    if (drift.length > 0) return { outcome: 'drift', detail: drift.join('; ') };
    return { outcome: 'restored', detail: `back at ${configs.map(say).join('; ')}` };
  },

  describe: (_suspect, { configs }) => ({
    does: `remove provisioned concurrency (${configs.map(say).join('; ')}), automatic scaling suspended first`,
    inverse: `provision ${configs.map(say).join('; ')} again`,
    cautions: ['environments take minutes to be provisioned again after the release'],
  }),

  undo: ({ region, arn, functionName }, { configs }) =>
    configs.flatMap(({ qualifier, requested, scaling }) => [
      awsCli(
        region,
        'lambda',
        'put-provisioned-concurrency-config',
        '--function-name',
        arn,
        '--qualifier',
        qualifier,
        '--provisioned-concurrent-executions',
        String(requested),
      ),
      ...(scaling === null
        ? []
        : [
            awsCli(
              region,
              'application-autoscaling',
              'register-scalable-target',
              '--service-namespace',
              'lambda',
              '--scalable-dimension',
              'lambda:function:ProvisionedConcurrency',
              '--resource-id',
              `function:${functionName}:${qualifier}`,
              '--suspended-state',
              JSON.stringify(scaling),
            ),
          ]),
    ]),
});

/** A target that was deregistered since it was captured scales nothing, and must not be made anew. */
const suspendIfThere = async (suspect: Suspect, qualifier: string, tools: ControlTools): Promise<void> => {
  try {
    if ((await readScaling(suspect, qualifier, tools)) !== null)
      await suspend(suspect, qualifier, SUSPENDED, tools);
  } catch (error) {
    if (!(error instanceof ObjectNotFoundException)) throw error;
  }
};

const deleteIfThere = async (
  { arn }: Suspect,
  Qualifier: string,
  { lambda }: ControlTools,
): Promise<void> => {
  try {
    await lambda.send(new DeleteProvisionedConcurrencyConfigCommand({ FunctionName: arn, Qualifier }));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
};
