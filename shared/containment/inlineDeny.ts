import { isDeepStrictEqual } from 'node:util';
import {
  DeleteRolePolicyCommand,
  GetRolePolicyCommand,
  type IAMClient,
  NoSuchEntityException,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import * as z from 'zod';
import { parseFunctionArn, roleNameOf } from '../suspect/functionArn';
import {
  admitsInline,
  cutoffOf,
  type DenyDocument,
  type Place,
  policyNames,
  scopedDenial,
  sessionsDenial,
  wideDenial,
} from './denyDocuments';
import { narrowTrust, type TrustTools, widenTrust } from './narrowTrust';

const target = {
  action: z.enum(['put', 'remove']),
  roleArn: z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]{1,576}$/),
};

/** What may be asked: which deny on which role. Never a document. */
export const inlineDenyRequest = z.discriminatedUnion('kind', [
  z.strictObject({ ...target, kind: z.literal('wide') }),
  z.strictObject({
    ...target,
    kind: z.literal('scoped'),
    functionArn: z.string().refine((text) => parseFunctionArn(text)?.arn === text),
  }),
  z.strictObject({ ...target, kind: z.literal('sessions'), issuedBefore: z.iso.datetime() }),
  z.strictObject({ ...target, kind: z.literal('trust') }),
]);
export type InlineDenyRequest = z.infer<typeof inlineDenyRequest>;
/** The ones that are a policy; the other narrows who may assume the role. */
export type InlinePolicyRequest = Exclude<InlineDenyRequest, { readonly kind: 'trust' }>;

/** `absent`: there was nothing to take off. `changed`: what is there is not what we wrote, and was left. */
export type InlineDenyOutcome = 'done' | 'absent' | 'changed';

export type InlineDenyTools = TrustTools & {
  readonly place: Place;
  readonly inlineRoles: readonly string[];
  readonly denyLogs: boolean;
};

/** The deployment does not list the role (`inlineRoles`), or it is none of this account's, or one of our own. */
export class RoleNotAdmittedError extends Error {
  override readonly name = 'RoleNotAdmittedError';
  constructor(roleArn: string) {
    super(`no deny may be written into ${roleArn}: the deployment's inlineRoles do not list it`);
  }
}

/** An inline policy of a role, or null when there is none of that name, or no such role. */
export const readInline = async (
  iam: IAMClient,
  roleArn: string,
  PolicyName: string,
): Promise<unknown | null> => {
  try {
    const { PolicyDocument = 'null' } = await iam.send(
      new GetRolePolicyCommand({ RoleName: roleNameOf(roleArn), PolicyName }),
    );
    // IAM gives policy documents URL-encoded (RFC 3986).
    return JSON.parse(decodeURIComponent(PolicyDocument));
  } catch (error) {
    if (error instanceof NoSuchEntityException) return null;
    throw error;
  }
};

/** The name and the document of what is asked for. */
export const inlinePolicy = (
  request: InlinePolicyRequest,
  { place, denyLogs }: Pick<InlineDenyTools, 'place' | 'denyLogs'>,
): { readonly name: string; readonly document: DenyDocument } => {
  const names = policyNames(place);
  switch (request.kind) {
    case 'wide':
      return { name: names.wide, document: wideDenial(place, denyLogs) };
    case 'scoped':
      return {
        name: names.scoped(request.functionArn),
        document: scopedDenial(place, denyLogs, request.functionArn),
      };
    case 'sessions':
      return { name: names.sessions, document: sessionsDenial(request.issuedBefore) };
  }
};

/**
 * Puts one of our denies into a role, or takes it off. What it writes it makes itself, under names of its own, so that
 * whoever may call it can take permissions away and never give any (invariant 12). What it did not write it leaves.
 */
export const inlineDeny = async (
  request: InlineDenyRequest,
  tools: InlineDenyTools,
): Promise<InlineDenyOutcome> => {
  const { iam, place, inlineRoles } = tools;
  const { roleArn } = request;
  const here = roleArn.startsWith(`arn:${place.partition}:iam::${place.accountId}:role/`);
  if (!here || !admitsInline(roleArn, inlineRoles, place.prefix)) throw new RoleNotAdmittedError(roleArn);
  if (request.kind === 'trust')
    return request.action === 'put' ? narrowTrust(roleArn, tools) : widenTrust(roleArn, tools);
  const RoleName = roleNameOf(roleArn);
  const { name: PolicyName, document } = inlinePolicy(request, tools);
  const live = await readInline(iam, roleArn, PolicyName);

  if (request.action === 'put') {
    // A later release has denied more sessions than this one asks for: a retry must not give them back.
    if (request.kind === 'sessions' && (cutoffOf(live) ?? '') > request.issuedBefore) return 'changed';
    if (!isDeepStrictEqual(live, document))
      await iam.send(
        new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: JSON.stringify(document) }),
      );
    return 'done';
  }
  if (live === null) return 'absent';
  // Written before the deployment's choice about logs was another one: ours as well.
  const written = [true, false].map((denyLogs) => inlinePolicy(request, { place, denyLogs }).document);
  if (!written.some((ours) => isDeepStrictEqual(live, ours))) return 'changed';
  await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
  return 'done';
};
