import { ApplicationAutoScalingServiceException } from '@aws-sdk/client-application-auto-scaling';
import {
  InvalidParameterValueException,
  ResourceConflictException,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import { provisioned } from '../../../../shared/containment/controls/provisioned';
import { answeredTools } from '../../../fixtures/answered';
import { CHOICES } from '../../../fixtures/choices';
import { aSuspect } from '../../../fixtures/suspect';

const suspect = aSuspect();
const AWAKE = {
  DynamicScalingInSuspended: false,
  DynamicScalingOutSuspended: false,
  ScheduledScalingSuspended: false,
};
const ASLEEP = {
  DynamicScalingInSuspended: true,
  DynamicScalingOutSuspended: true,
  ScheduledScalingSuspended: true,
};
const before = {
  configurations: [{ qualifier: 'live', requested: 4 }],
  targets: [{ qualifier: 'live', suspension: AWAKE }],
};
const context = { denyPolicyArn: 'arn:aws:iam::123456789012:policy/deny', prefix: 'tourniquet-test' };

const listed = (...counts: readonly (readonly [string, number])[]) => ({
  ProvisionedConcurrencyConfigs: counts.map(([qualifier, count]) => ({
    FunctionArn: `${suspect.arn}:${qualifier}`,
    RequestedProvisionedConcurrentExecutions: count,
  })),
});
const scaled = (SuspendedState: object) => ({
  ScalableTargets: [{ ResourceId: 'function:order-worker:live', SuspendedState }],
});
const fault = { message: 'no', $metadata: {} };
const denied = () => {
  throw new ApplicationAutoScalingServiceException({
    ...fault,
    name: 'AccessDeniedException',
    $fault: 'client',
  });
};

describe('provisioned concurrency', () => {
  it('costs a function without any one call', async () => {
    const { tools, calls } = answeredTools({ ListProvisionedConcurrencyConfigs: () => listed() });

    expect(await provisioned.capture(suspect, tools)).toMatchObject({ applies: false });
    expect(calls.map(({ name }) => name)).toEqual(['ListProvisionedConcurrencyConfigs']);
  });

  it('captures what every version and alias has on all pages, and the scaling of these alone', async () => {
    const { tools, calls } = answeredTools({
      ListProvisionedConcurrencyConfigs: ({ Marker }) =>
        Marker === undefined ? { ...listed(['live', 4]), NextMarker: 'more' } : listed(['7', 1]),
      DescribeScalableTargets: () => scaled({ ScheduledScalingSuspended: true }),
    });

    expect(await provisioned.capture(suspect, tools)).toMatchObject({
      applies: true,
      before: {
        configurations: [
          { qualifier: 'live', requested: 4 },
          { qualifier: '7', requested: 1 },
        ],
        targets: [{ qualifier: 'live', suspension: { ...AWAKE, ScheduledScalingSuspended: true } }],
      },
    });
    expect(calls.at(-1)?.input.ResourceIds).toEqual([
      'function:order-worker:live',
      'function:order-worker:7',
    ]);
  });

  it('goes on where Application Auto Scaling denies the look, and says what that leaves open', async () => {
    const { tools } = answeredTools({
      ListProvisionedConcurrencyConfigs: () => listed(['live', 4]),
      DescribeScalableTargets: denied,
    });

    expect(await provisioned.capture(suspect, tools)).toMatchObject({
      applies: true,
      before: { configurations: [{ qualifier: 'live', requested: 4 }], targets: null },
      found: expect.stringContaining('may not be read'),
    });
  });

  it('suspends the scaling before it removes what is scaled: registered after, a target brings it back', async () => {
    const { tools, calls } = answeredTools({
      DescribeScalableTargets: () => scaled(AWAKE),
      RegisterScalableTarget: () => ({}),
      DeleteProvisionedConcurrencyConfig: () => ({}),
    });

    await provisioned.apply(suspect, before, tools);

    expect(calls.map(({ name }) => name)).toEqual([
      'DescribeScalableTargets',
      'RegisterScalableTarget',
      'DeleteProvisionedConcurrencyConfig',
    ]);
    expect(calls[1]?.input).toMatchObject({ SuspendedState: ASLEEP });
    expect(calls[1]?.input).not.toHaveProperty('MinCapacity');
  });

  it('registers no target anew that is suspended already, as a retry would find it', async () => {
    const { tools, calls } = answeredTools({
      DescribeScalableTargets: () => scaled(ASLEEP),
      DeleteProvisionedConcurrencyConfig: () => {
        throw new ResourceNotFoundException(fault);
      },
    });

    await provisioned.apply(suspect, before, tools);

    expect(calls.map(({ name }) => name)).not.toContain('RegisterScalableTarget');
  });

  it('removes it also where the scaling cannot be suspended, and tells the failure', async () => {
    const { tools, calls } = answeredTools({
      DescribeScalableTargets: () => scaled(AWAKE),
      RegisterScalableTarget: denied,
      DeleteProvisionedConcurrencyConfig: () => ({}),
    });

    await expect(provisioned.apply(suspect, before, tools)).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    expect(calls.map(({ name }) => name)).toContain('DeleteProvisionedConcurrencyConfig');
  });

  it('tries again while an allocation is changing', async () => {
    let refusals = 2;
    const { tools, calls } = answeredTools({
      DeleteProvisionedConcurrencyConfig: () => {
        if (refusals-- > 0) throw new ResourceConflictException(fault);
        return {};
      },
    });

    await provisioned.apply(suspect, { ...before, targets: null }, tools);

    expect(calls).toHaveLength(3);
  });

  it.each([
    ['is left', listed(['live', 4]), ASLEEP],
    ['is scaled again', listed(), AWAKE],
  ])('does not hold while some of it %s', async (_what, configurations, suspension) => {
    const { tools } = answeredTools({
      ListProvisionedConcurrencyConfigs: () => configurations,
      DescribeScalableTargets: () => scaled(suspension),
    });

    expect(await provisioned.verify(suspect, before, tools)).toMatchObject({ held: false });
  });

  it('asks for it again before it resumes the scaling', async () => {
    const { tools, calls } = answeredTools({
      ListProvisionedConcurrencyConfigs: () => listed(),
      PutProvisionedConcurrencyConfig: () => ({}),
      DescribeScalableTargets: () => scaled(ASLEEP),
      RegisterScalableTarget: () => ({}),
    });

    expect(await provisioned.revert(suspect, before, tools, false)).toMatchObject({ outcome: 'restored' });
    expect(calls.map(({ name }) => name)).toEqual([
      'ListProvisionedConcurrencyConfigs',
      'PutProvisionedConcurrencyConfig',
      'DescribeScalableTargets',
      'RegisterScalableTarget',
    ]);
    expect(calls[3]?.input).toMatchObject({ SuspendedState: AWAKE });
  });

  it('says what the account can no longer afford, and leaves its scaling suspended', async () => {
    const { tools, calls } = answeredTools({
      ListProvisionedConcurrencyConfigs: () => listed(),
      PutProvisionedConcurrencyConfig: () => {
        throw new InvalidParameterValueException({ ...fault, message: 'not so many' });
      },
    });

    expect(await provisioned.revert(suspect, before, tools, false)).toEqual({
      outcome: 'drift',
      detail: 'AWS does not give 4 on live again: not so many; the scaling of live stays suspended',
    });
    expect(calls.map(({ name }) => name)).not.toContain('RegisterScalableTarget');
  });

  it.each([
    ['left alone', false, 'drift', 0],
    ['put back as an approver decides', true, 'restored', 1],
  ])('is %s where the scaling was changed meanwhile', async (_what, force, outcome, registered) => {
    const { tools, calls } = answeredTools({
      ListProvisionedConcurrencyConfigs: () => listed(['live', 4]),
      DescribeScalableTargets: () => scaled({ ...ASLEEP, DynamicScalingInSuspended: false }),
      RegisterScalableTarget: () => ({}),
    });

    expect(await provisioned.revert(suspect, before, tools, force)).toMatchObject({ outcome });
    expect(calls.filter(({ name }) => name === 'RegisterScalableTarget')).toHaveLength(registered);
  });

  it('describes what it does and its inverse', () => {
    expect(provisioned.describe(suspect, before, CHOICES)).toMatchObject({
      does: 'remove provisioned concurrency (4 on live) and suspend the scaling of live',
      inverse: 'ask for 4 on live again, then resume the scaling as it was',
    });
  });

  it('can be undone by hand, in the same order', () => {
    expect(provisioned.undo(suspect, before, context)).toEqual([
      `aws lambda put-provisioned-concurrency-config --function-name ${suspect.arn} --qualifier live --provisioned-concurrent-executions 4 --region eu-west-1`,
      'aws application-autoscaling register-scalable-target --service-namespace lambda --scalable-dimension lambda:function:ProvisionedConcurrency --resource-id function:order-worker:live --suspended-state DynamicScalingInSuspended=false,DynamicScalingOutSuspended=false,ScheduledScalingSuspended=false --region eu-west-1',
    ]);
  });
});
