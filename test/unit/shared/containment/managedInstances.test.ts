import { ResourceConflictException, ResourceNotFoundException } from '@aws-sdk/client-lambda';
import { concurrency } from '../../../../shared/containment/controls/concurrency';
import { managedInstances } from '../../../../shared/containment/controls/managedInstances';
import { answeredTools } from '../../../fixtures/answered';
import { aSuspect } from '../../../fixtures/suspect';

const suspect = aSuspect({
  capacityProvider: 'arn:aws:lambda:eu-west-1:123456789012:capacity-provider:shared',
});
const context = { denyPolicyArn: 'arn:aws:iam::123456789012:policy/deny', prefix: 'tourniquet-test' };
const fault = { message: 'no', $metadata: {} };
const bounds = (min: number, max: number) => ({
  MinExecutionEnvironments: min,
  MaxExecutionEnvironments: max,
});
const scaling = (requested: object, applied = requested) => ({
  RequestedFunctionScalingConfig: requested,
  AppliedFunctionScalingConfig: applied,
});
const versions = () => ({ Versions: [{ Version: '$LATEST' }, { Version: '1' }, { Version: '2' }] });

describe('managed instances', () => {
  it('cost a function that does not run on them no call, and keep a reservation off one that does', async () => {
    const { tools, calls } = answeredTools({});

    expect(await managedInstances.capture(aSuspect(), tools)).toMatchObject({ applies: false });
    expect(await concurrency.capture(suspect, tools)).toMatchObject({ applies: false });
    expect(calls).toEqual([]);
  });

  it('captures what was last published of $LATEST and the versions, but for what is at 0', async () => {
    const found: Readonly<Record<string, object>> = {
      '$LATEST.PUBLISHED': scaling(bounds(3, 9)),
      '1': scaling(bounds(0, 0)),
      '2': scaling({}),
    };
    const { tools } = answeredTools({
      ListVersionsByFunction: versions,
      GetFunctionScalingConfig: ({ Qualifier }) => found[String(Qualifier)],
    });

    expect(await managedInstances.capture(suspect, tools)).toMatchObject({
      applies: true,
      before: {
        versions: [
          { qualifier: '$LATEST.PUBLISHED', min: 3, max: 9 },
          { qualifier: '2', min: null, max: null },
        ],
      },
    });
  });

  it('has nothing to do where nothing is published', async () => {
    const { tools } = answeredTools({
      ListVersionsByFunction: () => ({ Versions: [{ Version: '$LATEST' }] }),
      GetFunctionScalingConfig: () => {
        throw new ResourceNotFoundException(fault);
      },
    });

    expect(await managedInstances.capture(suspect, tools)).toMatchObject({ applies: false });
  });

  it('holds only when it is in effect, not when it is asked for', async () => {
    let asked = 0;
    const answers = {
      GetFunctionScalingConfig: () => scaling(bounds(0, 0), asked++ < 3 ? bounds(3, 9) : bounds(0, 0)),
    };
    const before = { versions: [{ qualifier: '1', min: 3, max: 9 }] };

    expect(await managedInstances.verify(suspect, before, answeredTools(answers).tools)).toMatchObject({
      held: true,
    });
    asked = -100;
    expect(await managedInstances.verify(suspect, before, answeredTools(answers).tools)).toMatchObject({
      held: false,
    });
  });

  it('tries again while a version is changing', async () => {
    let refusals = 1;
    const { tools, calls } = answeredTools({
      PutFunctionScalingConfig: () => {
        if (refusals-- > 0) throw new ResourceConflictException(fault);
        return {};
      },
    });

    await managedInstances.apply(suspect, { versions: [{ qualifier: '1', min: 3, max: 9 }] }, tools);

    expect(calls.map(({ input }) => input.FunctionScalingConfig)).toEqual([bounds(0, 0), bounds(0, 0)]);
  });

  it('puts back what was asked for, and leaves a default to AWS', async () => {
    const { tools, calls } = answeredTools({
      GetFunctionScalingConfig: () => scaling(bounds(0, 0)),
      PutFunctionScalingConfig: () => ({}),
    });
    const before = {
      versions: [
        { qualifier: '1', min: 3, max: null },
        { qualifier: '2', min: null, max: null },
      ],
    };

    expect(await managedInstances.revert(suspect, before, tools, false)).toMatchObject({
      outcome: 'restored',
    });
    const writes = calls.filter(({ name }) => name === 'PutFunctionScalingConfig');
    expect(writes.map(({ input }) => input.FunctionScalingConfig)).toEqual([
      { MinExecutionEnvironments: 3 },
      undefined,
    ]);
  });

  it('leaves alone what somebody scaled meanwhile', async () => {
    const { tools } = answeredTools({ GetFunctionScalingConfig: () => scaling(bounds(1, 1)) });

    expect(
      await managedInstances.revert(
        suspect,
        { versions: [{ qualifier: '1', min: 3, max: 9 }] },
        tools,
        false,
      ),
    ).toEqual({
      outcome: 'drift',
      detail: 'somebody scaled 1 to 1 to 1 while contained: left as it is',
    });
  });

  it('can be undone by hand', () => {
    const before = {
      versions: [
        { qualifier: '$LATEST.PUBLISHED', min: 3, max: 9 },
        { qualifier: '2', min: null, max: null },
      ],
    };

    expect(managedInstances.undo(suspect, before, context)).toEqual([
      `aws lambda put-function-scaling-config --function-name ${suspect.arn} --qualifier '$LATEST.PUBLISHED' --function-scaling-config MinExecutionEnvironments=3,MaxExecutionEnvironments=9 --region eu-west-1`,
      `aws lambda put-function-scaling-config --function-name ${suspect.arn} --qualifier 2 --region eu-west-1`,
    ]);
  });
});
