type Principals = Readonly<Record<string, string | readonly string[]>>;
type TrustStatement = {
  readonly Effect?: string;
  readonly Principal?: string | Principals;
  readonly NotPrincipal?: unknown;
};
type TrustPolicy = { readonly Statement?: TrustStatement | readonly TrustStatement[] };

/** Without these the function cannot run; with these alone nobody else gets sessions of the role. */
const LAMBDA: readonly string[] = ['lambda.amazonaws.com', 'edgelambda.amazonaws.com'];

const statementsOf = (policy: unknown): readonly TrustStatement[] =>
  [(policy as TrustPolicy | null)?.Statement ?? []].flat();

const lambdaOf = ({ Principal }: TrustStatement): readonly string[] =>
  typeof Principal === 'object'
    ? [Principal.Service ?? []].flat().filter((name) => LAMBDA.includes(name))
    : [];

const othersOf = ({ Effect, Principal, NotPrincipal }: TrustStatement): readonly string[] => {
  if (Effect !== 'Allow') return [];
  if (NotPrincipal !== undefined) return ['everybody but some'];
  if (typeof Principal === 'string') return [Principal === '*' ? 'everybody (*)' : Principal];
  return Object.entries(Principal ?? {}).flatMap(([kind, names]) =>
    [names]
      .flat()
      .filter((name) => kind !== 'Service' || !LAMBDA.includes(name))
      .map((name) => `${kind}: ${name}`),
  );
};

/**
 * Who besides Lambda may assume a role, by its trust policy. They keep getting sessions of the role, which a deny on the
 * role denies too, and which are good again once it is off. Pure.
 */
export const otherPrincipals = (trustPolicy: unknown): readonly string[] => [
  ...new Set(statementsOf(trustPolicy).flatMap(othersOf)),
];

/**
 * The trust policy with Lambda alone: what is taken out is all that changes. Null where Lambda is not in it, as nothing
 * would be left. Pure.
 */
export const narrowedTrust = (trustPolicy: unknown): unknown | null => {
  const statements = statementsOf(trustPolicy);
  if (!statements.some((statement) => statement.Effect === 'Allow' && lambdaOf(statement).length > 0))
    return null;
  return {
    ...(trustPolicy as TrustPolicy),
    Statement: statements.flatMap((statement) => {
      if (statement.Effect !== 'Allow' || othersOf(statement).length === 0) return [statement];
      const [first, ...rest] = lambdaOf(statement);
      if (first === undefined) return [];
      return [{ ...statement, Principal: { Service: rest.length === 0 ? first : [first, ...rest] } }];
    }),
  };
};
