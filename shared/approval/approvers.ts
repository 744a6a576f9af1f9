/** The role behind a session: `arn:…:sts::1:assumed-role/Name/session` is `arn:…:iam::1:role/Name`. */
export const roleOfSession = (arn: string): string | null => {
  const match = /^arn:(aws[a-z-]*):sts::(\d{12}):assumed-role\/([\w+=,.@-]+)\/[\w+=,.@-]+$/.exec(arn);
  return match === null ? null : `arn:${match[1]}:iam::${match[2]}:role/${match[3]}`;
};

export const withoutPath = (arn: string): string => arn.replace(/:role\/(?:.*\/)?([^/]+)$/, ':role/$1');

/** Members of the Slack user groups on the list, by the group's id. */
export type Groups = Readonly<Record<string, readonly string[]>>;

export const SLACK_GROUP = /^S[A-Z0-9]{2,20}$/;

/**
 * The entry of the approvers' list that admits a principal, a Slack user id as Slack signed it or an IAM ARN as AWS gave
 * it; null where none does. A role on the list admits its sessions, a Slack user group its members. Compared whole: no
 * patterns, so that no name can be made to match.
 */
export const entryFor = (
  approvers: readonly string[],
  principal: string,
  groups: Groups = {},
): string | null => {
  if (approvers.includes(principal)) return principal;
  const role = roleOfSession(principal);
  // A session's ARN has no path, so the listed role is compared without its own.
  return (
    approvers.find(
      (entry) =>
        (role !== null && entry.includes(':role/') && withoutPath(entry) === role) ||
        (SLACK_GROUP.test(entry) && groups[entry]?.includes(principal) === true),
    ) ?? null
  );
};

/** Whether a principal is on the approvers' list: {@link entryFor}. */
export const isApprover = (approvers: readonly string[], principal: string, groups: Groups = {}): boolean =>
  entryFor(approvers, principal, groups) !== null;
