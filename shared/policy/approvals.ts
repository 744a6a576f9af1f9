import type { ReleaseFrom } from '../recovery/checks/source';
import type { StageRule } from '../recovery/stages';
import { matches } from './wildcard';

/** What a release of some functions needs beside an approver (policy: `approvals`). */
export type ApprovalRule = {
  /** A function's name, in which `*` stands for anything. */
  readonly functions: string;
  /** A tag that the function had when the incident was opened. */
  readonly tag: { readonly key: string; readonly value: string } | null;
  /** The least severity of the incident, 0 to 10. */
  readonly severity: number;
  /** Who may decide, in place of the deployment's approvers. */
  readonly approvers: readonly string[] | null;
  /** How many different people release it. */
  readonly people: number;
  /** Whoever ordered the containment does not release it alone. */
  readonly notTriggeredAlone: boolean;
  /** Whoever deployed the code that is to run does not release it alone. */
  readonly notDeployerAlone: boolean;
};

export type Approvals = {
  /** The first that fits decides. */
  readonly rules: readonly ApprovalRule[];
  /** Principals of one person each: a Slack user and an IAM principal, say. */
  readonly samePerson: readonly (readonly string[])[];
  /** Where code that is released must come from; absent where policy asks for nothing. */
  readonly from?: ReleaseFrom;
  /** By which steps functions are released; absent where they are at once. */
  readonly stages?: readonly StageRule[];
};

export const NO_APPROVALS: Approvals = { rules: [], samePerson: [] };

/** What any approver may do alone: where no rule fits. */
export const ANY_APPROVER: ApprovalRule = {
  functions: '*',
  tag: null,
  severity: 0,
  approvers: null,
  people: 1,
  notTriggeredAlone: false,
  notDeployerAlone: false,
};

export type ApprovalSubject = {
  readonly functionName: string | null;
  /** Tags as they were when the incident was opened: whoever has taken over the function may change them since. */
  readonly labels: Readonly<Record<string, string>>;
  readonly severity: number;
};

/** The rule for an incident. */
export const approvalRuleFor = (
  { functionName, labels, severity }: ApprovalSubject,
  { rules }: Approvals,
): ApprovalRule =>
  rules.find(
    (rule) =>
      severity >= rule.severity &&
      matches(rule.functions, functionName ?? '') &&
      (rule.tag === null || labels[rule.tag.key] === rule.tag.value),
  ) ?? ANY_APPROVER;

/** Those of a function's tags that rules or routes ask for: no more of them is kept. */
export const labelsOf = (
  tags: Readonly<Record<string, string>>,
  rules: readonly { readonly tag: ApprovalRule['tag'] }[],
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    rules.flatMap(({ tag }) => {
      const value = tag === null ? undefined : tags[tag.key];
      return tag === null || value === undefined ? [] : [[tag.key, value]];
    }),
  );
