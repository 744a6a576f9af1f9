/** The role behind a session: `arn:…:sts::1:assumed-role/Name/session` is `arn:…:iam::1:role/Name`. */
const roleOfSession = (arn: string): string | null => {
  const match = /^arn:(aws[a-z-]*):sts::(\d{12}):assumed-role\/([\w+=,.@-]+)\/[\w+=,.@-]+$/.exec(arn);
  return match === null ? null : `arn:${match[1]}:iam::${match[2]}:role/${match[3]}`;
};

const withoutPath = (roleArn: string): string => roleArn.replace(/:role\/(?:.*\/)?([^/]+)$/, ':role/$1');

/**
 * Whether a principal is on the approvers' list: a Slack user id as Slack signed it, or an IAM ARN as AWS gave it.
 * A role on the list admits its sessions. Compared whole: no patterns, so that no name can be made to match.
 */
export const isApprover = (approvers: readonly string[], principal: string): boolean => {
  if (approvers.includes(principal)) return true;
  const role = roleOfSession(principal);
  // A session's ARN has no path, so the listed role is compared without its own.
  return role !== null && approvers.some((entry) => entry.includes(':role/') && withoutPath(entry) === role);
};
