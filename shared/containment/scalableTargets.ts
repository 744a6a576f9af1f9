import {
  ApplicationAutoScalingServiceException,
  paginateDescribeScalableTargets,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import type { Suspect } from '../suspect/describe';
import { awsCli } from './awsCli';
import type { ControlTools } from './control';

/** Which activities of a scalable target are suspended, in AWS's words. */
type Suspension = {
  readonly DynamicScalingInSuspended: boolean;
  readonly DynamicScalingOutSuspended: boolean;
  readonly ScheduledScalingSuspended: boolean;
};

/** What scales the provisioned concurrency of one version or alias, and whether it does so now. */
export type Target = { readonly qualifier: string; readonly suspension: Suspension };

const ALL: Suspension = {
  DynamicScalingInSuspended: true,
  DynamicScalingOutSuspended: true,
  ScheduledScalingSuspended: true,
};

const SCALING = {
  ServiceNamespace: 'lambda',
  ScalableDimension: 'lambda:function:ProvisionedConcurrency',
} as const;

/** DescribeScalableTargets takes at most this many names at once. */
const NAMES_AT_ONCE = 50;

const resourceOf = ({ functionName }: Suspect, qualifier: string): string =>
  `function:${functionName}:${qualifier}`;

const isSame = (one: Suspension, other: Suspension): boolean =>
  one.DynamicScalingInSuspended === other.DynamicScalingInSuspended &&
  one.DynamicScalingOutSuspended === other.DynamicScalingOutSuspended &&
  one.ScheduledScalingSuspended === other.ScheduledScalingSuspended;

export const isSuspended = ({ suspension }: Target): boolean => isSame(suspension, ALL);

/** The scalable targets of some qualifiers of the function: one call for fifty of them. */
export const listTargets = async (
  suspect: Suspect,
  qualifiers: readonly string[],
  { scaling }: ControlTools,
): Promise<readonly Target[]> => {
  const targets: Target[] = [];
  for (let start = 0; start < qualifiers.length; start += NAMES_AT_ONCE) {
    const ResourceIds = qualifiers
      .slice(start, start + NAMES_AT_ONCE)
      .map((qualifier) => resourceOf(suspect, qualifier));
    for await (const page of paginateDescribeScalableTargets(
      { client: scaling },
      { ...SCALING, ResourceIds },
    )) {
      for (const { ResourceId, SuspendedState } of page.ScalableTargets ?? []) {
        targets.push({
          qualifier: ResourceId?.split(':')[2] ?? '',
          // What is not said is not suspended.
          suspension: {
            DynamicScalingInSuspended: SuspendedState?.DynamicScalingInSuspended ?? false,
            DynamicScalingOutSuspended: SuspendedState?.DynamicScalingOutSuspended ?? false,
            ScheduledScalingSuspended: SuspendedState?.ScheduledScalingSuspended ?? false,
          },
        });
      }
    }
  }
  return targets;
};

/** The targets, or null where AWS denies the look: provisioned concurrency must go all the same. */
export const targetsUnlessDenied = async (
  suspect: Suspect,
  qualifiers: readonly string[],
  tools: ControlTools,
): Promise<readonly Target[] | null> => {
  try {
    return await listTargets(suspect, qualifiers, tools);
  } catch (error) {
    const denied =
      error instanceof ApplicationAutoScalingServiceException && error.name === 'AccessDeniedException';
    if (!denied) throw error;
    return null;
  }
};

const setSuspension = async (
  suspect: Suspect,
  { qualifier, suspension }: Target,
  { scaling }: ControlTools,
): Promise<void> => {
  await scaling.send(
    new RegisterScalableTargetCommand({
      ...SCALING,
      ResourceId: resourceOf(suspect, qualifier),
      SuspendedState: suspension,
    }),
  );
};

/** Suspends what is not suspended yet, and touches nothing else: registering anew is what moves capacity. */
export const suspendAll = async (
  suspect: Suspect,
  targets: readonly Target[],
  tools: ControlTools,
): Promise<void> => {
  const qualifiers = targets.map(({ qualifier }) => qualifier);
  for (const target of await listTargets(suspect, qualifiers, tools)) {
    if (!isSuspended(target)) await setSuspension(suspect, { ...target, suspension: ALL }, tools);
  }
};

/** Resumes scaling as it was; gives what is in the way. */
export const resumeAll = async (
  suspect: Suspect,
  targets: readonly Target[],
  tools: ControlTools,
  force: boolean,
): Promise<readonly string[]> => {
  const qualifiers = targets.map(({ qualifier }) => qualifier);
  const live = await listTargets(suspect, qualifiers, tools);
  const drifts: string[] = [];
  for (const target of targets) {
    const found = live.find(({ qualifier }) => qualifier === target.qualifier);
    if (found === undefined) drifts.push(`the scaling of ${target.qualifier} was removed while contained`);
    else if (isSame(found.suspension, target.suspension)) continue;
    else if (isSuspended(found) || force) await setSuspension(suspect, target, tools);
    else drifts.push(`the scaling of ${target.qualifier} was changed while contained: left as it is`);
  }
  return drifts;
};

/** The command that resumes one target as it was. */
export const resumeCommand = (suspect: Suspect, { qualifier, suspension }: Target): string =>
  awsCli(
    suspect.region,
    'application-autoscaling',
    'register-scalable-target',
    '--service-namespace',
    SCALING.ServiceNamespace,
    '--scalable-dimension',
    SCALING.ScalableDimension,
    '--resource-id',
    resourceOf(suspect, qualifier),
    '--suspended-state',
    Object.entries(suspension)
      .map(([activity, suspended]) => `${activity}=${suspended}`)
      .join(','),
  );
