/** What the deployment's policy leaves open: each a stage parameter, explained in serverless.yml. */
export type Choices = {
  /** A role that several functions share: deny all of it, or only what the suspect calls from inside Lambda. */
  readonly sharedRole: 'role-wide' | 'scoped';
  /** Whether a contained function may not even write its logs and traces. */
  readonly denyLogs: boolean;
  /** `ask`: where an approver adds it. */
  readonly narrowTrust: 'off' | 'ask' | 'on';
  /** Names of roles (`*` is a wildcard) that a deny of one function, or of old sessions, may be written into. */
  readonly inlineRoles: readonly string[];
  /** What becomes of the sessions that environments behind a version or an alias still hold at the release. */
  readonly aliasSessions: 'accept' | 'publish' | 'wait';
  /** Whether the other functions of a shared role are recycled at the release, so that they get new sessions. */
  readonly recycleSiblings: boolean;
  /** How long a containment is expected to last, in hours: what it would lose in that time is shown. */
  readonly expectedHours: number;
  /** What is changed on a contained function: put back, or left for people who are paged. */
  readonly driftAction: 'put-back' | 'escalate';
};

/** Controls that policy may leave to an approver, who adds them to a containment, by what is told of them. */
export const ADDABLE = {
  trust: 'nobody but Lambda may assume its role',
} as const;
export type Addable = keyof typeof ADDABLE;
export const ADDABLES = Object.keys(ADDABLE) as [Addable, ...Addable[]];

/** The controls that this deployment leaves to approvers. */
export const addableIn = ({ narrowTrust }: Choices): readonly Addable[] =>
  narrowTrust === 'ask' ? ['trust'] : [];

/** What holds for one containment: policy's choices, and what an approver has added. */
export const choicesWith = (choices: Choices, added: readonly string[] = []): Choices => ({
  ...choices,
  narrowTrust: choices.narrowTrust === 'ask' && added.includes('trust') ? 'on' : choices.narrowTrust,
});
