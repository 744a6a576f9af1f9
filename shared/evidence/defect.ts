import type { ManifestRef } from './manifest';

/** What whoever verifies knows from elsewhere than the bundle. */
export type Trust = {
  /** Fingerprints whose signatures count for an incident of a bucket. Empty: none is known. */
  readonly keysFor: (incident: string, bucket: string) => ReadonlySet<string>;
  /** The newest manifest that this machine saw of an incident: a bundle without it was cut short. */
  readonly headOf: (incident: string) => Pick<ManifestRef, 'number' | 'sha256'> | null;
};

/** One thing that is not as it was sealed. `what` is a word for programs, `text` a sentence for people. */
export type Defect = {
  readonly what:
    | 'changed'
    | 'missing'
    | 'extra'
    | 'renamed'
    | 'truncated'
    | 'reordered'
    | 'manifest'
    | 'signature'
    | 'signer'
    | 'clock'
    | 'chain'
    | 'index';
  readonly path: string;
  readonly text: string;
};
