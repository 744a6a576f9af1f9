import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import {
  DeleteParameterCommand,
  ParameterAlreadyExists,
  ParameterNotFound,
  PutParameterCommand,
  paginateGetParametersByPath,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import type { Reach, Target } from './cut';

/*
 * To mend is to give a permission. So what is put back is not what the caller says, nor what the ledger says, which others
 * of our roles write: it is what was found here, kept in parameters that this function's role alone may write
 * (infrastructure/dependants.cjs). Nobody is given anything who had it not before (invariant 12).
 */

export type Keeper = {
  readonly ssm: SSMClient;
  /** `/<service>/<stage>/dependants`. */
  readonly keptUnder: string;
};

/** A target as it was when it was first cut, and in which account that is. */
export type Kept = { readonly account: string; readonly target: Target<unknown> };

/** One containment that cuts targets of a kind. `targets`: their keys. */
export type Holder = { readonly holder: string; readonly reach: Reach; readonly targets: readonly string[] };

/** SSM, Parameter Store: an advanced parameter holds 8 KB. */
const MOST_CHARACTERS = 8192;

/** Ids have characters that names of parameters may not have. */
export const keyOf = (id: string): string => createHash('sha256').update(id).digest('hex').slice(0, 24);

/** Not as it is: SSM reads {{ }} as a reference. Policies repeat themselves, and get small. */
const written = (value: unknown): string =>
  deflateRawSync(Buffer.from(JSON.stringify(value)), { level: 9 }).toString('base64');
const readBack = (text: string): unknown =>
  JSON.parse(inflateRawSync(Buffer.from(text, 'base64')).toString());

/** Whether a target can be kept at all: what cannot be kept is not cut. */
export const fits = (kept: Kept): boolean => written(kept).length <= MOST_CHARACTERS;

const allUnder = async (path: string, { ssm }: Keeper): Promise<readonly (readonly [string, unknown])[]> => {
  const found: (readonly [string, unknown])[] = [];
  for await (const { Parameters = [] } of paginateGetParametersByPath({ client: ssm }, { Path: path }))
    for (const { Name = '', Value = '' } of Parameters)
      found.push([Name.slice(Name.lastIndexOf('/') + 1), readBack(Value)]);
  return found;
};

const put = async (
  name: string,
  value: unknown,
  description: string,
  overwrite: boolean,
  { ssm }: Keeper,
): Promise<void> => {
  try {
    await ssm.send(
      new PutParameterCommand({
        Name: name,
        Description: description,
        Value: written(value),
        Type: 'String',
        Tier: 'Intelligent-Tiering',
        Overwrite: overwrite,
      }),
    );
  } catch (error) {
    // The first record wins: a retry, which may find what we ourselves have cut, keeps the original.
    if (overwrite || !(error instanceof ParameterAlreadyExists)) throw error;
  }
};

const forget = async (name: string, { ssm }: Keeper): Promise<void> => {
  try {
    await ssm.send(new DeleteParameterCommand({ Name: name }));
  } catch (error) {
    if (!(error instanceof ParameterNotFound)) throw error;
  }
};

/** What is kept of one kind, by key, and by whom. `stale`: keys of what nobody holds: who held it died over dropping it. */
export type Book = {
  readonly kept: ReadonlyMap<string, Kept>;
  readonly holders: readonly Holder[];
  readonly stale: ReadonlySet<string>;
};

export const readBook = async (kind: string, keeper: Keeper): Promise<Book> => {
  const [kept, holders] = await Promise.all([
    allUnder(`${keeper.keptUnder}/${kind}/kept`, keeper),
    allUnder(`${keeper.keptUnder}/${kind}/held`, keeper),
  ]);
  const notes = holders.map(([, holder]) => holder as Holder);
  const isHeld = (key: string): boolean => notes.some(({ targets }) => targets.includes(key));
  const entries = kept as readonly (readonly [string, Kept])[];
  return {
    kept: new Map(entries.filter(([key]) => isHeld(key))),
    holders: notes,
    stale: new Set(entries.map(([key]) => key).filter((key) => !isHeld(key))),
  };
};

const holderName = (kind: string, holder: string, { keptUnder }: Keeper): string =>
  `${keptUnder}/${kind}/held/${keyOf(holder)}`;

/** A containment notes what it cuts before it cuts it. Nobody else writes its note. */
export const join = (kind: string, holder: Holder, keeper: Keeper): Promise<void> =>
  put(
    holderName(kind, holder.holder, keeper),
    holder,
    `${kind} that are cut for ${holder.holder}`,
    true,
    keeper,
  );

export const leave = (kind: string, holder: string, keeper: Keeper): Promise<void> =>
  forget(holderName(kind, holder, keeper), keeper);

export const keep = (kind: string, kept: Kept, keeper: Keeper): Promise<void> =>
  put(
    `${keeper.keptUnder}/${kind}/kept/${keyOf(kept.target.id)}`,
    kept,
    `One of ${kind} as it was before it was cut off`,
    false,
    keeper,
  );

export const drop = (kind: string, key: string, keeper: Keeper): Promise<void> =>
  forget(`${keeper.keptUnder}/${kind}/kept/${key}`, keeper);
