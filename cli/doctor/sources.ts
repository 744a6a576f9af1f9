import { GetDetectorCommand, type GuardDutyClient, ListDetectorsCommand } from '@aws-sdk/client-guardduty';
import { DescribeKeyCommand, type KMSClient, NotFoundException } from '@aws-sdk/client-kms';
import { GetObjectLockConfigurationCommand, type S3Client } from '@aws-sdk/client-s3';
import { DescribeHubCommand, type SecurityHubClient } from '@aws-sdk/client-securityhub';
import { DescribeParametersCommand, type SSMClient } from '@aws-sdk/client-ssm';

/** Whether GuardDuty is there, and looks at the network of functions (Lambda Protection). */
export type GuardDutyFacts = { readonly enabled: boolean; readonly lambda: boolean };

export const guardDutyOf = async (client: GuardDutyClient): Promise<GuardDutyFacts> => {
  // One detector a Region at most (GuardDuty API reference, CreateDetector).
  const { DetectorIds: [DetectorId] = [] } = await client.send(new ListDetectorsCommand({}));
  if (DetectorId === undefined) return { enabled: false, lambda: false };
  const { Status, Features = [] } = await client.send(new GetDetectorCommand({ DetectorId }));
  return {
    enabled: Status === 'ENABLED',
    lambda: Features.some(
      (feature) => feature.Name === 'LAMBDA_NETWORK_LOGS' && feature.Status === 'ENABLED',
    ),
  };
};

/** Whether the account has Security Hub here. */
export const hasSecurityHub = async (client: SecurityHubClient): Promise<boolean> => {
  try {
    await client.send(new DescribeHubCommand({}));
    return true;
  } catch (error) {
    // AWS answers either where it is not subscribed.
    if (error instanceof Error && /^(?:InvalidAccess|ResourceNotFound)Exception$/.test(error.name))
      return false;
    throw error;
  }
};

/** A key's state, such as `Enabled` or `PendingDeletion`; null where there is no such alias. */
export type KeyFacts = { readonly alias: string; readonly state: string | null };

export const keysOf = (kms: KMSClient, prefix: string): Promise<readonly KeyFacts[]> =>
  Promise.all(
    ['', '-signing', '-secrets'].map(async (suffix) => {
      const alias = `alias/${prefix}${suffix}`;
      try {
        const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: alias }));
        return { alias, state: KeyMetadata?.KeyState ?? null };
      } catch (error) {
        if (error instanceof NotFoundException) return { alias, state: null };
        throw error;
      }
    }),
  );

/** Whether new objects of the evidence bucket can be locked. */
export const isLocking = async (s3: S3Client, Bucket: string): Promise<boolean> => {
  const { ObjectLockConfiguration } = await s3.send(new GetObjectLockConfigurationCommand({ Bucket }));
  return ObjectLockConfiguration?.ObjectLockEnabled === 'Enabled';
};

/** Which secrets the deployment has, by name. Their values are read by its own functions alone. */
export const secretsOf = async (ssm: SSMClient, path: string): Promise<readonly string[]> => {
  const names = ['slack-bot-token', 'slack-signing-secret'].map((name) => `${path}/${name}`);
  const { Parameters = [] } = await ssm.send(
    new DescribeParametersCommand({ ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values: names }] }),
  );
  return Parameters.flatMap(({ Name }) => (Name === undefined ? [] : [Name.slice(path.length + 1)]));
};
