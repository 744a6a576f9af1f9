import { matches } from '../policy/wildcard';

/** By which steps functions of some name are released (policy: `releaseStages`); the first rule that fits decides. */
export type StageRule = {
  /** A function's name, in which `*` stands for anything. */
  readonly functions: string;
  /** Reserved concurrency of each step, rising; none: it is released at once. */
  readonly concurrency: readonly number[];
  /** ARNs of event sources that feed it in its steps; `*` is a wildcard. The others stay off until all is put back. */
  readonly sources: readonly string[];
};

/** The step that a release is at: on the record before it is set, so that what is live is known to be ours. */
export type Stage = {
  /** 1 for the first. */
  readonly number: number;
  readonly of: number;
  readonly concurrency: number;
  readonly at: string;
  /** Reserved concurrency before it: what is live as long as the step's own is not set. */
  readonly before?: number;
  /** Event sources that are switched on in it. */
  readonly sources: readonly string[];
  /** `at` of the decision that it belongs to. */
  readonly decidedAt: string;
};

/**
 * The steps of one release. `reserved`: what the ledger found; null where there was no reservation. A step that is no
 * less than that is none.
 */
export const stagesOf = (rule: StageRule | undefined, reserved: number | null): readonly number[] =>
  (rule?.concurrency ?? []).filter((step) => reserved === null || step < reserved);

/** The rule for a function of that name. */
export const stageRuleOf = (functionName: string, rules: readonly StageRule[]): StageRule | undefined =>
  rules.find(({ functions }) => matches(functions, functionName));

/** A step before it is known what feeds it. */
type Beginning = Omit<Stage, 'sources' | 'before'>;

export type NextStep =
  /** To be set, or set again after a try that died. */
  | { readonly step: 'enter'; readonly stage: Beginning }
  /** All of it. */
  | { readonly step: 'whole' };

/** A timer may be early by as much, against the clock of whoever wrote the time. In milliseconds. */
const EARLY = 1000;

/**
 * What comes next: a step is over once it has lasted `bakeSeconds`. Asked again before that, it is the same step, with
 * the time of its beginning. Pure.
 */
export const nextStep = (
  stage: Beginning | undefined,
  steps: readonly number[],
  decidedAt: string,
  bakeSeconds: number,
  now: Date,
): NextStep => {
  const present = stage?.decidedAt === decidedAt ? stage : undefined;
  if (present !== undefined && !isOver(present, bakeSeconds, now)) return { step: 'enter', stage: present };
  const number = (present?.number ?? 0) + 1;
  const concurrency = steps[number - 1];
  if (concurrency === undefined) return { step: 'whole' };
  return {
    step: 'enter',
    stage: { number, of: steps.length, concurrency, at: now.toISOString(), decidedAt },
  };
};

const isOver = ({ at }: Beginning, bakeSeconds: number, now: Date): boolean =>
  now.getTime() + EARLY >= Date.parse(at) + bakeSeconds * 1000;

/** A step as people read it. */
export const stageLine = ({ number, of, concurrency, sources }: Stage, bakeSeconds: number): string =>
  `Step ${number} of ${of}: its role works again, and up to ${concurrency} of it run at a time, for ${bakeSeconds} s. ${
    sources.length === 0
      ? 'Event sources, URLs and what else was closed stay so'
      : `It is fed by ${sources.join(', ')}; other event sources, URLs and what else was closed stay so`
  }`;
