import { GetRolePolicyCommand, type IAMClient, NoSuchEntityException } from '@aws-sdk/client-iam';
import { roleNameOf } from '../suspect/functionArn';
import {
  type DenyDocument,
  type Place,
  policyNames,
  scopedDenial,
  sessionsDenial,
  wideDenial,
} from './denyDocuments';

/*
 * Apart from what reads a request with a schema: the controls are on the critical path, and a schema library weighs.
 */

type Asked = { readonly action: 'put' | 'remove'; readonly roleArn: string };

/** What may be asked: which deny on which role. Never a document. */
export type InlinePolicyRequest = Asked &
  (
    | { readonly kind: 'wide' }
    | { readonly kind: 'scoped'; readonly functionArn: string }
    /** ISO 8601, UTC. */
    | { readonly kind: 'sessions'; readonly issuedBefore: string }
  );
/** The last one is no policy: it narrows who may assume the role. */
export type InlineDenyRequest = InlinePolicyRequest | (Asked & { readonly kind: 'trust' });

/** `absent`: there was nothing to take off. `changed`: what is there is not what we wrote, and was left. */
export type InlineDenyOutcome = 'done' | 'absent' | 'changed';

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
  { place, denyLogs }: { readonly place: Place; readonly denyLogs: boolean },
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
