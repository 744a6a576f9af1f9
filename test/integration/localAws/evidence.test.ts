import { createHash, createPublicKey, verify } from 'node:crypto';
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { IAMClient, ListAccountAliasesCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import {
  GetFunctionCommand,
  LambdaClient,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { invoke, keyOf, makeFunction, makeRole, showsEnvironment, zipOf } from './account';
import { until } from './eventually';
import { clientOptions, useLocalAws } from './instance';
import { signedPost } from './signed';

const localAws = useLocalAws();

const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('base64');

describe('the evidence bucket', () => {
  const s3 = () => new S3Client({ ...clientOptions(localAws()), forcePathStyle: true });
  const inAnHour = () => new Date(Date.now() + 3_600_000);

  beforeAll(async () => {
    await s3().send(new CreateBucketCommand({ Bucket: 'evidence', ObjectLockEnabledForBucket: true }));
  });

  async function expectLocked(Key: string, VersionId: string | undefined): Promise<void> {
    const destroy = new DeleteObjectCommand({
      Bucket: 'evidence',
      Key,
      VersionId,
      BypassGovernanceRetention: true,
    });
    await expect(s3().send(destroy)).rejects.toMatchObject({ name: 'AccessDenied' });
  }

  function artifact(Key: string, Body: string | Uint8Array): PutObjectCommandInput {
    const lock = { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: inAnHour() } as const;
    return {
      Bucket: 'evidence',
      Key,
      Body,
      ChecksumAlgorithm: 'SHA256',
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: 'alias/aws/s3',
      ...lock,
    };
  }

  it('shows hash, encryption and lock of an artifact, which nobody can delete', async () => {
    const { VersionId } = await s3().send(new PutObjectCommand(artifact('small', 'data')));
    const head = await s3().send(
      new HeadObjectCommand({ Bucket: 'evidence', Key: 'small', ChecksumMode: 'ENABLED' }),
    );
    expect(head).toMatchObject({
      ChecksumSHA256: sha256('data'),
      ServerSideEncryption: 'aws:kms',
      ObjectLockMode: 'COMPLIANCE',
      ObjectLockRetainUntilDate: expect.any(Date),
    });
    await expectLocked('small', VersionId);
  });

  it('locks an artifact that is uploaded in parts, and keeps its tags', async () => {
    const params = artifact('large', Buffer.alloc(6 * 1024 * 1024, 1));
    const { VersionId } = await new Upload({
      client: s3(),
      params: { ...params, Tagging: 'tourniquet%3Aclass=a+b' },
    }).done();
    const { TagSet } = await s3().send(new GetObjectTaggingCommand({ Bucket: 'evidence', Key: 'large' }));
    expect(TagSet).toEqual([{ Key: 'tourniquet:class', Value: 'a b' }]);
    const head = await s3().send(new HeadObjectCommand({ Bucket: 'evidence', Key: 'large' }));
    expect(head.ObjectLockMode).toBe('COMPLIANCE');
    await expectLocked('large', VersionId);
  });

  it('says which bytes it took, of a small artifact and of one in parts', async () => {
    const small = await s3().send(new PutObjectCommand(artifact('said', 'data')));
    expect(small.ChecksumSHA256).toBe(sha256('data'));

    const Body = Buffer.alloc(6 * 1024 * 1024, 2);
    const { ChecksumSHA256 } = await new Upload({
      client: s3(),
      params: artifact('said-in-parts', Body),
    }).done();
    const part = 5 * 1024 * 1024;
    const digests = [Body.subarray(0, part), Body.subarray(part)].map((bytes) =>
      Buffer.from(sha256(bytes), 'base64'),
    );
    expect(ChecksumSHA256).toBe(`${sha256(Buffer.concat(digests))}-2`);
  });

  it('gives a part of a version, covered or not', async () => {
    const { VersionId } = await s3().send(new PutObjectCommand(artifact('covered', '0123456789')));
    await s3().send(new PutObjectCommand(artifact('covered', 'other')));
    const { Body, ContentRange } = await s3().send(
      new GetObjectCommand({ Bucket: 'evidence', Key: 'covered', VersionId, Range: 'bytes=4-' }),
    );
    expect([await Body?.transformToString(), ContentRange]).toEqual(['456789', 'bytes 4-9/10']);
  });

  it('refuses bytes that are not those of the hash, and a second artifact of the same name', async () => {
    const altered = {
      ...artifact('altered', 'data'),
      ChecksumAlgorithm: undefined,
      ChecksumSHA256: sha256('other'),
    };
    await expect(s3().send(new PutObjectCommand(altered))).rejects.toMatchObject({ name: 'BadDigest' });
    const again = new PutObjectCommand({ ...artifact('small', 'more'), IfNoneMatch: '*' });
    await expect(s3().send(again)).rejects.toMatchObject({ name: 'PreconditionFailed' });
  });
});

describe('what a function leaves behind', () => {
  const lambda = () => new LambdaClient(clientOptions(localAws()));

  beforeAll(async () => {
    const role = await makeRole(localAws(), 'suspect', [
      { Effect: 'Allow', Action: 'lambda:*', Resource: '*' },
    ]);
    await makeFunction(localAws(), 'suspect', role, `console.log('started'); ${showsEnvironment}`);
  });

  it('is code that can be fetched, of every version its own', async () => {
    const FunctionName = 'suspect';
    const { Version } = await lambda().send(new PublishVersionCommand({ FunctionName }));
    const key = await keyOf(localAws(), 'suspect');
    const ZipFile = await zipOf(`/* backdoor */ ${showsEnvironment}`);
    const itself = new LambdaClient(clientOptions(localAws(), key));
    await itself.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile }));
    for (const Qualifier of [Version, '$LATEST']) {
      const { Code, Configuration } = await lambda().send(
        new GetFunctionCommand({ FunctionName, Qualifier }),
      );
      const response = await fetch(Code?.Location ?? '');
      expect(sha256(new Uint8Array(await response.arrayBuffer()))).toBe(Configuration?.CodeSha256);
    }
  });

  it('is a trail that names the function as the caller, by LookupEvents’ own attributes', async () => {
    const trail = new CloudTrailClient(clientOptions(localAws()));
    const look = async (AttributeKey: 'EventName' | 'ResourceName' | 'Username', AttributeValue: string) => {
      const LookupAttributes = [{ AttributeKey, AttributeValue }];
      const { Events = [] } = await trail.send(new LookupEventsCommand({ LookupAttributes }));
      return Events.map((event) => JSON.parse(event.CloudTrailEvent ?? '{}'));
    };
    const update = {
      eventSource: 'lambda.amazonaws.com',
      eventName: 'UpdateFunctionCode20150331v2',
      requestParameters: { functionName: 'suspect' },
      userIdentity: {
        type: 'AssumedRole',
        arn: 'arn:aws:sts::000000000000:assumed-role/suspect/suspect',
        sessionContext: { sessionIssuer: { arn: 'arn:aws:iam::000000000000:role/suspect' } },
        inScopeOf: { credentialsIssuedTo: 'arn:aws:lambda:us-east-1:000000000000:function:suspect' },
      },
    };
    for (const found of [
      await look('EventName', 'UpdateFunctionCode20150331v2'),
      await look('ResourceName', 'suspect'),
      await look('Username', 'suspect'),
    ]) {
      expect(found).toContainEqual(expect.objectContaining({ eventName: update.eventName }));
      expect(found.find((event) => event.eventName === update.eventName)).toMatchObject(update);
    }
  });

  it('is a trail that is read to its end, fifty events at a time, while it grows', async () => {
    const trail = new CloudTrailClient(clientOptions(localAws()));
    const iam = new IAMClient(clientOptions(localAws()));
    for (let call = 0; call < 120; call++) await iam.send(new ListAccountAliasesCommand({}));
    const LookupAttributes = [{ AttributeKey: 'EventName' as const, AttributeValue: 'ListAccountAliases' }];
    const seen: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await trail.send(new LookupEventsCommand({ LookupAttributes, NextToken }));
      expect(page.Events?.length).toBeLessThanOrEqual(50);
      seen.push(...(page.Events ?? []).map(({ EventId = '' }) => EventId));
      NextToken = page.NextToken;
      await iam.send(new ListAccountAliasesCommand({}));
    } while (NextToken !== undefined);
    expect([seen.length, new Set(seen).size]).toEqual([120, 120]);
  });

  it('is a trail of what it was denied', async () => {
    const denied = new IAMClient(clientOptions(localAws(), await keyOf(localAws(), 'suspect')));
    await expect(denied.send(new ListRolesCommand({}))).rejects.toMatchObject({ name: 'AccessDenied' });
    const LookupAttributes = [{ AttributeKey: 'EventName' as const, AttributeValue: 'ListRoles' }];
    const trail = new CloudTrailClient(clientOptions(localAws()));
    const { Events } = await trail.send(new LookupEventsCommand({ LookupAttributes }));
    expect(JSON.parse(Events?.[0]?.CloudTrailEvent ?? '{}')).toMatchObject({ errorCode: 'AccessDenied' });
  });

  it('is logs', async () => {
    await invoke(localAws(), 'suspect');
    const logs = new CloudWatchLogsClient(clientOptions(localAws()));
    await until(async () => {
      const query = { logGroupName: '/aws/lambda/suspect', filterPattern: 'REPORT' };
      return (await logs.send(new FilterLogEventsCommand(query))).events?.length;
    });
  });
});

describe('a KMS key that signs', () => {
  async function kms(call: string, input: unknown) {
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${call}` };
    const response = await signedPost(
      'kms',
      localAws(),
      new URL(localAws().endpoint),
      JSON.stringify(input),
      headers,
    );
    return (await response.json()) as Readonly<Record<string, string>>;
  }

  it('makes a signature that verifies without AWS', async () => {
    const made: unknown = (await kms('CreateKey', { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }))
      .KeyMetadata;
    const { KeyId } = made as { readonly KeyId: string };
    const { PublicKey = '' } = await kms('GetPublicKey', { KeyId });
    const digest = { Message: sha256('manifest'), MessageType: 'DIGEST', SigningAlgorithm: 'ECDSA_SHA_256' };
    const { Signature = '' } = await kms('Sign', { KeyId, ...digest });
    const key = createPublicKey({ key: Buffer.from(PublicKey, 'base64'), format: 'der', type: 'spki' });
    expect(verify('sha256', Buffer.from('manifest'), key, Buffer.from(Signature, 'base64'))).toBe(true);
  });
});
