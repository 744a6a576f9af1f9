import { matches } from './wildcard';

/** How far the responder may go for a function, from least to most. */
export const MODES = ['ignore', 'observe', 'ask', 'respond'] as const;
export type Mode = (typeof MODES)[number];

/** The tag by which an owner raises a function's mode. */
export const MODE_TAG = 'tourniquet:mode';

/** One entry of the parameter `modes`: the mode of findings about some functions, from a severity on. */
export type ModeEntry = {
  /** A function's name, in which `*` stands for anything. */
  readonly functions: string;
  /** The least severity it is for, 0 to 10 in GuardDuty's scale; 0 is every finding. */
  readonly severity: number;
  readonly mode: Mode;
};

/** What the deployment says of modes. */
export type ModePolicy = { readonly defaultMode: Mode; readonly modes: readonly ModeEntry[] };

const rank = (mode: Mode): number => MODES.indexOf(mode);

/** The higher of two modes. */
export const higher = (a: Mode, b: Mode): Mode => (rank(a) >= rank(b) ? a : b);

/** The lower of two modes. */
export const lower = (a: Mode, b: Mode): Mode => (rank(a) <= rank(b) ? a : b);

export type ModeChoice = { readonly mode: Mode; readonly because: string };

/** The mode that a tag's value names, or null: blanks around it and capitals do not matter. */
export const modeNamed = (value: string): Mode | null =>
  MODES.find((mode) => mode === value.trim().toLowerCase()) ?? null;

/** The mode that a function's own tag asks for; null without one, or with another value. */
export const modeTagged = (tags: Readonly<Record<string, string>>): Mode | null =>
  modeNamed(tags[MODE_TAG] ?? '');

/** What the deployment says, before any tag: of the entries that are for it the first, else the default. */
const chooseByPolicy = (functionName: string, severity: number, policy: ModePolicy): ModeChoice => {
  const index = policy.modes.findIndex(
    (entry) => severity >= entry.severity && matches(entry.functions, functionName),
  );
  const entry = policy.modes[index];
  if (entry === undefined) return { mode: policy.defaultMode, because: "the deployment's default" };
  const from = entry.severity === 0 ? '' : ` from severity ${entry.severity}`;
  return {
    mode: entry.mode,
    because: `the deployment's modes, entry ${index + 1} (${entry.functions}${from})`,
  };
};

/**
 * The mode for one finding about a function: what the deployment says, raised by the function's tag. A tag never lowers
 * it (invariant 12): whoever took over the function may also be able to tag it, and must gain nothing by that.
 * `severity` is the finding's, 0 to 10.
 */
export const chooseMode = (
  functionName: string,
  severity: number,
  tags: Readonly<Record<string, string>>,
  policy: ModePolicy,
): ModeChoice => {
  const { mode, because } = chooseByPolicy(functionName, severity, policy);
  if (tags[MODE_TAG] === undefined)
    return { mode, because: `${because}, as the function has no ${MODE_TAG} tag` };
  const tagged = modeTagged(tags);
  if (tagged === null)
    return { mode, because: `${because}, as the tag ${MODE_TAG} is not one of ${MODES.join(', ')}` };
  if (rank(tagged) < rank(mode))
    return { mode, because: `${because}: a tag can raise the mode, not lower it to ${tagged}` };
  return { mode: tagged, because: `the tag ${MODE_TAG}=${tagged}` };
};

/**
 * How far the responder would go for a function, by severity, for people: one line for each range in which the answer
 * is the same, highest first.
 */
export const modesBySeverity = (
  functionName: string,
  tags: Readonly<Record<string, string>>,
  policy: ModePolicy,
): readonly string[] => {
  const bounds = [...new Set([0, ...policy.modes.map(({ severity }) => severity)])].toSorted((a, b) => a - b);
  const choices = bounds.map((from) => ({ from, ...chooseMode(functionName, from, tags, policy) }));
  const ranges = choices.filter(({ mode, because }, index) => {
    const before = choices[index - 1];
    return before === undefined || before.mode !== mode || before.because !== because;
  });
  return ranges
    .map(({ from, mode, because }, index) => {
      const to = ranges[index + 1]?.from;
      const range =
        to === undefined
          ? from === 0
            ? 'any severity'
            : `severity ${from} and higher`
          : from === 0
            ? `severity below ${to}`
            : `severity ${from} to below ${to}`;
      return `${range}: ${mode} (${because})`;
    })
    .toReversed();
};
