import { isDeepStrictEqual } from 'node:util';
import { DeleteRolePolicyCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import * as z from 'zod';
import { parseFunctionArn, roleNameOf } from '../suspect/functionArn';
import { admitsInline, cutoffOf, type Place } from './denyDocuments';
import { type InlineDenyOutcome, type InlineDenyRequest, inlinePolicy, readInline } from './inlinePolicy';
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
