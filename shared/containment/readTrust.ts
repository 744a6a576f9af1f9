import { GetRoleCommand, type IAMClient, NoSuchEntityException } from '@aws-sdk/client-iam';
import { roleNameOf } from '../suspect/functionArn';

/** A role's trust policy; null when the role is gone. */
export const readTrust = async (iam: IAMClient, roleArn: string): Promise<unknown | null> => {
  try {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: roleNameOf(roleArn) }));
    // IAM gives policy documents URL-encoded (RFC 3986).
    return JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '{}'));
  } catch (error) {
    if (error instanceof NoSuchEntityException) return null;
    throw error;
  }
};
