import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { paginateDescribeLogGroups, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import {
  GetObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
} from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  paginateGetExecutionHistory,
  paginateListExecutions,
} from '@aws-sdk/client-sfn';
import { paginateGetParametersByPath } from '@aws-sdk/client-ssm';
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import { root } from '../aws/state';
import { deskClient } from '../deskClient';
import type { Instance } from '../instance';
import type { Searched } from './search';

const OURS = 'tourniquet-local-';

/** How many objects are read at a time. */
const AT_A_TIME = 16;

/** Every version of every object of the evidence. */
const objects = async ({ clients: { s3 }, stack }: Instance): Promise<readonly Searched[]> => {
  const Bucket = stack.evidenceBucket;
  const found: Searched[] = [];
  let from: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {};
  while (from !== undefined) {
    const page: ListObjectVersionsCommandOutput = await s3.send(
      new ListObjectVersionsCommand({ Bucket, ...from }),
    );
    const waiting = [...(page.Versions ?? [])];
    const work = async (): Promise<void> => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const { Key = '', VersionId } = next;
        const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }));
        const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
        found.push({ place: `evidence ${Key}`, bytes });
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, work));
    from = page.IsTruncated
      ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
      : undefined;
  }
  return found;
};

/** What our functions have logged; what a suspect logs is its own. */
const logs = async ({ clients: { logs: client } }: Instance): Promise<readonly Searched[]> => {
  const found: Searched[] = [];
  const prefix = { logGroupNamePrefix: `/aws/lambda/${OURS}` };
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, prefix))
    for (const { logGroupName = '' } of logGroups) {
      const lines: string[] = [];
      for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName }))
        lines.push(...events.map(({ message = '' }) => message));
      found.push({ place: `log ${logGroupName}`, bytes: Buffer.from(lines.join('\n')) });
    }
  return found;
};

const executions = async ({
  clients: { stepFunctions: client },
  stack: { stateMachineArn },
}: Instance): Promise<readonly Searched[]> => {
  const found: Searched[] = [];
  for await (const { executions: some = [] } of paginateListExecutions({ client }, { stateMachineArn }))
    for (const { executionArn = '' } of some) {
      const { input, output } = await client.send(new DescribeExecutionCommand({ executionArn }));
      const events: unknown[] = [];
      for await (const page of paginateGetExecutionHistory({ client }, { executionArn }))
        events.push(...(page.events ?? []));
      // What arrived is kept as it came: it is the first state's input too.
      const asItCame = JSON.stringify(input).slice(1, -1);
      const later = events.filter((event) => !JSON.stringify(event).includes(asItCame));
      found.push(
        { place: `execution input ${executionArn}`, bytes: Buffer.from(input ?? '') },
        { place: `execution output ${executionArn}`, bytes: Buffer.from(output ?? '') },
        { place: `execution history ${executionArn}`, bytes: Buffer.from(JSON.stringify(later)) },
      );
    }
  return found;
};

const items = async ({ clients: { db } }: Instance): Promise<readonly Searched[]> => {
  const found: Searched[] = [];
  // One page: a local AWS has not a hundred tables.
  const { TableNames = [] } = await db.send(new ListTablesCommand({}));
  for (const TableName of TableNames.filter((name) => name.startsWith(OURS)))
    for await (const { Items = [] } of paginateScan({ client: db }, { TableName }))
      for (const item of Items)
        found.push({
          place: `item ${TableName} ${String(item.pk)} ${String(item.sk)}`,
          bytes: Buffer.from(JSON.stringify(item)),
        });
  return found;
};

/** What is kept in parameters that are no secret. */
const parameters = async ({ clients: { ssm } }: Instance): Promise<readonly Searched[]> => {
  const found: Searched[] = [];
  const path = { Path: '/tourniquet/local', Recursive: true };
  for await (const { Parameters = [] } of paginateGetParametersByPath({ client: ssm }, path))
    for (const { Name, Type, Value = '' } of Parameters)
      if (Type !== 'SecureString') found.push({ place: `parameter ${Name}`, bytes: Buffer.from(Value) });
  return found;
};

const said = async ({ desk: { url } }: Instance): Promise<readonly Searched[]> => {
  const desk = deskClient(url);
  const asBytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
  const messages = await desk.messages();
  const shared = messages.flatMap(({ files = [] }) => files);
  return [
    ...messages.map((message) => ({ place: `Slack ${message.ts}`, bytes: asBytes(message) })),
    ...(await Promise.all(
      shared.map(async ({ id, name }) => ({ place: `Slack file ${name}`, bytes: await desk.file(id) })),
    )),
    ...(await desk.views()).map((view) => ({ place: `Slack view ${view.id}`, bytes: asBytes(view) })),
    { place: 'PagerDuty', bytes: asBytes(await desk.pagerDuty()) },
    { place: 'page of the desk', bytes: Buffer.from(await (await fetch(url)).text()) },
  ];
};

/** What the deployment and the desk have printed. */
const printed = async ({ dir }: Instance): Promise<readonly Searched[]> => {
  const folder = join(resolve(root, dir), 'logs');
  const names = await readdir(folder);
  return Promise.all(
    names.map(async (name) => ({ place: `output ${name}`, bytes: await readFile(join(folder, name)) })),
  );
};

/** Everything that Tourniquet left behind in an instance: what a scanner for secrets looks through. */
export const leftBehind = async (instance: Instance): Promise<readonly Searched[]> =>
  (
    await Promise.all(
      [objects, logs, executions, items, parameters, said, printed].map((read) => read(instance)),
    )
  ).flat();
