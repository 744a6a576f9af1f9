/** A name as MySQL and MariaDB quote it in the default SQL mode. */
const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

export type Rights = {
  /** `GRANT … ON …`, without to whom. */
  readonly sql: string;
  readonly grantable: boolean;
};

/** What a line of SHOW GRANTS gives a user; null for one that gives nothing to this one (a default role, a revoke). */
export const rightsIn = (line: string, username: string, host: string): Rights | null => {
  const to = ` TO ${quoted(username)}@${quoted(host)}`;
  const at = line.indexOf(to);
  if (!line.startsWith('GRANT ') || at === -1) return null;
  return { sql: line.slice(0, at), grantable: / WITH GRANT OPTION\b/.test(line.slice(at + to.length)) };
};

/** Quoted names and texts, which are anybody's words. */
const QUOTED = /`(?:[^`]|``)*`|'(?:[^'\\]|\\.|'')*'/g;

/** What a line of SHOW CREATE USER says of how the user may log in. */
export const loginIn = (line: string): { readonly locked: boolean; readonly needsTls: boolean } => {
  const words = line.replaceAll(QUOTED, '?');
  return { locked: /\bACCOUNT LOCK\b/.test(words), needsTls: /\bREQUIRE SSL\b/.test(words) };
};
