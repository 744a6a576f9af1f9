import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import {
  type IAMClient,
  MalformedPolicyDocumentException,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  DeleteParameterCommand,
  GetParameterCommand,
  ParameterAlreadyExists,
  ParameterNotFound,
  PutParameterCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { roleNameOf } from '../suspect/functionArn';
import { readTrust } from './readTrust';
import { narrowedTrust } from './trust';

/*
 * To put a trust policy back is to give somebody a permission. So what is put back is not what the caller says, nor what
 * the ledger says, which others of our roles write: it is what was found here, kept in a parameter that this function's
 * role alone may write (infrastructure/roles.cjs). Nobody is ever trusted who was not before (invariant 12).
 */

export type TrustTools = {
  readonly iam: IAMClient;
  readonly ssm: SSMClient;
  /** `/<service>/<stage>/trust`. */
  readonly keptUnder: string;
};

/** As of an inline deny: `changed`: somebody changed the trust policy since, and it was left. */
type Outcome = 'done' | 'absent' | 'changed';

/** Names of roles have characters that those of parameters may not have. */
const parameterOf = (roleArn: string, { keptUnder }: TrustTools): string =>
  `${keptUnder}/${createHash('sha256').update(roleArn).digest('hex').slice(0, 32)}`;

const kept = async (roleArn: string, tools: TrustTools): Promise<unknown | null> => {
  try {
    const { Parameter } = await tools.ssm.send(
      new GetParameterCommand({ Name: parameterOf(roleArn, tools) }),
    );
    return JSON.parse(Buffer.from(Parameter?.Value ?? '', 'base64').toString());
  } catch (error) {
    if (error instanceof ParameterNotFound) return null;
    throw error;
  }
};

/** The first record wins: a retry, which may find what we ourselves have narrowed, keeps the original. */
const keep = async (roleArn: string, document: unknown, tools: TrustTools): Promise<void> => {
  try {
    await tools.ssm.send(
      new PutParameterCommand({
        Name: parameterOf(roleArn, tools),
        Description: `The trust policy of ${roleNameOf(roleArn)} while it is narrowed`,
        // Not as it is: SSM reads {{ }} as a reference.
        Value: Buffer.from(JSON.stringify(document)).toString('base64'),
        Type: 'String',
        Tier: 'Intelligent-Tiering',
        Overwrite: false,
      }),
    );
  } catch (error) {
    if (!(error instanceof ParameterAlreadyExists)) throw error;
  }
};

const forget = async (roleArn: string, tools: TrustTools): Promise<void> => {
  try {
    await tools.ssm.send(new DeleteParameterCommand({ Name: parameterOf(roleArn, tools) }));
  } catch (error) {
    if (!(error instanceof ParameterNotFound)) throw error;
  }
};

const write = async (roleArn: string, document: unknown, { iam }: TrustTools): Promise<void> => {
  await iam.send(
    new UpdateAssumeRolePolicyCommand({
      RoleName: roleNameOf(roleArn),
      PolicyDocument: JSON.stringify(document),
    }),
  );
};

/** Takes everybody but Lambda out of a role's trust policy. */
export const narrowTrust = async (roleArn: string, tools: TrustTools): Promise<Outcome> => {
  const live = await readTrust(tools.iam, roleArn);
  if (live === null) return 'absent';
  const narrowed = narrowedTrust(live);
  if (narrowed === null || isDeepStrictEqual(live, narrowed)) return 'done';
  await keep(roleArn, live, tools);
  // Kept by an earlier try, and changed by somebody since: which of the two is to come back is not ours to say.
  if (!isDeepStrictEqual(await kept(roleArn, tools), live)) return 'changed';
  await write(roleArn, narrowed, tools);
  return 'done';
};

/** Puts the trust policy back as it was found, unless somebody has changed it since. */
export const widenTrust = async (roleArn: string, tools: TrustTools): Promise<Outcome> => {
  const original = await kept(roleArn, tools);
  if (original === null) return 'absent';
  const live = await readTrust(tools.iam, roleArn);
  if (live !== null && isDeepStrictEqual(live, narrowedTrust(original))) {
    try {
      await write(roleArn, original, tools);
    } catch (error) {
      // IAM takes no principal that was deleted meanwhile.
      if (error instanceof MalformedPolicyDocumentException) return 'changed';
      throw error;
    }
  } else if (!isDeepStrictEqual(live, original)) {
    await forget(roleArn, tools);
    return live === null ? 'absent' : 'changed';
  }
  await forget(roleArn, tools);
  return 'done';
};
