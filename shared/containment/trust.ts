type TrustStatement = {
  readonly Effect?: string;
  readonly Principal?: string | Readonly<Record<string, string | readonly string[]>>;
  readonly NotPrincipal?: unknown;
};

const LAMBDA = 'Service: lambda.amazonaws.com';

const principalsOf = ({ Effect, Principal, NotPrincipal }: TrustStatement): readonly string[] => {
  if (Effect !== 'Allow') return [];
  if (NotPrincipal !== undefined) return ['everybody but some'];
  if (typeof Principal === 'string') return [Principal === '*' ? 'everybody (*)' : Principal];
  return Object.entries(Principal ?? {}).flatMap(([kind, names]) =>
    [names].flat().map((name) => `${kind}: ${name}`),
  );
};

/**
 * Who besides Lambda may assume a role, by its trust policy. They keep getting sessions of the role, which a deny on the
 * role denies too, and which are good again once it is off. Pure.
 */
export const otherPrincipals = (trustPolicy: unknown): readonly string[] => {
  const statements = (trustPolicy as { Statement?: TrustStatement | readonly TrustStatement[] } | null)
    ?.Statement;
  if (statements === undefined) return [];
  const all = [statements].flat().flatMap(principalsOf);
  return [...new Set(all)].filter((principal) => principal !== LAMBDA);
};
