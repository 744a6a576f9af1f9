import { InvalidParameterValueException, ResourceNotFoundException } from '@aws-sdk/client-lambda';
import { durable } from '../../../../shared/containment/controls/durable';
import { answeredTools } from '../../../fixtures/answered';
import { CHOICES } from '../../../fixtures/choices';
import { aSuspect } from '../../../fixtures/suspect';

const suspect = aSuspect({ durable: true });
const context = { denyPolicyArn: 'arn:aws:iam::123456789012:policy/deny', prefix: 'tourniquet-test' };
const fault = { message: 'no', $metadata: {} };
const execution = (version: string, name: string): string => `${version}/durable-execution/${name}/id`;
const listed = (...executions: readonly string[]) => ({
  DurableExecutions: executions.map((one) => ({ DurableExecutionArn: `${suspect.arn}:${one}` })),
});
const versions = () => ({ Versions: [{ Version: '$LATEST' }, { Version: '7' }] });
const before = { running: [execution('7', 'order-1')], more: false };

describe('durable executions', () => {
  it('cost a function that has none no call', async () => {
    const { tools, calls } = answeredTools({});

    expect(await durable.capture(aSuspect(), tools)).toMatchObject({ applies: false });
    expect(calls).toEqual([]);
  });

  it('captures the running ones of every version: an unqualified list is that of $LATEST alone', async () => {
    const { tools, calls } = answeredTools({
      ListVersionsByFunction: versions,
      ListDurableExecutionsByFunction: ({ Qualifier, Marker }) =>
        Qualifier === '7' && Marker === undefined
          ? { ...listed(execution('7', 'order-1')), NextMarker: 'more' }
          : listed(execution(String(Qualifier), 'order-2')),
    });

    expect(await durable.capture(suspect, tools)).toMatchObject({
      applies: true,
      before: {
        running: [execution('$LATEST', 'order-2'), execution('7', 'order-1'), execution('7', 'order-2')],
        more: false,
      },
    });
    for (const { name, input } of calls)
      if (name === 'ListDurableExecutionsByFunction') expect(input.Statuses).toEqual(['RUNNING']);
  });

  it('records no more than the ledger can hold, and says so', async () => {
    const many = Array.from({ length: 2001 }, (_, index) => execution('7', `order-${index}`));
    const { tools } = answeredTools({
      ListVersionsByFunction: () => ({ Versions: [{ Version: '7' }] }),
      ListDurableExecutionsByFunction: () => listed(...many),
    });

    const capture = await durable.capture(suspect, tools);

    expect(capture).toMatchObject({ applies: true, found: '2001 running, of which 2000 are paused' });
    if (!capture.applies) throw new Error('it does not apply');
    expect(durable.describe(suspect, capture.before, CHOICES).cautions.at(-1)).toContain('more than 2000');
    // Names at their longest, as the ledger's table measures them.
    const longest = Array.from(
      { length: 2000 },
      () => `99999/durable-execution/${'n'.repeat(64)}/${'i'.repeat(36)}`,
    );
    expect(Buffer.byteLength(JSON.stringify(longest))).toBeLessThan(400 * 1024);
  });

  it('holds when none of those is left running, and counts those that began since', async () => {
    const { tools } = answeredTools({
      ListVersionsByFunction: () => ({ Versions: [{ Version: '7' }] }),
      ListDurableExecutionsByFunction: () => listed(execution('7', 'order-3')),
    });

    expect(await durable.verify(suspect, before, tools)).toEqual({
      held: true,
      found: '1 of 1 run no more; 1 more are held by the stop of new invocations alone',
    });
  });

  it('waits for a pause to be in effect, and does not hold when it never is', async () => {
    const { tools, calls } = answeredTools({
      ListVersionsByFunction: () => ({ Versions: [{ Version: '7' }] }),
      ListDurableExecutionsByFunction: () => listed(execution('7', 'order-1')),
    });

    expect(await durable.verify(suspect, before, tools)).toMatchObject({ held: false });
    expect(calls.length).toBeGreaterThan(10);
  });

  it('takes a refusal for what it is: no failure where the execution ended, a failure where it still runs', async () => {
    const status = { now: 'SUCCEEDED' };
    let reads = 0;
    const { tools } = answeredTools({
      ListVersionsByFunction: () => ({ Versions: [{ Version: '7' }] }),
      ListDurableExecutionsByFunction: () => listed(execution('7', 'order-1')),
      // The pause goes out as this command, rewritten: the first of each pair is the pause.
      GetDurableExecution: () => {
        if (reads++ % 2 === 0) throw new InvalidParameterValueException(fault);
        return { Status: status.now };
      },
    });

    await durable.apply(suspect, before, tools);
    status.now = 'RUNNING';
    await expect(durable.apply(suspect, before, tools)).rejects.toBeInstanceOf(
      InvalidParameterValueException,
    );
  });

  it.each([
    ['PAUSED', 'restored', 2],
    ['PAUSING', 'restored', 2],
    ['RUNNING', 'restored', 1],
    ['SUCCEEDED', 'restored', 1],
    ['FAILED', 'restored', 1],
    ['STOPPED', 'drift', 1],
    ['TIMED_OUT', 'drift', 1],
  ])('resumes what is paused and nothing else: %s', async (Status, outcome, calls) => {
    const answered = answeredTools({ GetDurableExecution: () => ({ Status }) });

    expect(await durable.revert(suspect, before, answered.tools, false)).toMatchObject({ outcome });
    expect(answered.calls).toHaveLength(calls);
  });

  it('says of one that AWS has forgotten that it is', async () => {
    const { tools } = answeredTools({
      GetDurableExecution: () => {
        throw new ResourceNotFoundException(fault);
      },
    });

    expect(await durable.revert(suspect, before, tools, true)).toEqual({
      outcome: 'drift',
      detail: `the execution ${execution('7', 'order-1')} is no longer known`,
    });
  });

  it('can be undone by hand', () => {
    expect(durable.undo(suspect, { ...before, running: [execution('$LATEST', 'a')] }, context)).toEqual([
      `aws lambda resume-durable-execution --durable-execution-arn '${suspect.arn}:$LATEST/durable-execution/a/id' --region eu-west-1`,
    ]);
  });

  it('never stops one: that is for good', () => {
    const { contain, release } = durable.permissions;
    expect([...contain, ...release].filter((action) => /Stop|Delete/.test(action))).toEqual([]);
  });
});
