import { isDeepStrictEqual } from 'node:util';
import {
  DescribeKeyCommand,
  GetKeyPolicyCommand,
  KMSServiceException,
  NotFoundException,
  PutKeyPolicyCommand,
  paginateListAliases,
} from '@aws-sdk/client-kms';
import type { CutClients } from '../cut';
import { cutOffOf } from '../cutOffStatement';
import { isOurs } from '../isOurs';
import { reachedOf } from '../reached';
import { orNull, type PolicyHolder } from './holder';
import { untilSeen } from './untilSeen';

/** A policy has only one name (KMS API reference, GetKeyPolicy). */
const PolicyName = 'default';

const policyOf = async (KeyId: string, { kms }: CutClients): Promise<string | null> =>
  orNull((await kms.send(new GetKeyPolicyCommand({ KeyId, PolicyName }))).Policy);

/** A key's ARN has no name: its aliases tell whose it is (infrastructure/keys.yml). */
const isOurKey = async (KeyId: string, { kms, service }: CutClients): Promise<boolean> => {
  for await (const { Aliases = [] } of paginateListAliases({ client: kms }, { KeyId }))
    if (Aliases.some(({ AliasName = '' }) => isOurs(AliasName, service))) return true;
  return false;
};

const whyLeft = async (arn: string, clients: CutClients): Promise<string | null> => {
  const { KeyMetadata } = await clients.kms.send(new DescribeKeyCommand({ KeyId: arn }));
  if (KeyMetadata?.KeyManager === 'AWS') return 'AWS manages it, and nobody changes its policy';
  if (await isOurKey(arn, clients)) return 'it is one of Tourniquet';
  // A key is under its own policy alone, unless that lets the account in: then this throws.
  await policyOf(arn, clients);
  return null;
};

/**
 * Only a denial of the suspect's role is ever put into a key's policy, and KMS's own check stays on that whoever writes it
 * may write it again (BypassPolicyLockoutSafetyCheck is never set). That whoever administers it still can follows: what we
 * can read and write, the account administers through IAM. A key is never without a policy.
 */
export const key: PolicyHolder = {
  kind: 'key',
  permissions: ['kms:DescribeKey', 'kms:ListAliases', 'kms:GetKeyPolicy', 'kms:PutKeyPolicy'],
  list: async (reach, clients) => reachedOf(reach, 'key', clients),
  left: async (arn, clients) => {
    try {
      return await whyLeft(arn, clients);
    } catch (error) {
      if (!(error instanceof KMSServiceException)) throw error;
      if (error instanceof NotFoundException) return null;
      if (error.name === 'AccessDeniedException') return 'its policy does not let Tourniquet look at it';
      throw error;
    }
  },
  // In a key's own policy every resource is the key (KMS developer guide, "Key policies").
  statement: (_arn, roleArn) => cutOffOf(roleArn, 'kms:*', '*'),
  read: async (arn, clients) => {
    try {
      return { policy: await policyOf(arn, clients) };
    } catch (error) {
      if (error instanceof NotFoundException) return 'gone';
      throw error;
    }
  },
  // Seen within seconds, as a rule (KMS developer guide, "Eventual consistency").
  put: async (arn, Policy, clients) => {
    await clients.kms.send(new PutKeyPolicyCommand({ KeyId: arn, PolicyName, Policy }));
    await untilSeen(async () => {
      const seen = await policyOf(arn, clients);
      return seen !== null && isDeepStrictEqual(JSON.parse(seen), JSON.parse(Policy));
    });
  },
  putWords: (arn, policy) => [
    ...['kms', 'put-key-policy', '--key-id', arn],
    ...['--policy-name', PolicyName, '--policy', policy],
  ],
};
