/** What the deployment's policy leaves open: each a stage parameter, explained in serverless.yml. */
export type Choices = {
  /** A role that several functions share: deny all of it, or only what the suspect calls from inside Lambda. */
  readonly sharedRole: 'role-wide' | 'scoped';
  /** Whether a contained function may not even write its logs and traces. */
  readonly denyLogs: boolean;
  readonly narrowTrust: boolean;
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
