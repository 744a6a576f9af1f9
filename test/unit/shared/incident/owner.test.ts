import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ExecutionAlreadyExists, ExecutionDoesNotExist, SFNClient } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { endingOf, takeOver } from '../../../../shared/incident/owner';
import { anIncident } from '../../../fixtures/incident';

const NOW = new Date('2026-11-20T12:00:00.000Z');
type Sent = { readonly name: string; readonly input: Readonly<Record<string, unknown>> };
type Command = { readonly constructor: { readonly name: string }; readonly input: Sent['input'] };

/** A client whose calls are answered here. */
const stub = <T extends object>(client: T, answer: (sent: Sent) => unknown, sent: Sent[] = []): T =>
  Object.assign(client, {
    send: (command: Command) => {
      const call = { name: command.constructor.name, input: command.input };
      sent.push(call);
      const result = answer(call);
      return result instanceof Error ? Promise.reject(result) : Promise.resolve(result);
    },
  });

const sfn = (answer: (sent: Sent) => unknown, sent: Sent[] = []): SFNClient =>
  stub(new SFNClient({ region: 'eu-west-1' }), answer, sent);

describe('how the owner of an incident ended', () => {
  const ending = (answer: unknown) =>
    endingOf(
      anIncident(),
      sfn(() => answer),
      NOW,
    );

  it('is not at all while it runs', async () => {
    expect(await ending({ status: 'RUNNING' })).toBeNull();
  });

  it('is left to the event about it for two minutes', async () => {
    const stopDate = new Date(NOW.getTime() - 119_000);

    expect(await ending({ status: 'FAILED', stopDate })).toBeNull();
  });

  it.each(['FAILED', 'TIMED_OUT', 'ABORTED', 'SUCCEEDED'])('is told after that: %s', async (status) => {
    const stopDate = new Date(NOW.getTime() - 120_000);

    expect(await ending({ status, stopDate })).toBe(status);
  });

  it('is long ago when Step Functions knows it no more', async () => {
    expect(await ending(new ExecutionDoesNotExist({ message: 'no', $metadata: {} }))).not.toBeNull();
  });
});

describe('an incident whose owner died', () => {
  const take = async (resumes: number, startAnswers: readonly unknown[] = [{}]) => {
    const sent: Sent[] = [];
    const written: Sent[] = [];
    const told: (readonly string[])[] = [];
    const answers = [...startAnswers];
    const db = stub(
      DynamoDBDocumentClient.from(new DynamoDBClient({ region: 'eu-west-1' })),
      () => ({}),
      written,
    );
    await takeOver(anIncident({ resumes }), 'FAILED', {
      records: { db, table: 'incidents', now: () => NOW },
      stepFunctions: sfn(() => answers.shift(), sent),
      stateMachineArn: 'the-playbook',
      tell: (_id, detail) => {
        told.push(detail);
        return Promise.resolve();
      },
    });
    const started = sent.filter(({ name }) => name === 'StartExecutionCommand');
    return { names: started.map(({ input }) => String(input.name)), written, told };
  };

  it('is taken over where it stood, and people are told', async () => {
    const { names, told } = await take(0);

    expect(names).toEqual([expect.stringMatching(/^inc-20261120-0123456789ab-resume-[0-9a-f]{16}$/)]);
    expect(told.join()).toContain('Another one has taken over');
  });

  it('is taken over by another one when the one that was to do it has died too', async () => {
    const taken = new ExecutionAlreadyExists({ message: 'taken', $metadata: {} });
    const { names } = await take(2, [taken, { status: 'FAILED' }, {}]);

    expect(names).toEqual([names[0], `${names[0]}-2`]);
    expect(names[1]?.length).toBeLessThanOrEqual(80);
  });

  it('has one new owner when its end is reported twice', async () => {
    const taken = new ExecutionAlreadyExists({ message: 'taken', $metadata: {} });
    const { names } = await take(1, [taken, { status: 'RUNNING' }, {}]);

    expect(names).toHaveLength(1);
  });

  it('is left to humans after five times, which is said once', async () => {
    const fifth = await take(5);
    expect(fifth.names).toEqual([]);
    expect(fifth.told.join()).toContain('nobody owns it now');

    const later = await take(6);
    expect([later.names, later.told, later.written]).toEqual([[], [], []]);
  });
});
