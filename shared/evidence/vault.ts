import type { KMSClient } from '@aws-sdk/client-kms';
import type { S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import type { Settings } from '../aws/settings';
import type { Vault } from './seal';
import { kmsSigner } from './signature';

/** The deployment's vault: where its functions seal, under whose name, and with which key. */
export const vaultOf = (
  settings: Pick<Settings, 'evidenceBucket' | 'retention'>,
  signingKeyArn: string,
  { s3, kms, sts }: { readonly s3: S3Client; readonly kms: KMSClient; readonly sts: STSClient },
  now: () => Date,
): Vault => {
  let known: Promise<string> | undefined;
  return {
    s3,
    bucket: settings.evidenceBucket,
    retention: settings.retention,
    now,
    // GetCallerIdentity needs no permission. A function's session keeps its name as long as its environment lives.
    principal: () => {
      known ??= sts
        .send(new GetCallerIdentityCommand({}))
        .then(({ Arn = 'unknown' }) => Arn)
        .catch((error: unknown) => {
          known = undefined;
          throw error;
        });
      return known;
    },
    signer: kmsSigner(kms, signingKeyArn),
  };
};
