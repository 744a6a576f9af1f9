import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateScan,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import type { State } from './state';

/** Where the last approved states of functions are kept: one item each, by ARN (`pk`). */
export type Approvals = { readonly db: DynamoDBDocumentClient; readonly table: string };

const texts = z.record(z.string(), z.string());
const stateSchema = z.object({
  deployed: z.object({
    judged: z.string(),
    latest: z.string(),
    role: z.string(),
    settings: texts,
    layers: z.array(z.string()),
    environment: texts,
    aliases: texts,
    network: z.string(),
    lastModified: z.string(),
  }),
  access: texts,
  grants: z.optional(z.record(z.string(), z.array(z.string()))),
});

const approvedSchema = z.object({
  version: z.literal(1),
  state: stateSchema,
  /** Who approved it, and why: a person, a known deployer, or that it was the first that was seen. */
  by: z.string(),
  because: z.string(),
  approvedAt: z.string(),
  /** When it was looked at last. */
  lookedAt: z.string(),
  /** The finding that was raised about what is different now; until then nothing is raised about the same again. */
  raised: z.optional(z.string()),
});
export type Approved = Readonly<Omit<z.infer<typeof approvedSchema>, 'state'>> & { readonly state: State };

/** An item of another version, or that somebody else wrote, is as if it were not there: the function is learned anew. */
const read = (item: unknown): Approved | null => approvedSchema.safeParse(item).data ?? null;

export const getApproved = async ({ db, table }: Approvals, arn: string): Promise<Approved | null> => {
  const { Item } = await db.send(
    new GetCommand({ TableName: table, Key: { pk: arn }, ConsistentRead: true }),
  );
  return read(Item);
};

export const putApproved = async (
  { db, table }: Approvals,
  arn: string,
  approved: Approved,
): Promise<void> => {
  await db.send(new PutCommand({ TableName: table, Item: { pk: arn, ...approved } }));
};

export const forget = async ({ db, table }: Approvals, arn: string): Promise<void> => {
  await db.send(new DeleteCommand({ TableName: table, Key: { pk: arn } }));
};

/** When each function was looked at last, by ARN. */
export const lastLooks = async ({ db, table }: Approvals): Promise<ReadonlyMap<string, string>> => {
  const looks = new Map<string, string>();
  for await (const { Items = [] } of paginateScan(
    { client: db },
    { TableName: table, ProjectionExpression: 'pk, lookedAt' },
  ))
    for (const { pk, lookedAt } of Items)
      if (typeof pk === 'string') looks.set(pk, typeof lookedAt === 'string' ? lookedAt : '');
  return looks;
};
