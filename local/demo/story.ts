import type { Instance } from '../instance';
import type { LiveState } from '../liveState';
import type { Workload } from '../workload/deploy';

/** A claim, and what the local AWS says to it when it is read back. */
export type Check = { readonly claim: string; readonly holds: boolean; readonly found: string };

/** What the steps of the story hand on to each other. */
export type World = {
  readonly instance: Instance;
  readonly workload: Workload;
  readonly before: LiveState;
  readonly compromised: { readonly sha256: string; readonly base64: string };
  readonly stolen: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
  };
  readonly paymentSecretVersion: string;
  readonly paymentSecret: string;
  readonly partnerSecretVersion: string;
  readonly findingAt: number;
  readonly incidentId: string;
  readonly messageTs: string;
};

export type Step = {
  readonly title: string;
  /** What it adds to the world, and what it claims. */
  readonly run: (
    world: World,
  ) => Promise<{ readonly adds?: Partial<World>; readonly checks: readonly Check[] }>;
};

export const check = (claim: string, holds: boolean, found: unknown): Check => ({
  claim,
  holds,
  found: typeof found === 'string' ? found : JSON.stringify(found),
});
