import { DEPENDANT_KINDS, DEPENDANTS, type DependantChoices } from './dependants';

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
  /** What depends on a suspect and is cut off from it, by kind. */
  readonly dependants: DependantChoices;
};

/** What holds for one containment: policy's choices, and what an approver has added. */
export const choicesWith = (choices: Choices, added: readonly string[] = []): Choices => ({
  ...choices,
  narrowTrust: choices.narrowTrust === 'ask' && added.includes('trust') ? 'on' : choices.narrowTrust,
  dependants: Object.fromEntries(
    Object.entries(choices.dependants).map(([kind, choice]) => [kind, added.includes(kind) ? 'on' : choice]),
  ),
});

/** Whether what is found out of the evidence makes something of this containment possible that was not before. */
export const awaitsReach = (choices: Choices): boolean =>
  DEPENDANT_KINDS.some((kind) => DEPENDANTS[kind].needsReach && choices.dependants[kind] === 'on');
