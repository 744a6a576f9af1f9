import type { Incident } from '../../incident/incident';
import type { Deployed } from '../../suspect/deployed';
import type { Started } from './code';
import type { DependencyFacts } from './dependency';
import type { PolicyFacts } from './policies';
import type { ReleaseFrom } from './source';
import type { StagingFacts } from './staging';

/** All that a release is judged by, read once. */
export type GateFacts = {
  readonly incident: Pick<
    Incident,
    | 'containment'
    | 'containedDigest'
    | 'containedDigests'
    | 'containedConfiguration'
    | 'candidate'
    | 'secrets'
    | 'questions'
    | 'tasks'
    | 'waivers'
    | 'investigatedAt'
    | 'namedSecretsAt'
    | 'exposedSecretsAt'
  >;
  /** Whether the evidence is still being looked at: it is checked once more after that. */
  readonly awaited: boolean;
  /** What a release would start. */
  readonly started: Started;
  /** Of the code that is judged. */
  readonly live: {
    readonly signer: string | null;
    readonly tags: Readonly<Record<string, string>>;
  };
  /** As it is deployed now, its environment salted as the incident's is. */
  readonly deployed: Deployed;
  /** The same, salted as the last approved state is; with that state, or null where there is none. */
  readonly approved: { readonly state: Deployed; readonly deployed: Deployed } | null;
  readonly policies: PolicyFacts;
  readonly dependency: DependencyFacts;
  readonly staging: StagingFacts;
  readonly from: ReleaseFrom;
};
