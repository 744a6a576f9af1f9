/** The one place that reads the process environment, so that what a function depends on can be found. */

export class MissingSettingError extends Error {
  override readonly name = 'MissingSettingError';
}

/** The value of an environment variable that the template sets; throws {@link MissingSettingError} without it. */
export const requireEnv = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new MissingSettingError(
      `the environment variable ${name} is not set: the template sets it for every function`,
    );
  }
  return value;
};

/** The value of an environment variable that may be empty. */
export const optionalEnv = (name: string): string => process.env[name] ?? '';

/** A comma-separated environment variable as a list; empty when unset. */
export const listEnv = (name: string): readonly string[] =>
  (process.env[name] ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

/** Where STS answers: the region's own endpoint, or the one that the environment names, as the SDKs read it. */
export const stsEndpoint = (region: string): string =>
  `${(process.env.AWS_ENDPOINT_URL_STS || process.env.AWS_ENDPOINT_URL || `https://sts.${region}.amazonaws.com`).replace(/\/+$/, '')}/`;

/** What the policy file expects, as JSON: written in full, as it stands in its place in a bundle (infrastructure/bundle.cjs). */
export const bundledAllowances = (): string => process.env.TOURNIQUET_ALLOWANCES ?? '';

/** What the policy file looks for in logs, as JSON; in a bundle like {@link bundledAllowances}. */
export const bundledWatchlist = (): string => process.env.TOURNIQUET_WATCHLIST ?? '';

/** What the policy file asks of releases, as JSON; in a bundle like {@link bundledAllowances}. */
export const bundledApprovals = (): string => process.env.TOURNIQUET_APPROVALS ?? '';

/** Where the policy file has incidents told, as JSON; in a bundle like {@link bundledAllowances}. */
export const bundledRoutes = (): string => process.env.TOURNIQUET_ROUTES ?? '';
