import * as z from 'zod';
import {
  BOUNDARY,
  type Document,
  type Documents,
  type Grants,
  grantsOf,
  isOfAws,
  resourceDocument,
  roleDocument,
  TRUST,
} from '../fleet/documents';

const policy = z.object({
  PolicyName: z.string().nullish(),
  PolicyArn: z.string().nullish(),
  PolicyDocument: z.unknown(),
});

/** Null is what could not be listed. */
const roleSchema = z.object({
  role: z.object({ AssumeRolePolicyDocument: z.unknown() }),
  boundary: policy.nullable(),
  inline: z.array(policy).nullable(),
  attached: z.array(policy).nullable(),
});

const accessSchema = z.object({
  resourcePolicies: z.array(z.object({ qualifier: z.string().nullable(), policy: z.unknown() })),
});

const ledgerSchema = z.object({
  ledger: z.array(z.object({ control: z.string(), before: z.unknown() })),
});
/** What the controls `resource-policy` and `trust` found before they took something out. */
const doorsSchema = z.object({
  removed: z.array(
    z.object({ qualifier: z.string().nullable(), statement: z.record(z.string(), z.unknown()) }),
  ),
});
const trustSchema = z.object({ document: z.unknown() });

export type PolicyEvidence = {
  /** `identity/role.json` */
  readonly role: string;
  /** `configuration/access.json` */
  readonly access: string;
  /** `response/ledger.json` */
  readonly ledger: string;
};

const textOf = (document: unknown): Document => ({
  text: typeof document === 'string' ? document : JSON.stringify(document ?? null),
});

type IsOurs = (policy: { readonly name: string; readonly arn: string }) => boolean;

const ofRole = (text: string, trust: unknown, isOurs: IsOurs): Documents | null => {
  const { role, boundary, inline, attached } = roleSchema.parse(JSON.parse(text));
  if (inline === null || attached === null) return null;
  const others = [...inline, ...attached].filter(
    ({ PolicyName, PolicyArn }) => !isOurs({ name: PolicyName ?? '', arn: PolicyArn ?? '' }),
  );
  return {
    [TRUST]: textOf(trust ?? role.AssumeRolePolicyDocument),
    ...(boundary === null ? {} : { [BOUNDARY]: { word: boundary.PolicyArn ?? '' } }),
    ...Object.fromEntries(
      others.map(({ PolicyName, PolicyArn, PolicyDocument }) => [
        roleDocument(PolicyArn ?? PolicyName ?? ''),
        PolicyArn != null && isOfAws(PolicyArn) ? { word: 'attached' } : textOf(PolicyDocument),
      ]),
    ),
  };
};

/** Of the function and its aliases, with what the containment took out of them. A version's policy is not looked at. */
const ofFunction = (text: string, removed: z.infer<typeof doorsSchema>['removed']): Documents => {
  const standing = accessSchema
    .parse(JSON.parse(text))
    .resourcePolicies.map(({ qualifier, policy: document }) => ({
      qualifier,
      statements: z.object({ Statement: z.unknown() }).safeParse(document).data?.Statement ?? [],
    }));
  const all = [
    ...standing,
    ...removed.map(({ qualifier, statement }) => ({ qualifier, statements: statement })),
  ];
  const documents: Record<string, Document> = {};
  for (const qualifier of new Set(all.map((one) => one.qualifier)))
    if (!/^\d+$/.test(qualifier ?? ''))
      documents[resourceDocument(qualifier)] = textOf({
        Statement: all.filter((one) => one.qualifier === qualifier).flatMap(({ statements }) => statements),
      });
  return documents;
};

/**
 * What stood in the policies of the function and its role when it was contained, without our own denies and with what
 * the containment took out. Null where the evidence does not have all of it. Throws where it cannot be read.
 */
export const containedGrants = ({ role, access, ledger }: PolicyEvidence, isOurs: IsOurs): Grants | null => {
  const records = ledgerSchema.parse(JSON.parse(ledger)).ledger;
  const before = (control: string): unknown => records.find((one) => one.control === control)?.before;
  const trust = trustSchema.safeParse(before('trust')).data?.document;
  const documents = ofRole(role, trust, isOurs);
  return documents === null
    ? null
    : grantsOf({
        ...documents,
        ...ofFunction(access, doorsSchema.safeParse(before('resource-policy')).data?.removed ?? []),
      });
};
