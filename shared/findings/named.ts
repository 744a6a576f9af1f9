import { type FunctionArn, parseFunctionArn } from '../suspect/functionArn';
import type { Finding, Named, RoleSession } from './finding';

/** Why what a finding only names is no reason to contain it. */
export const ONLY_NAMED =
  'at most ask: the finding names the function, it does not show that the function acted';

const sessionKey = ({ accountId, roleName, session }: RoleSession): string =>
  `${accountId}/${roleName}/${session ?? ''}`;

const once = <T>(values: readonly T[], keyOf: (value: T) => string): readonly T[] => [
  ...new Map(values.map((value) => [keyOf(value), value])).values(),
];

/** A role is named beside its own session: the session says more. */
const isSaid = (entry: RoleSession, sessions: readonly RoleSession[]): boolean =>
  entry.session === null &&
  sessions.some(
    ({ accountId, roleName, session }) =>
      session !== null && accountId === entry.accountId && roleName === entry.roleName,
  );

/** Functions and sessions, each once; ARNs that are no function's are left out. */
export const namedIn = (
  arns: readonly (string | null)[],
  sessions: readonly (RoleSession | null)[],
): Named => {
  const known = sessions.filter((session): session is RoleSession => session !== null);
  return {
    functions: once(
      arns.map((arn) => parseFunctionArn(arn ?? '')).filter((arn): arn is FunctionArn => arn !== null),
      ({ arn }) => arn,
    ),
    sessions: once(
      known.filter((session) => !isSaid(session, known)),
      sessionKey,
    ),
  };
};

export const namesNothing = ({ functions, sessions }: Named): boolean =>
  functions.length === 0 && sessions.length === 0;

/**
 * Whom a finding is about: the one function that it names, or else what has to be looked up. Sessions go first, because
 * who acted is more than what was acted on.
 */
export const aboutOf = (named: Named): Pick<Finding, 'suspect' | 'named'> => {
  const [only, another] = named.functions;
  return only !== undefined && another === undefined && named.sessions.length === 0
    ? { suspect: only }
    : { suspect: null, named };
};
