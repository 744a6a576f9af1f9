/** How many containments a deployment may begin by itself: stage parameters, explained in serverless.yml. */
export type Limits = {
  readonly perHour: number;
  readonly percent: number;
  readonly floor: number;
  readonly breakerCount: number;
  readonly breakerMinutes: number;
};

/** What has happened before the containment that is asked for. */
export type Counts = {
  /** Begun in the last hour. */
  readonly lastHour: number;
  /** Functions that are contained now. */
  readonly contained: number;
  /** Functions that the account has, as far as that had to be known; null while the floor decides. */
  readonly functions: number | null;
  /** Suspects that were to be contained in the last `breakerMinutes`, this one included. */
  readonly wanted: number;
};

export type Admission = { readonly admitted: true } | { readonly admitted: false; readonly because: string };

/** How many functions may be contained at a time: a share of the account's, but never fewer than the floor. */
export const mostContained = (functions: number, { percent, floor }: Limits): number =>
  Math.max(floor, Math.floor((functions * percent) / 100));

const refuse = (because: string): Admission => ({
  admitted: false,
  because: `${because}: a human decides`,
});

/**
 * Whether one more containment may begin without a human. Many at once are a rule that is wrong, or an attacker who
 * uses us; neither is stopped by stopping everything. Limits mutations only: what is refused is asked about.
 */
export const admit = ({ lastHour, contained, functions, wanted }: Counts, limits: Limits): Admission => {
  if (wanted >= limits.breakerCount) {
    return refuse(
      `the breaker has tripped: ${wanted} functions were to be contained within ${limits.breakerMinutes} minutes (parameters breakerCount, breakerMinutes)`,
    );
  }
  if (lastHour >= limits.perHour) {
    return refuse(
      `${lastHour} containments were begun in the last hour (parameter maxContainmentsPerHour: ${limits.perHour})`,
    );
  }
  if (contained < limits.floor) return { admitted: true };
  if (functions === null) return refuse('how many functions the account has is not known');
  if (contained < mostContained(functions, limits)) return { admitted: true };
  return refuse(
    `${contained} of ${functions} functions are contained (parameters maxContainedPercent: ${limits.percent}, maxContainedFloor: ${limits.floor})`,
  );
};
