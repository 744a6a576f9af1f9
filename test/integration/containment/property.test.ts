import { randomInt } from 'node:crypto';
import { GetDurableExecutionCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import fc from 'fast-check';
import type { LocalClients } from '../../../local/clients';
import { type LiveState, readLiveState } from '../../../local/liveState';
import { contain } from '../../../shared/containment/contain';
import { restore } from '../../../shared/recovery/restore';
import { type AnyFunction, anyFunction, maker } from './generated';
import { incidentOf, type Stage, startStage } from './stage';

/*
 * 60 generated functions with every test run, as many as `npm run test:soak` asks for, and the same ones again with
 * TOURNIQUET_SEED. The seed is printed.
 */
const CASES = Number(process.env.TOURNIQUET_CASES ?? 60);
const SEED = Number(process.env.TOURNIQUET_SEED ?? randomInt(2 ** 31));

const NONE = { MinExecutionEnvironments: 0, MaxExecutionEnvironments: 0 };

/** A sibling shares the role; nothing else of it may be touched. */
const ofTheFunctionAlone = ({
  ListAttachedRolePolicies: _attached,
  GetRolePolicy: _inline,
  ...own
}: LiveState) => own;

/** Under the permissions of the deployment's own roles. */
describe('contain, then release, leaves every captured answer as it was (invariants 1 and 2)', () => {
  let stage: Stage;
  /** That is told of a throttle at once, and does not try again. */
  let impatient: LocalClients;
  beforeAll(async () => {
    stage = await startStage('property');
    impatient = stage.fresh(undefined, 1);
  });
  afterAll(() => stage.stop());

  const standing = (executions: readonly string[]): Promise<readonly unknown[]> =>
    Promise.all(
      executions.map(
        async (DurableExecutionArn) =>
          (await stage.clients.lambda.send(new GetDurableExecutionCommand({ DurableExecutionArn }))).Status,
      ),
    );

  const holds = async (make: Awaited<ReturnType<typeof maker>>, shape: AnyFunction): Promise<void> => {
    const { suspect, sibling, executions } = await make(shape);
    const incident = incidentOf(suspect);
    const before = await readLiveState(stage.clients, suspect.arn);

    const siblingBefore = sibling && ofTheFunctionAlone(await readLiveState(stage.clients, sibling));

    await contain(suspect, incident, stage.tools(incident, await stage.as('contain')), () =>
      Promise.resolve(),
    );
    // What is on managed instances has no reservation: each of its versions is scaled to none.
    if (shape.runs.as === 'managed')
      expect((await readLiveState(stage.clients, suspect.arn)).GetFunctionScalingConfig).toEqual(
        (before.GetFunctionScalingConfig as readonly unknown[]).map(() =>
          expect.objectContaining({ AppliedFunctionScalingConfig: NONE }),
        ),
      );
    else
      await expect(
        impatient.lambda.send(new InvokeCommand({ FunctionName: suspect.arn })),
      ).rejects.toMatchObject({ name: 'TooManyRequestsException' });
    expect(await standing(executions)).toEqual(executions.map(() => 'PAUSED'));
    if (sibling !== null) {
      expect(ofTheFunctionAlone(await readLiveState(stage.clients, sibling))).toEqual(siblingBefore);
    }
    if (shape.provisioned !== null) {
      const contained = await readLiveState(stage.clients, suspect.arn);
      expect(contained.ListProvisionedConcurrencyConfigs).toEqual([]);
    }
    const results = await restore(suspect, incident, stage.tools(incident, await stage.as('release')));
    expect(results.filter(({ outcome }) => outcome === 'drift')).toEqual([]);
    expect(await readLiveState(stage.clients, suspect.arn)).toEqual(before);
    expect(await standing(executions)).toEqual(executions.map(() => 'RUNNING'));
  };

  it(
    `for ${CASES} generated functions`,
    async () => {
      process.stdout.write(`generated functions: ${CASES} cases, TOURNIQUET_SEED=${SEED}\n`);
      const make = await maker(stage.clients, stage.denyPolicyArn);
      await fc.assert(
        fc.asyncProperty(anyFunction, (shape) => holds(make, shape)),
        { numRuns: CASES, seed: SEED, endOnFailure: true },
      );
    },
    CASES * 60_000,
  );
});
