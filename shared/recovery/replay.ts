import { createHash } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  InvalidRequestContentException,
  InvokeCommand,
  type LambdaClient,
  RequestTooLargeException,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import {
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { HELD_DAYS, type HeldBefore, heldQueueUrl, sealHeldQueue } from '../containment/heldQueue';
import { readLedger } from '../containment/ledger';
import { type Incident, isOpen } from '../incident/incident';
import { replayKey } from '../incident/keys';
import { getIncident, queryAll, type Records } from '../incident/store';
import { type HeldRecord, parseHeldRecord, refusalOf } from './heldRecord';

export type ReplayTools = {
  readonly lambda: LambdaClient;
  readonly sqs: SQSClient;
  readonly records: Records;
  readonly pause: (milliseconds: number) => Promise<void>;
};

/** What a replay came to so far: the counts are of the incident, not of one run. */
export type Replay = {
  readonly replayed: number;
  /** What a further run would find; 0 when there is nothing more to do. */
  readonly left: number;
  readonly refused: number;
  readonly detail: readonly string[];
};

const SECOND = 1000;
/** How long a message is out of sight while it is handled: ten of them at one a second, and room for retries. */
const HIDDEN_SECONDS = 120;

const digest = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex');

/** The same event twice is one; a forged record that repeats a request's id with another event is another. */
const keyOf = ({ requestId, target, payload }: HeldRecord): string =>
  digest(requestId, target.qualifier ?? '', payload ?? '');

type Held = { readonly before: HeldBefore; readonly url: string };

/** The queue of one containment of the incident, or why there is none to read. */
const findHeld = async (
  incident: Incident,
  { sqs, records }: Pick<ReplayTools, 'sqs' | 'records'>,
): Promise<Held | string> => {
  const record = await readLedger(records, incident, 'held-events');
  if (record === null || record.state === 'not-needed') return 'no events were held';
  // Only the control of that id writes this record.
  const before = record.before as HeldBefore;
  const url = await heldQueueUrl(sqs, before.queue.name);
  return url === null ? `the quarantine queue ${before.queue.name} does not exist` : { before, url };
};

/** Approximate, as SQS counts: right again a minute after the last message came or went. */
const countMessages = async (sqs: SQSClient, url: string): Promise<number> => {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    }),
  );
  return Object.values(Attributes ?? {}).reduce((sum, value) => sum + Number(value), 0);
};

type State = 'sending' | 'sent' | 'refused';

/** Notes what became of an event or a message. What is settled stays so; gives what stands now. */
const note = async (
  { db, table, now }: Records,
  { id, containment }: Incident,
  what: string,
  state: State,
  text: string,
): Promise<{ readonly state: State; readonly noted: boolean }> => {
  const Key = replayKey(id, containment, what);
  try {
    await db.send(
      new UpdateCommand({
        TableName: table,
        Key,
        UpdateExpression: `SET #state = :state, #text = :text, #at = :now${state === 'sending' ? ' ADD tries :one' : ''}`,
        ConditionExpression: 'attribute_not_exists(pk) OR #state = :sending',
        ExpressionAttributeNames: { '#state': 'state', '#text': 'text', '#at': 'at' },
        ExpressionAttributeValues: {
          ':state': state,
          ':text': text,
          ':now': now().toISOString(),
          ':sending': 'sending',
          ...(state === 'sending' ? { ':one': 1 } : {}),
        },
      }),
    );
    return { state, noted: true };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const { Item } = await db.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
    return { state: Item?.state as State, noted: false };
  }
};

const send = async (lambda: LambdaClient, { target, payload }: HeldRecord): Promise<string | null> => {
  try {
    await lambda.send(
      new InvokeCommand({
        FunctionName: target.arn,
        InvocationType: 'Event',
        Payload: payload ?? '',
        ...(target.qualifier === null ? {} : { Qualifier: target.qualifier }),
      }),
    );
    return null;
  } catch (error) {
    // These would be the answer for ever; all others fly, and the step is retried.
    if (error instanceof ResourceNotFoundException) return 'its version or alias does not exist any more';
    if (error instanceof RequestTooLargeException || error instanceof InvalidRequestContentException)
      return `Lambda does not take the event: ${error.name}`;
    throw error;
  }
};

/**
 * Replays one event: noted as `sending`, sent, noted as `sent`, then deleted. Who dies in between cannot know whether
 * Lambda took it: an event found `sending` is sent again. So each is sent at least once, and twice only after a crash,
 * as Lambda itself may do with any asynchronous event; such repeats are counted.
 */
const replayOne = async (
  incident: Incident,
  record: HeldRecord,
  { lambda, records }: ReplayTools,
): Promise<string | null> => {
  const key = `event#${keyOf(record)}`;
  const { state } = await note(records, incident, key, 'sending', record.requestId);
  if (state === 'sent') return null;
  const refusal = await send(lambda, record);
  if (refusal === null) await note(records, incident, key, 'sent', record.requestId);
  return refusal;
};

/** Notes messages that are not replayed; gives whether any was not known. They stay in the queue. */
const refuse = async (
  incident: Incident,
  messages: readonly Message[],
  why: string,
  { records }: ReplayTools,
): Promise<boolean> => {
  const notes = await Promise.all(
    messages.map(({ MessageId = '' }) =>
      note(records, incident, `message#${digest(MessageId)}`, 'refused', why),
    ),
  );
  return notes.some(({ noted }) => noted);
};

type Event = { readonly record: HeldRecord; readonly copies: readonly Message[] };

/** Events to be replayed, each once, and the messages that are not, with why. */
const sort = (messages: readonly Message[], suspectArn: string, held: readonly (string | null)[]) => {
  const events = new Map<string, Event>();
  const refused: { readonly message: Message; readonly why: string }[] = [];
  for (const message of messages) {
    const record = parseHeldRecord(message.Body ?? '');
    const why = refusalOf(record, suspectArn, held);
    if (record === null || why !== null) refused.push({ message, why: why ?? '' });
    else {
      const copies = events.get(keyOf(record))?.copies ?? [];
      events.set(keyOf(record), { record, copies: [...copies, message] });
    }
  }
  return { events: [...events.values()], refused };
};

/** Handles what was received, at no more than the rate. Gives whether any of it was new to us. */
const handleBatch = async (
  incident: Incident,
  { before, url }: Held,
  messages: readonly Message[],
  tools: ReplayTools,
  interval: number,
): Promise<boolean> => {
  const held = before.targets.map(({ qualifier }) => qualifier);
  const { events, refused } = sort(messages, incident.functionArn ?? '', held);
  const news = await Promise.all([
    ...refused.map(({ message, why }) => refuse(incident, [message], why, tools)),
    ...events.map(async ({ record, copies }, index) => {
      await tools.pause(index * interval);
      const refusal = await replayOne(incident, record, tools);
      if (refusal !== null) return refuse(incident, copies, refusal, tools);
      for (const { ReceiptHandle } of copies)
        await tools.sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));
      return true;
    }),
  ]);
  await tools.pause(interval);
  return news.includes(true);
};

const isReleased = ({ status, relapse }: Incident): boolean => status === 'watching' && relapse === undefined;

type Stopped = 'drained' | 'out of time' | 'no longer released';

const drain = async (
  incident: Incident,
  held: Held,
  tools: ReplayTools,
  { perSecond, until }: { readonly perSecond: number; readonly until: Date },
): Promise<Stopped> => {
  const { records, sqs } = tools;
  // Twice nothing new: one answer may be short of what is there.
  for (let idle = 0; idle < 2; ) {
    if (records.now() >= until) return 'out of time';
    if (!isReleased(await getIncident(records, incident.id))) return 'no longer released';
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: held.url,
        MaxNumberOfMessages: 10,
        VisibilityTimeout: HIDDEN_SECONDS,
        WaitTimeSeconds: 2,
      }),
    );
    const news =
      Messages.length > 0 && (await handleBatch(incident, held, Messages, tools, SECOND / perSecond));
    idle = news ? 0 : idle + 1;
  }
  return 'drained';
};

const countNotes = async (records: Records, { id, containment }: Incident) => {
  const query = (kind: string) => {
    const { pk, sk } = replayKey(id, containment, `${kind}#`);
    return queryAll(records, {
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': pk, ':prefix': sk },
      ConsistentRead: true,
    });
  };
  const [events, refused] = await Promise.all([query('event'), query('message')]);
  const sent = events.filter(({ state }) => state === 'sent');
  return {
    replayed: sent.length,
    repeated: sent.filter(({ tries }) => Number(tries) > 1).length,
    refused: refused.length,
    reasons: [...new Set(refused.map(({ text }) => String(text)))],
  };
};

const keptIn = (count: number, name: string): string =>
  `${count} held event(s) stay in ${name} until they are ${HELD_DAYS} days old`;

const nothing = (detail: readonly string[]): Replay => ({ replayed: 0, left: 0, refused: 0, detail });

/**
 * Sends the function the events that were held in the incident's present containment. Seals the queue first: what is
 * put in after the release was not held by us. Stops at `until`, to be called again while `left` is not 0, and at
 * once when the function is no longer released. What is refused stays in the queue, and is said.
 */
export const replayHeldEvents = async (
  incident: Incident,
  tools: ReplayTools,
  pace: { readonly perSecond: number; readonly until: Date },
): Promise<Replay> => {
  const held = await findHeld(incident, tools);
  if (typeof held === 'string') return nothing([`Replay: ${held}`]);
  if (!isReleased(incident)) return nothing(['nothing is replayed while it is not released']);
  const { queue } = held.before;
  await sealHeldQueue(tools.sqs, held.url, queue.arn);
  const stopped = await drain(incident, held, tools, pace);
  const { replayed, repeated, refused, reasons } = await countNotes(tools.records, incident);
  const waiting = Math.max(0, (await countMessages(tools.sqs, held.url)) - refused);
  const left = { drained: waiting, 'out of time': Math.max(1, waiting), 'no longer released': 0 }[stopped];
  return {
    replayed,
    left,
    refused,
    detail: [
      `${replayed} held event(s) replayed`,
      ...(repeated > 0 ? [`${repeated} of them may have been sent twice: a replay died while sending`] : []),
      ...(refused > 0 ? [`${refused} not replayed and kept in ${queue.name}: ${reasons.join('; ')}`] : []),
      ...(stopped === 'no longer released'
        ? [`the replay was stopped, as it is no longer released: ${keptIn(waiting, queue.name)}`]
        : []),
    ],
  };
};

/** For a release without replay: what stays where it is. */
export const describeKept = async (
  incident: Incident,
  tools: Pick<ReplayTools, 'sqs' | 'records'>,
): Promise<readonly string[]> => {
  const held = await findHeld(incident, tools);
  if (typeof held === 'string') return [];
  const count = await countMessages(tools.sqs, held.url);
  return count === 0 ? [] : [`${keptIn(count, held.before.queue.name)}: no replay was asked for`];
};

/** An incident that is open may still need its queue. */
export class IncidentStillOpenError extends Error {
  override readonly name = 'IncidentStillOpenError';
  constructor(incidentId: string) {
    super(`${incidentId} is open: its quarantine queues stay`);
  }
}

/**
 * After an incident's end: deletes the quarantine queues of all its containments that are empty. One that is not is
 * sealed and left to its retention, and said. Throws {@link IncidentStillOpenError}.
 */
export const deleteHeldQueue = async (
  incident: Incident,
  tools: Pick<ReplayTools, 'sqs' | 'records'>,
): Promise<readonly string[]> => {
  if (isOpen(incident.status)) throw new IncidentStillOpenError(incident.id);
  const lines: string[] = [];
  for (let containment = 1; containment <= incident.containment; containment++) {
    const held = await findHeld({ ...incident, containment }, tools);
    if (typeof held === 'string') continue;
    const { name, arn } = held.before.queue;
    const count = await countMessages(tools.sqs, held.url);
    if (count === 0) {
      await tools.sqs.send(new DeleteQueueCommand({ QueueUrl: held.url }));
      continue;
    }
    await sealHeldQueue(tools.sqs, held.url, arn);
    lines.push(keptIn(count, name));
  }
  return lines;
};
