import * as z from 'zod';
import { type Call, isReadable, readCall } from '../detection/call';
import { signFinder } from '../detection/lines';
import { LOG_RULES } from '../detection/logRules';
import type { Inventory } from './inventory';
import { readLine } from './lines';

/** A recorded call, and the artifact that has it. */
export type Recorded = { readonly artifact: string; readonly at: string; readonly call: Call };

/** A line of the log that says something: what a caller sent, or what ran. */
export type SaidLine = {
  readonly artifact: string;
  readonly at: string;
  readonly kind: 'request' | 'ran';
  readonly title: string;
  readonly techniques: readonly string[];
  readonly text: string;
};

export type Series = {
  readonly artifact: string;
  readonly metric: string;
  readonly periodSeconds: number;
  readonly points: readonly { readonly at: string; readonly value: number }[];
};

export type Package = {
  readonly artifact: string;
  readonly inventory: Inventory;
  /** Of a layer: its version's ARN; null where the sealed configuration does not say. */
  readonly arn?: string | null;
};

/** A way in for everybody, as it stands in the configuration. */
export type Opening = { readonly artifact: string; readonly what: string };

/** All that hypotheses are made of: what was read of the evidence, each piece with its artifact. */
export type Evidence = {
  readonly functionName: string;
  readonly functionArn: string;
  readonly roleArn: string;
  /** ISO 8601: of any finding. */
  readonly firstSign: string;
  /** ARNs or names of principals that policy knows as deployers; `*` is a wildcard. */
  readonly knownDeployers: readonly string[];
  /** Null is: not gathered, or not readable. An empty list is: gathered, and nothing in it. */
  readonly current: Package | null;
  readonly good: Package | null;
  readonly layers: readonly Package[];
  readonly management: readonly Recorded[] | null;
  readonly sessions: readonly Recorded[] | null;
  readonly said: readonly SaidLine[] | null;
  readonly logs: string | null;
  readonly series: readonly Series[];
  readonly openings: readonly Opening[] | null;
  /** Artifact that says that every finding is a sample; null where one is none. */
  readonly sample: string | null;
  readonly gaps: readonly string[];
};

/** More than that are counted, not kept. */
const MOST_CALLS = 20_000;
const MOST_LINES = 500;

const recordSchema = z.object({ eventTime: z.string().catch(''), record: z.unknown() });

const jsonOrNull = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

/** The calls in lines of `management-events.jsonl` or `role-sessions.jsonl`, oldest first, each once. */
export const readCalls = async (
  lines: AsyncIterable<string>,
  artifact: string,
): Promise<{ readonly calls: readonly Recorded[]; readonly whole: boolean }> => {
  const calls: Recorded[] = [];
  const known = new Set<string>();
  let whole = true;
  for await (const line of lines) {
    const parsed = recordSchema.safeParse(jsonOrNull(line));
    if (!parsed.success) continue;
    const call = readCall(parsed.data.record);
    // The same event is found under the name and the ARN, and at the seam of two gatherings.
    if (!isReadable(call) || (call.id !== null && known.has(call.id))) continue;
    if (calls.length >= MOST_CALLS) {
      whole = false;
      break;
    }
    if (call.id !== null) known.add(call.id);
    const at = call.time === null ? parsed.data.eventTime : new Date(call.time).toISOString();
    calls.push({ artifact, at, call });
  }
  return { calls: calls.toSorted((a, b) => a.at.localeCompare(b.at)), whole };
};

const findSigns = signFinder(LOG_RULES);

/** These are of what runs; every other rule about lines is of what a caller sends. */
const RAN: readonly string[] = ['coin-miner', 'reverse-shell', 'metadata-asked', 'credential-logged'];

/** The lines of the log that a rule knows, the first of many. Nothing in a line can end the look. */
export const readSaid = async (
  lines: AsyncIterable<string>,
  artifact: string,
): Promise<readonly SaidLine[]> => {
  const said: SaidLine[] = [];
  for await (const line of lines) {
    if (said.length >= MOST_LINES) break;
    const { timestamp, message } = readLine(line);
    const rules = findSigns(message);
    // A request that brings a shell is a request.
    const rule = rules.find(({ id }) => !RAN.includes(id)) ?? rules[0];
    if (rule === undefined) continue;
    said.push({
      artifact,
      at: timestamp,
      kind: RAN.includes(rule.id) ? 'ran' : 'request',
      title: rule.title,
      techniques: rule.techniques,
      text: message.slice(0, 2000),
    });
  }
  return said;
};

const metricsSchema = z.object({
  period: z.number().positive(),
  metrics: z.array(
    z.object({
      metric: z.string(),
      statistic: z.string(),
      dimensions: z.record(z.string(), z.string()),
      points: z.array(z.object({ at: z.string(), value: z.number() })),
    }),
  ),
});

/** The function's own metrics, without those of single versions and aliases. */
export const readSeries = (text: string, artifact: string): readonly Series[] => {
  const { period, metrics } = metricsSchema.parse(JSON.parse(text));
  return metrics
    .filter(({ dimensions }) => Object.keys(dimensions).length === 1)
    .map(({ metric, statistic, points }) => ({
      artifact,
      metric: `${metric} ${statistic}`,
      periodSeconds: period,
      points,
    }));
};

const layersSchema = z.object({ Layers: z.array(z.object({ Arn: z.string() })).optional() });
const functionSchema = layersSchema.extend({ Qualified: layersSchema.nullish().catch(null) });

/** The layers that ran, in their order, by version ARN: in `configuration/function.json`. */
export const readLayerArns = (text: string): readonly string[] => {
  const { Layers, Qualified } = functionSchema.parse(JSON.parse(text));
  return (Qualified?.Layers ?? Layers ?? []).map(({ Arn }) => Arn);
};

const accessSchema = z.object({
  functionUrls: z.array(
    z.object({ FunctionUrl: z.string().catch(''), AuthType: z.string().catch('') }).catch({
      FunctionUrl: '',
      AuthType: '',
    }),
  ),
  resourcePolicies: z.array(z.object({ policy: z.unknown() })),
});

const statementsSchema = z.object({
  Statement: z.array(
    z.object({
      Sid: z.string().optional().catch(undefined),
      Effect: z.string(),
      Principal: z.unknown(),
      Condition: z.unknown(),
    }),
  ),
});

const isEverybody = (principal: unknown): boolean =>
  principal === '*' ||
  (typeof principal === 'object' &&
    principal !== null &&
    Object.values(principal).some((value) => value === '*' || (Array.isArray(value) && value.includes('*'))));

/** The ways in that stand open for everybody in `configuration/access.json`. */
export const readOpenings = (text: string, artifact: string): readonly Opening[] => {
  const { functionUrls, resourcePolicies } = accessSchema.parse(JSON.parse(text));
  const urls = functionUrls
    .filter(({ AuthType }) => AuthType === 'NONE')
    .map(({ FunctionUrl }) => ({
      artifact,
      what: `the function URL ${FunctionUrl} asks nobody who they are`,
    }));
  const statements = resourcePolicies.flatMap(({ policy }) => {
    const parsed = statementsSchema.safeParse(policy);
    return parsed.success ? parsed.data.Statement : [];
  });
  return [
    ...urls,
    ...statements
      .filter(
        ({ Effect, Principal, Condition }) =>
          Effect === 'Allow' && isEverybody(Principal) && (Condition === undefined || urls.length > 0),
      )
      .map(({ Sid }) => ({
        artifact,
        what: `its policy lets everybody invoke it (statement ${Sid ?? 'without a name'})`,
      })),
  ];
};

const ledgerSchema = z.object({
  witnesses: z.record(z.string(), z.object({ sample: z.boolean().catch(false) })),
});

/** Whether all findings that `response/ledger.json` names are samples. */
export const readSample = (text: string): boolean => {
  const witnesses = Object.values(ledgerSchema.parse(JSON.parse(text)).witnesses);
  return witnesses.length > 0 && witnesses.every(({ sample }) => sample);
};
