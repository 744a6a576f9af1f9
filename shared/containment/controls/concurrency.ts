import {
  DeleteFunctionConcurrencyCommand,
  GetFunctionConcurrencyCommand,
  PutFunctionConcurrencyCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import type { Suspect } from '../../suspect/describe';
import { awsCli } from '../awsCli';
import { type ControlTools, defineControl } from '../control';

type Before = {
  /** The reservation, or null where the function had none: that is not the same as any number. */
  readonly reserved: number | null;
};

const read = async (suspect: Suspect, { lambda }: ControlTools): Promise<number | null> =>
  (await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName: suspect.arn })))
    .ReservedConcurrentExecutions ?? null;

const readUnlessGone = async (suspect: Suspect, tools: ControlTools): Promise<number | null | 'gone'> => {
  try {
    return await read(suspect, tools);
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return 'gone';
    throw error;
  }
};

const say = (reserved: number | null): string =>
  reserved === null ? 'no reservation' : `a reservation of ${reserved}`;

/** Reserved concurrency 0: no version and no alias of the function starts again. What runs already runs on. */
export const concurrency = defineControl<Before>({
  id: 'concurrency',
  title: 'Reserved concurrency',
  permissions: {
    contain: ['lambda:GetFunctionConcurrency', 'lambda:PutFunctionConcurrency'],
    release: [
      'lambda:GetFunctionConcurrency',
      'lambda:PutFunctionConcurrency',
      'lambda:DeleteFunctionConcurrency',
    ],
  },

  capture: async (suspect, tools) => {
    // Nothing says that environments which stay up obey a reservation; a containment that only seems to hold is worse.
    if (suspect.capacityProvider !== undefined)
      return { applies: false, why: 'the function runs on managed instances, which its scaling holds' };
    const reserved = await read(suspect, tools);
    return { applies: true, before: { reserved }, found: say(reserved) };
  },

  apply: async (suspect, _before, { lambda }) => {
    await lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName: suspect.arn, ReservedConcurrentExecutions: 0 }),
    );
  },

  verify: async (suspect, before, tools) => {
    const reserved = await read(suspect, tools);
    return {
      held: reserved === 0,
      found: `set to 0 (was ${say(before.reserved)}), read back as ${say(reserved)}`,
    };
  },

  revert: async (suspect, { reserved }, tools, force) => {
    const live = await readUnlessGone(suspect, tools);
    if (live === 'gone') return { outcome: 'drift', detail: 'the function was deleted while contained' };
    if (live === reserved) return { outcome: 'restored', detail: `back at ${say(reserved)}` };
    if (live !== 0 && live !== tools.staged && !force)
      return {
        outcome: 'drift',
        detail: `somebody changed it to ${say(live)} while contained: left as it is`,
      };
    const name = { FunctionName: suspect.arn };
    if (reserved === null) await tools.lambda.send(new DeleteFunctionConcurrencyCommand(name));
    else
      await tools.lambda.send(
        new PutFunctionConcurrencyCommand({ ...name, ReservedConcurrentExecutions: reserved }),
      );
    return { outcome: 'restored', detail: `back at ${say(reserved)}` };
  },

  describe: (suspect, { reserved }) => ({
    does: `reserved concurrency 0: no version and no alias of ${suspect.functionName} starts again`,
    inverse: reserved === null ? 'remove the reservation' : `reserve ${reserved} again`,
    cautions: [
      `an invocation that runs already goes on for up to ${suspect.timeoutSeconds} s`,
      'a deployment that sets reserved concurrency lifts it (it is put back or escalated as drift)',
    ],
  }),

  undo: ({ region, arn }, { reserved }) => [
    reserved === null
      ? awsCli(region, 'lambda', 'delete-function-concurrency', '--function-name', arn)
      : awsCli(
          region,
          'lambda',
          'put-function-concurrency',
          '--function-name',
          arn,
          '--reserved-concurrent-executions',
          String(reserved),
        ),
  ],
});
