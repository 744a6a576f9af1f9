import {
  GetFunctionScalingConfigCommand,
  PutFunctionScalingConfigCommand,
  paginateListVersionsByFunction,
  ResourceConflictException,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import type { Suspect } from '../../suspect/describe';
import { awsCli } from '../awsCli';
import { type ControlTools, defineControl } from '../control';

/** What was asked for; null where AWS's own default holds. */
type Bounds = { readonly min: number | null; readonly max: number | null };
type Version = Bounds & { readonly qualifier: string };
type Before = { readonly versions: readonly Version[] };

const isZero = ({ min, max }: Bounds): boolean => min === 0 && max === 0;
const isSame = (one: Bounds, other: Bounds): boolean => one.min === other.min && one.max === other.max;
const say = ({ min, max }: Bounds): string => `${min ?? 'default'} to ${max ?? 'default'}`;

/** What is asked for and what is in effect, or null where there is nothing of that name (any more). */
const read = async (
  { arn }: Suspect,
  qualifier: string,
  { lambda }: ControlTools,
): Promise<{ readonly requested: Bounds; readonly applied: Bounds } | null> => {
  try {
    const { RequestedFunctionScalingConfig: requested, AppliedFunctionScalingConfig: applied } =
      await lambda.send(new GetFunctionScalingConfigCommand({ FunctionName: arn, Qualifier: qualifier }));
    return {
      requested: {
        min: requested?.MinExecutionEnvironments ?? null,
        max: requested?.MaxExecutionEnvironments ?? null,
      },
      applied: {
        min: applied?.MinExecutionEnvironments ?? null,
        max: applied?.MaxExecutionEnvironments ?? null,
      },
    };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  }
};

/** What can run on managed instances: the published versions, and what was last published of `$LATEST`. */
const listQualifiers = async (suspect: Suspect, { lambda }: ControlTools): Promise<readonly string[]> => {
  const qualifiers = ['$LATEST.PUBLISHED'];
  for await (const page of paginateListVersionsByFunction(
    { client: lambda },
    { FunctionName: suspect.arn },
  )) {
    qualifiers.push(
      ...(page.Versions ?? []).flatMap(({ Version }) =>
        Version === undefined || Version.startsWith('$LATEST') ? [] : [Version],
      ),
    );
  }
  return qualifiers;
};

/** A version that is still changing refuses the next change. */
const write = async (
  suspect: Suspect,
  { qualifier, min, max }: Version,
  tools: ControlTools,
  attemptsLeft = 10,
): Promise<void> => {
  const bounds = {
    ...(min === null ? {} : { MinExecutionEnvironments: min }),
    ...(max === null ? {} : { MaxExecutionEnvironments: max }),
  };
  try {
    await tools.lambda.send(
      new PutFunctionScalingConfigCommand({
        FunctionName: suspect.arn,
        Qualifier: qualifier,
        // Left out where nothing had been asked for: AWS's default again.
        ...(min === null && max === null ? {} : { FunctionScalingConfig: bounds }),
      }),
    );
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return;
    if (!(error instanceof ResourceConflictException) || attemptsLeft === 0) throw error;
    await tools.pause(1000);
    await write(suspect, { qualifier, min, max }, tools, attemptsLeft - 1);
  }
};

/** Whether nothing of it runs any more; a change takes effect after a while: looked at for up to 20 s, then retried by the playbook. */
const isDown = async (suspect: Suspect, qualifier: string, tools: ControlTools): Promise<boolean> => {
  for (let attempt = 0; ; attempt++) {
    const live = await read(suspect, qualifier, tools);
    if (live === null || isZero(live.applied)) return true;
    // Somebody asks for more again: waiting does not help.
    if (!isZero(live.requested) || attempt === 20) return false;
    await tools.pause(1000);
  }
};

/**
 * Functions on managed instances run in environments that stay up, which reserved concurrency is not said to govern.
 * Minimum and maximum 0 deactivates a version: its environments end, and nothing brings them back but a new write.
 */
export const managedInstances = defineControl<Before>({
  id: 'managed-instances',
  title: 'Managed instances',
  permissions: {
    contain: [
      'lambda:ListVersionsByFunction',
      'lambda:GetFunctionScalingConfig',
      'lambda:PutFunctionScalingConfig',
    ],
    release: ['lambda:GetFunctionScalingConfig', 'lambda:PutFunctionScalingConfig'],
  },

  capture: async (suspect, tools) => {
    if (suspect.capacityProvider === undefined)
      return { applies: false, why: 'the function does not run on managed instances' };
    const versions: Version[] = [];
    for (const qualifier of await listQualifiers(suspect, tools)) {
      const live = await read(suspect, qualifier, tools);
      if (live !== null && !isZero(live.requested)) versions.push({ qualifier, ...live.requested });
    }
    if (versions.length === 0)
      return { applies: false, why: 'no version has an execution environment: all were scaled to 0 already' };
    return {
      applies: true,
      before: { versions },
      found: versions.map((version) => `${version.qualifier}: ${say(version)} environments`).join('; '),
    };
  },

  apply: async (suspect, { versions }, tools) => {
    await Promise.all(versions.map(({ qualifier }) => write(suspect, { qualifier, min: 0, max: 0 }, tools)));
  },

  verify: async (suspect, { versions }, tools) => {
    const down = await Promise.all(versions.map(({ qualifier }) => isDown(suspect, qualifier, tools)));
    const count = down.filter(Boolean).length;
    return { held: count === versions.length, found: `${count} of ${versions.length} versions scaled to 0` };
  },

  revert: async (suspect, { versions }, tools, force) => {
    const drifts: string[] = [];
    for (const version of versions) {
      const live = await read(suspect, version.qualifier, tools);
      if (live === null) drifts.push(`${version.qualifier} was deleted while contained`);
      else if (isSame(live.requested, version)) continue;
      else if (isZero(live.requested) || force) await write(suspect, version, tools);
      else
        drifts.push(
          `somebody scaled ${version.qualifier} to ${say(live.requested)} while contained: left as it is`,
        );
    }
    if (drifts.length > 0) return { outcome: 'drift', detail: drifts.join('; ') };
    return { outcome: 'restored', detail: `${versions.length} scaled as before` };
  },

  describe: (suspect, { versions }) => ({
    does: `scale ${versions.map(({ qualifier }) => qualifier).join(', ')} to 0 execution environments on ${suspect.capacityProvider ?? 'its capacity provider'}`,
    inverse: versions.map((version) => `scale ${version.qualifier} from ${say(version)} again`).join('; '),
    cautions: [
      'after the release it takes minutes until the environments are there again',
      'a schedule that sets the scaling lifts it (it is put back or escalated as drift)',
    ],
  }),

  undo: ({ region, arn }, { versions }) =>
    versions.map(({ qualifier, min, max }) => {
      const bounds = [
        ...(min === null ? [] : [`MinExecutionEnvironments=${min}`]),
        ...(max === null ? [] : [`MaxExecutionEnvironments=${max}`]),
      ];
      return awsCli(
        region,
        'lambda',
        'put-function-scaling-config',
        '--function-name',
        arn,
        '--qualifier',
        qualifier,
        ...(bounds.length === 0 ? [] : ['--function-scaling-config', bounds.join(',')]),
      );
    }),
});
