import { GetRandomPasswordCommand } from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand } from '@aws-sdk/client-ssm';
import { RANDOM_VALUE } from './generate';
import { parameterFacts } from './parameterFacts';
import type { RotationTools } from './secretFacts';

/** It is gone, or nobody may know here what it is. */
export class ParameterGoneError extends Error {
  override readonly name = 'ParameterGoneError';
}

/**
 * Puts a new random value into a SecureString parameter, under the key and in the tier that it has. Its versions before
 * stay in its history, as SSM keeps them. A value that was replaced after `since` (ISO 8601) is left as it is: that was
 * this step before it was tried again, or somebody who was quicker.
 */
export const replaceParameter = async (
  { ssm, secrets }: Pick<RotationTools, 'ssm' | 'secrets'>,
  arn: string,
  accountId: string,
  since: string,
): Promise<string> => {
  const { name, secure, keyId, tier, dataType, modifiedAt } = await parameterFacts(ssm, arn, accountId);
  if (name === null || secure !== true)
    throw new ParameterGoneError(`${arn} is no SecureString of this account any more`);
  if (modifiedAt !== null && Date.parse(modifiedAt) >= Date.parse(since))
    return `its value was replaced at ${modifiedAt}, after the containment`;
  const { RandomPassword } = await secrets.send(new GetRandomPasswordCommand(RANDOM_VALUE));
  await ssm.send(
    new PutParameterCommand({
      Name: name,
      Value: RandomPassword,
      Type: 'SecureString',
      Overwrite: true,
      // What is not given becomes the account's default, not what it was (API reference, PutParameter).
      ...(keyId === null ? {} : { KeyId: keyId }),
      ...(tier === null ? {} : { Tier: tier }),
      ...(dataType === null ? {} : { DataType: dataType }),
    }),
  );
  return 'replaced by a new random value; whoever keeps the old one in memory must read it anew, and that the old one is refused is not known here';
};
