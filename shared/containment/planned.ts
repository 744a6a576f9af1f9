import * as z from 'zod/mini';

/** One control in the plan. `stage`: those of one stage are put on side by side, the stages one after the other. */
export type PlannedStep = { readonly control: string; readonly title: string; readonly stage: number } & (
  | {
      readonly applies: true;
      readonly found: string;
      readonly does: string;
      readonly inverse: string;
      readonly cautions: readonly string[];
      /** What was captured and the commands that put it back. Left out of receipts. */
      readonly before?: unknown;
      readonly undo?: readonly string[];
    }
  | { readonly applies: false; readonly why: string }
  /** It could not be found out whether it applies; containment would try. */
  | { readonly applies: 'unknown'; readonly unknown: string }
);

/** One part of what a containment reaches besides the function. */
export type BlastPart = {
  readonly id: string;
  readonly title: string;
  /** How many there are (at least, where `notKnown` is there as well); null where that is not known. */
  readonly count: number | null;
  readonly lines: readonly string[];
  /** What could not be read, or cannot be known: an empty list must not look like nothing (invariant 8). */
  readonly notKnown?: string;
};

/** What containing one function would do, as its live state is: readable before anything runs. */
export type Plan = {
  readonly functionArn: string;
  readonly roleArn: string;
  readonly plannedAt: string;
  /** What is out of the ordinary: contained already, being updated, half deleted. */
  readonly standing: readonly string[];
  readonly steps: readonly PlannedStep[];
  readonly blastRadius: readonly BlastPart[];
  readonly losses: readonly string[];
  readonly cannotContain: readonly string[];
};

/** A receipt stays well within an item of the incident table, which may be 400 KB with everything else in it. */
export const RECEIPT_BYTES = 50 * 1024;

type Bounds = { readonly lines: number; readonly characters: number };
// The last one fits whatever a function has: about 150 lines of 75 characters of at most 4 bytes.
const BOUNDS: readonly Bounds[] = [
  { lines: 25, characters: 400 },
  { lines: 10, characters: 250 },
  { lines: 3, characters: 75 },
];

const shorten = (text: string, { characters }: Bounds): string => {
  if (text.length <= characters) return text;
  // By code points: half a pair of surrogates is no text.
  const points = [...text];
  return points.length <= characters ? text : `${points.slice(0, characters - 1).join('')}…`;
};

const few = (lines: readonly string[], bounds: Bounds): readonly string[] => [
  ...lines.slice(0, bounds.lines).map((line) => shorten(line, bounds)),
  ...(lines.length > bounds.lines ? [`and ${lines.length - bounds.lines} more`] : []),
];

const shortStep = (step: PlannedStep, bounds: Bounds): PlannedStep => {
  const { control, title, stage } = step;
  const common = { control, title, stage };
  if (step.applies === false) return { ...common, applies: false, why: shorten(step.why, bounds) };
  if (step.applies === 'unknown')
    return { ...common, applies: 'unknown', unknown: shorten(step.unknown, bounds) };
  return {
    ...common,
    applies: true,
    found: shorten(step.found, bounds),
    does: shorten(step.does, bounds),
    inverse: shorten(step.inverse, bounds),
    cautions: few(step.cautions, bounds),
  };
};

const shortPlan = (plan: Plan, bounds: Bounds): Plan => ({
  ...plan,
  standing: few(plan.standing, bounds),
  steps: plan.steps.map((step) => shortStep(step, bounds)),
  blastRadius: plan.blastRadius.map((part) => ({
    ...part,
    lines: few(part.lines, bounds),
    ...(part.notKnown === undefined ? {} : { notKnown: shorten(part.notKnown, bounds) }),
  })),
  losses: few(plan.losses, bounds),
  cannotContain: few(plan.cannotContain, bounds),
});

/** The plan as it is kept on record: without captured state, and short. Counts stay whole. */
export const receiptOf = (plan: Plan): Plan => {
  const sizes = BOUNDS.map((bounds) => shortPlan(plan, bounds));
  const fitting = sizes.find((receipt) => Buffer.byteLength(JSON.stringify(receipt)) <= RECEIPT_BYTES);
  return fitting ?? (sizes.at(-1) as Plan);
};

/** The parts of a plan that people are shown of a receipt. */
export type Receipt = Pick<Plan, 'standing' | 'steps' | 'blastRadius' | 'losses'>;

const oldLine = z.pipe(
  z.object({ title: z.string(), would: z.string() }),
  z.transform(({ title, would }) => `${title}: ${would}`),
);

const listOf = <T>(value: unknown): readonly T[] => (Array.isArray(value) ? (value as T[]) : []);

/**
 * A receipt as it may stand in an old record: before there were plans, it was a list of what each control would do. Null
 * where there is none; what cannot be read at all is said so, and stops nobody from reading the rest of the incident.
 */
export const readReceipt = (recorded: unknown): Receipt | null => {
  if (recorded === undefined || recorded === null) return null;
  const nothing = { steps: [], blastRadius: [], losses: [] };
  if (Array.isArray(recorded)) {
    const lines = recorded.map((entry) => oldLine.safeParse(entry).data).filter((line) => line !== undefined);
    return { ...nothing, standing: ['This receipt was written by an older version', ...lines] };
  }
  if (typeof recorded !== 'object' || !Array.isArray((recorded as Partial<Plan>).steps))
    return { ...nothing, standing: ['This receipt is of a shape that is not known here'] };
  const plan = recorded as Partial<Plan>;
  return {
    standing: listOf(plan.standing),
    steps: listOf(plan.steps),
    blastRadius: listOf(plan.blastRadius),
    losses: listOf(plan.losses),
  };
};

/** A step in one line. */
export const stepLine = (step: PlannedStep): string => {
  if (step.applies === true) return `${step.title}: ${step.does} (found ${step.found})`;
  if (step.applies === false) return `${step.title}: not needed: ${step.why}`;
  return `${step.title}: not known whether it applies: ${step.unknown}`;
};

/** The blast radius in numbers, one line for each part that has any or is not known. */
export const blastLine = ({ title, count, notKnown }: BlastPart): string | null => {
  if (count === null) return `${title}: not known`;
  if (count === 0 && notKnown === undefined) return null;
  return `${title}: ${notKnown === undefined ? '' : 'at least '}${count}`;
};
