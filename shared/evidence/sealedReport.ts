import { createHash } from 'node:crypto';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { Incident } from '../incident/incident';
import type { SealedFile } from '../notification/channel';

/** What the bucket gave is not what was sealed. */
export class ReportChangedError extends Error {
  override readonly name = 'ReportChangedError';
}

/** The post-mortem as it was sealed, to be read when it is wanted; undefined where none was. */
export const sealedReport = (
  s3: S3Client,
  bucket: string,
  { id, postMortemKey: key, postMortemSeal: seal }: Incident,
): SealedFile | undefined => {
  if (key === undefined || seal === undefined) return undefined;
  return {
    where: `s3://${bucket}/${key}`,
    read: async () => {
      const { Body } = await s3.send(
        new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: seal.versionId ?? undefined }),
      );
      const content = (await Body?.transformToByteArray()) ?? new Uint8Array();
      if (createHash('sha256').update(content).digest('hex') !== seal.sha256)
        throw new ReportChangedError(`${key} is not what was sealed`);
      return { name: `post-mortem-${id}.md`, title: `Post-mortem ${id}`, content };
    },
  };
};
