import { isDeepStrictEqual } from 'node:util';

type Principals = Readonly<Record<string, string | readonly string[]>>;
type Statement = { readonly Effect?: string; readonly Principal?: string | Principals };
type Policy = { readonly Statement?: Statement | readonly Statement[] };

/** A trust policy must have a statement. This one admits nobody. */
const NOBODY = {
  Sid: 'TourniquetNobody',
  Effect: 'Deny',
  Principal: { AWS: '*' },
  Action: 'sts:AssumeRole',
} as const;

const statementsOf = (document: unknown): readonly Statement[] =>
  [(document as Policy | null)?.Statement ?? []].flat();

const awsOf = ({ Effect, Principal }: Statement): readonly string[] =>
  Effect === 'Allow' && typeof Principal === 'object' ? [Principal.AWS ?? []].flat() : [];

/** The IAM principals that a trust policy admits by name. Pure. */
export const principalsIn = (document: unknown): readonly string[] => [
  ...new Set(statementsOf(document).flatMap(awsOf)),
];

/** Whether a principal is a role, or one of its sessions: `arn:aws:sts::<account>:assumed-role/<name>/<session>`. Pure. */
export const isOfRole = (principal: string, roleArn: string): boolean => {
  if (principal === roleArn) return true;
  const [, partition = '', , , account = '', path = ''] = roleArn.split(':');
  const name = path.slice(path.lastIndexOf('/') + 1);
  return principal.startsWith(`arn:${partition}:sts::${account}:assumed-role/${name}/`);
};

const without = (statement: Statement, isOut: (principal: string) => boolean): readonly Statement[] => {
  const named = awsOf(statement);
  const left = named.filter((principal) => !isOut(principal));
  if (left.length === named.length) return [statement];
  const { AWS: _taken, ...others } = statement.Principal as Principals;
  const [first, ...rest] = left;
  if (first === undefined && Object.keys(others).length === 0) return [];
  if (first === undefined) return [{ ...statement, Principal: others }];
  return [{ ...statement, Principal: { ...others, AWS: rest.length === 0 ? first : [first, ...rest] } }];
};

/**
 * A trust policy without some principals: what is taken out is all that changes. A statement that admitted nobody else
 * is left out. Pure.
 */
export const trustWithout = (document: unknown, isOut: (principal: string) => boolean): unknown => {
  const before = statementsOf(document);
  const after = before.flatMap((statement) => without(statement, isOut));
  if (isDeepStrictEqual(before, after)) return document;
  return { ...(document as Policy), Statement: after.length === 0 ? [NOBODY] : after };
};

/** IAM keeps no order among principals, and takes one as a text or as a list. */
const inOrder = (document: unknown): unknown => ({
  ...(document as Policy | null),
  Statement: statementsOf(document).map((statement) => ({
    ...statement,
    Principal:
      typeof statement.Principal === 'object'
        ? Object.fromEntries(
            Object.entries(statement.Principal).map(([kind, names]) => [kind, [names].flat().toSorted()]),
          )
        : statement.Principal,
  })),
});

/** Whether two trust policies admit the same in the same words. Pure. */
export const sameTrust = (one: unknown, other: unknown): boolean =>
  isDeepStrictEqual(inOrder(one), inOrder(other));
