import { en } from 'zod/locales';
import * as z from 'zod/mini';
import { type Facet, NO_FACET } from './facet';
import { MEASURES, type Measure } from './observation';
import { EMPTY_RING, RING_LENGTH } from './ring';
import type { Series } from './series';

z.config(en());

/** What is usual of one function. Plain JSON, of a bounded size: docs/baseline.md. */
export type Baseline = {
  readonly version: 1;
  /** The hour of the first thing that was seen of it. */
  readonly since: number | null;
  /** The last hour that is closed; those after it still fill. */
  readonly head: number;
  /** The hour at which it had been seen for long enough. */
  readonly learned: number | null;
  readonly series: Readonly<Record<Measure, Series>>;
  readonly facets: Readonly<Record<FacetName, Facet>>;
  /** Until when new APIs are expected, after a deployment: milliseconds since 1970. */
  readonly deployedUntil: number | null;
  /** When it was last raised that it was at work at an unusual time: an hour. */
  readonly oddAt: number | null;
  /** Digests of the ids that were seen last, newest last. */
  readonly ids: readonly string[];
};

/** `wide` are the networks again, by /8. */
export const FACETS = ['api', 'region', 'network', 'wide', 'agent'] as const;
export type FacetName = (typeof FACETS)[number];

/** As many values as are remembered of each; the one that counts least makes room for a new one. */
export const MOST_VALUES: Readonly<Record<FacetName, number>> = {
  api: 128,
  region: 24,
  network: 64,
  wide: 32,
  agent: 16,
};
/** Of redelivered calls the last so many are known as such. */
export const MOST_IDS = 256;
/** Hours after its end in which an hour still fills. */
export const OPEN_HOURS = 3;

const NO_SERIES: Series = { since: null, ring: EMPTY_RING, open: [], slow: null };

export const NO_BASELINE: Baseline = {
  version: 1,
  since: null,
  head: 0,
  learned: null,
  series: { calls: NO_SERIES, reads: NO_SERIES, bytes: NO_SERIES, sent: NO_SERIES, processed: NO_SERIES },
  facets: { api: NO_FACET, region: NO_FACET, network: NO_FACET, wide: NO_FACET, agent: NO_FACET },
  deployedUntil: null,
  oddAt: null,
  ids: [],
};

const hour = z.int().check(z.gte(0), z.lte(10_000_000));
const number = z.number().check(z.gte(-1e6), z.lte(1e6));
const facet = (most: number) =>
  z.object({
    entries: z
      .array(z.tuple([z.string().check(z.maxLength(100)), z.number().check(z.gte(0)), hour]))
      .check(z.maxLength(most)),
    news: z.array(hour).check(z.maxLength(4)),
    settled: z.nullable(hour),
  });
const series = z.object({
  since: z.nullable(hour),
  ring: z.string().check(z.length(RING_LENGTH), z.regex(/^[A-Za-z0-9+/]*={0,2}$/)),
  open: z.array(z.tuple([hour, z.number().check(z.gte(0), z.lte(1e18))])).check(z.maxLength(OPEN_HOURS + 1)),
  slow: z.nullable(
    z.object({
      hourTail: number,
      dayTail: number,
      level: number,
      noise: number.check(z.gt(0)),
      sum: number,
      risenSince: z.nullable(hour),
    }),
  ),
});

const schema = z.object({
  version: z.literal(1),
  since: z.nullable(hour),
  head: hour,
  learned: z.nullable(hour),
  series: z.object(
    Object.fromEntries(MEASURES.map((measure) => [measure, series])) as Record<Measure, typeof series>,
  ),
  facets: z.object(
    Object.fromEntries(FACETS.map((name) => [name, facet(MOST_VALUES[name])])) as Record<
      FacetName,
      ReturnType<typeof facet>
    >,
  ),
  deployedUntil: z.nullable(z.number().check(z.gte(0))),
  oddAt: z.nullable(hour),
  ids: z.array(z.string().check(z.maxLength(16))).check(z.maxLength(MOST_IDS)),
});

/** Reads a baseline that was stored, or says in one clause why it cannot be read. */
export const parseBaseline = (value: unknown): Baseline | { readonly error: string } => {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return { error: `${issue?.path.map(String).join('.') || 'baseline'}: ${issue?.message ?? 'not valid'}` };
};

export const isBaseline = (read: ReturnType<typeof parseBaseline>): read is Baseline => !('error' in read);
