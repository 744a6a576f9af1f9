import * as z from 'zod';
import type { Statement } from './statement';

/** A grant of a KMS key, as `ListGrants` gives it. */
export const grantSchema = z.object({
  GranteePrincipal: z.string(),
  Operations: z.array(z.string()),
  Constraints: z.record(z.string(), z.unknown()).nullish(),
});
export type Grant = z.infer<typeof grantSchema>;

/** Whom a grant is about, as a session: a boundary, which holds roles that a policy names, is not known to hold here. */
const principalOf = (grantee: string): string => {
  const [, partition = 'aws', account = '', path = ''] =
    /^arn:([^:]+):iam::(\d{12}):role\/(.+)$/.exec(grantee) ?? [];
  return account === ''
    ? grantee
    : `arn:${partition}:sts::${account}:assumed-role/${path.slice(path.lastIndexOf('/') + 1)}/any`;
};

/**
 * What grants let do, as statements of the key's policy: whoever has one may use the key although neither the key's
 * policy nor one of his own says so (KMS developer guide, "Grants in AWS KMS"). Under conditions where the grant is held
 * to an encryption context. Pure.
 */
export const statementsOfGrants = (grants: readonly Grant[]): readonly Statement[] =>
  grants.map(({ GranteePrincipal, Operations, Constraints }) => ({
    Effect: 'Allow' as const,
    Principal: { AWS: [principalOf(GranteePrincipal)] },
    Action: Operations.map((operation) => `kms:${operation}`),
    Resource: ['*'],
    ...(Constraints == null || Object.keys(Constraints).length === 0 ? {} : { Condition: Constraints }),
  }));

/** Where the grants could not be listed, there may be any of them. */
export const grantsNotKnown = (roleArn: string): Statement => ({
  Effect: 'Allow',
  Principal: { AWS: [principalOf(roleArn)] },
  Action: ['kms:*'],
  Resource: ['*'],
  Condition: { NotKnown: {} },
});
