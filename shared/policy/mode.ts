/** How far the responder may go for a function, from least to most. */
export const MODES = ['ignore', 'observe', 'ask', 'respond'] as const;
export type Mode = (typeof MODES)[number];

/** The tag by which an owner raises a function's mode. */
export const MODE_TAG = 'tourniquet:mode';

const rank = (mode: Mode): number => MODES.indexOf(mode);

/** The higher of two modes. */
export const higher = (a: Mode, b: Mode): Mode => (rank(a) >= rank(b) ? a : b);

/** The lower of two modes. */
export const lower = (a: Mode, b: Mode): Mode => (rank(a) <= rank(b) ? a : b);

export type ModeChoice = { readonly mode: Mode; readonly because: string };

/**
 * The mode of a function: the deployment's default, raised by its tag. A tag never lowers it (invariant 12): whoever
 * took over the function may also be able to tag it, and must gain nothing by that.
 */
export const chooseMode = (defaultMode: Mode, tags: Readonly<Record<string, string>>): ModeChoice => {
  const raw = tags[MODE_TAG];
  if (raw === undefined)
    return { mode: defaultMode, because: `the deployment's default, as the function has no ${MODE_TAG} tag` };
  const tagged = MODES.find((mode) => mode === raw.trim().toLowerCase());
  if (tagged === undefined) {
    return {
      mode: defaultMode,
      because: `the deployment's default, as the tag ${MODE_TAG} is not one of ${MODES.join(', ')}`,
    };
  }
  if (rank(tagged) < rank(defaultMode)) {
    return {
      mode: defaultMode,
      because: `the deployment's default: a tag can raise the mode, not lower it to ${tagged}`,
    };
  }
  return { mode: tagged, because: `the tag ${MODE_TAG}=${tagged}` };
};
