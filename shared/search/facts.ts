import { type CloudTrailClient, paginateLookupEvents } from '@aws-sdk/client-cloudtrail';
import { type LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { isReadable, readCall } from '../detection/call';
import { text } from '../detection/fields';
import { functionOf } from '../detection/targets';
import { principalOf } from '../investigation/who';
import type { Changed, Listed } from './match';

/** What was read, and what was not, as sentences. */
export type Read<T> = { readonly found: readonly T[]; readonly gaps: readonly string[] };

/** After `isOverdue` nothing more is asked for; `signal` ends what hangs. */
export type Patience = { readonly isOverdue: () => boolean; readonly signal: AbortSignal };

/** Lambda gives fifty at a time. */
const MOST_FUNCTIONS = 10_000;

/** The functions of the Region as they are now: `$LATEST` alone. Environments stand in the answers, and are not kept. */
export const readFunctions = async (
  lambda: LambdaClient,
  { isOverdue, signal }: Patience,
): Promise<Read<Listed>> => {
  const found: Listed[] = [];
  for await (const { Functions = [], NextMarker } of paginateListFunctions(
    { client: lambda, pageSize: 50 },
    {},
    { abortSignal: signal },
  )) {
    for (const { FunctionName, FunctionArn, CodeSha256, CodeSize, Layers, LastModified } of Functions)
      if (FunctionName !== undefined && FunctionArn !== undefined)
        found.push({
          functionName: FunctionName,
          functionArn: FunctionArn,
          codeSha256: CodeSha256 ?? '',
          codeSize: CodeSize ?? 0,
          layers: (Layers ?? []).flatMap(({ Arn }) => Arn ?? []),
          lastModified: LastModified ?? '',
        });
    if (NextMarker !== undefined && (isOverdue() || found.length >= MOST_FUNCTIONS))
      return { found, gaps: [`functions beyond the first ${found.length} of the Region`] };
  }
  return { found, gaps: [] };
};

/** The calls that change what a function runs, or who reaches it, by their names in CloudTrail (with the API's version). */
export const CHANGES = [
  'UpdateFunctionCode20150331v2',
  'UpdateFunctionConfiguration20150331v2',
  'CreateFunction20150331',
  'AddPermission20150331v2',
  'CreateFunctionUrlConfig',
  'UpdateFunctionUrlConfig',
] as const;

/** Of each of {@link CHANGES}: CloudTrail gives fifty at a time, newest first, and admits two look-ups a second. */
const MOST_OF_A_CALL = 500;

const changeOf = (record: string | undefined): Changed | null => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(record ?? '');
  } catch {
    return null;
  }
  const call = readCall(parsed);
  if (!isReadable(call) || call.service !== 'lambda' || call.error !== null || call.time === null)
    return null;
  const functionArn = functionOf(call);
  if (functionArn === null) return null;
  return {
    functionArn,
    event: call.name,
    at: new Date(call.time).toISOString(),
    principal: principalOf(call),
    accessKey: text(call.record, 'userIdentity.accessKeyId'),
    address: call.address,
  };
};

/**
 * The changes of functions of the Region since a time (ISO 8601), as CloudTrail's event history has them. By the call's
 * name: a look-up takes one attribute, and the sessions of a role have names of their own.
 */
export const readChanges = async (
  cloudTrail: CloudTrailClient,
  since: string,
  { isOverdue, signal }: Patience,
): Promise<Read<Changed>> => {
  const found: Changed[] = [];
  const gaps: string[] = [];
  for (const AttributeValue of CHANGES) {
    let read = 0;
    const pages = paginateLookupEvents(
      { client: cloudTrail, pageSize: 50 },
      {
        LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue }],
        // Events have whole seconds.
        StartTime: new Date(Math.floor(Date.parse(since) / 1000) * 1000),
      },
      { abortSignal: signal },
    );
    for await (const { Events = [], NextToken } of pages) {
      read += Events.length;
      found.push(...Events.flatMap(({ CloudTrailEvent }) => changeOf(CloudTrailEvent) ?? []));
      if (NextToken !== undefined && (isOverdue() || read >= MOST_OF_A_CALL)) {
        gaps.push(`calls of ${AttributeValue} before the newest ${read}`);
        break;
      }
    }
  }
  return { found, gaps };
};
