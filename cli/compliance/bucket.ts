import {
  GetBucketEncryptionCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Facts } from '../../shared/compliance/facts';
import { ask, onError } from './answer';

type Got<K extends keyof Facts> = Extract<Facts[K], { got: unknown }>['got'];

const lockOf = async (s3: S3Client, Bucket: string): Promise<Got<'lock'>> => {
  const { ObjectLockConfiguration } = await s3
    .send(new GetObjectLockConfigurationCommand({ Bucket }))
    .catch(onError('ObjectLockConfigurationNotFoundError', { ObjectLockConfiguration: undefined }));
  const { Mode, Days, Years } = ObjectLockConfiguration?.Rule?.DefaultRetention ?? {};
  const days = Days ?? (Years === undefined ? undefined : Years * 365);
  return Mode === undefined || days === undefined ? null : { mode: Mode, days };
};

const encryptionOf = async (s3: S3Client, Bucket: string): Promise<Got<'bucketEncryption'>> => {
  const { ServerSideEncryptionConfiguration } = await s3
    .send(new GetBucketEncryptionCommand({ Bucket }))
    .catch(
      onError('ServerSideEncryptionConfigurationNotFoundError', {
        ServerSideEncryptionConfiguration: undefined,
      }),
    );
  return (
    ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm ?? null
  );
};

const blockOf = async (s3: S3Client, Bucket: string): Promise<Got<'publicAccessBlock'>> => {
  const { PublicAccessBlockConfiguration = {} } = await s3
    .send(new GetPublicAccessBlockCommand({ Bucket }))
    .catch(onError('NoSuchPublicAccessBlockConfiguration', { PublicAccessBlockConfiguration: undefined }));
  return Object.entries(PublicAccessBlockConfiguration).flatMap(([name, on]) => (on === true ? [name] : []));
};

const versioningOf = async (s3: S3Client, Bucket: string): Promise<string> =>
  (await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status ?? 'off';

/** The settings of the evidence bucket. */
export const bucketFacts = async (
  s3: S3Client,
  bucket: string,
): Promise<Pick<Facts, 'lock' | 'bucketEncryption' | 'publicAccessBlock' | 'versioning'>> => {
  const [lock, bucketEncryption, publicAccessBlock, versioning] = await Promise.all([
    ask(lockOf(s3, bucket)),
    ask(encryptionOf(s3, bucket)),
    ask(blockOf(s3, bucket)),
    ask(versioningOf(s3, bucket)),
  ]);
  return { lock, bucketEncryption, publicAccessBlock, versioning };
};
