import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { Inspector2Client } from '@aws-sdk/client-inspector2';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { XRayClient } from '@aws-sdk/client-xray';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/*
 * Client factories, called by the handlers and the CLI alone; everything below receives clients. One function per
 * service, so that a bundle holds only the clients it makes. Regions, keys and endpoints come from the environment.
 */

/** For what takes its time: it sends no faster than the service lets it (CloudTrail admits two look-ups a second). */
const patient = { maxAttempts: 10, retryMode: 'adaptive' } as const;

/** Six tries with jitter: a burst of findings meets Lambda's control-plane limits (15 writes a second). */
const retrying = { maxAttempts: 6, retryMode: 'standard' } as const;

export const lambdaClient = () => new LambdaClient(retrying);
export const iamClient = () => new IAMClient(retrying);
export const sqsClient = () => new SQSClient(retrying);
export const scalingClient = () => new ApplicationAutoScalingClient(retrying);
export const s3Client = () => new S3Client(retrying);
/**
 * For whoever checks what is downloaded against a SHA-256 of its own. S3 gives checksums of a range in ways that the SDKs
 * misread where the range meets the parts of an upload (botocore#3346), so the SDK is not to check them.
 */
export const downloadClient = () =>
  new S3Client({ ...retrying, responseChecksumValidation: 'WHEN_REQUIRED' });
export const logsClient = () => new CloudWatchLogsClient(retrying);
export const ec2Client = () => new EC2Client(retrying);
export const eventsClient = () => new EventBridgeClient(retrying);
export const metricsClient = () => new CloudWatchClient(retrying);
export const cloudTrailClient = () => new CloudTrailClient(retrying);
/** One for each Region that is asked for: CloudTrail keeps a history in each. */
export const cloudTrailClients = (): ((region: string) => CloudTrailClient) => {
  const made = new Map<string, CloudTrailClient>();
  return (region) => {
    const client = made.get(region) ?? new CloudTrailClient({ ...patient, region });
    made.set(region, client);
    return client;
  };
};
export const inspectorClient = () => new Inspector2Client(retrying);
export const xrayClient = () => new XRayClient(patient);
export const kinesisClient = () => new KinesisClient(retrying);
export const secretsClient = () => new SecretsManagerClient(retrying);
export const stepFunctionsClient = () => new SFNClient(retrying);
export const securityHubClient = () => new SecurityHubClient(retrying);
export const snsClient = () => new SNSClient(retrying);
export const ssmClient = () => new SSMClient(retrying);
export const kmsClient = () => new KMSClient(retrying);
export const stsClient = () => new STSClient(retrying);
export const tableClient = () =>
  DynamoDBDocumentClient.from(new DynamoDBClient(retrying), {
    marshallOptions: { removeUndefinedValues: true },
  });

/** What the cuts of dependants work with. */
export const cutClients = (credentials?: Credentials) => {
  const config = { ...retrying, ...(credentials === undefined ? {} : { credentials }) };
  return {
    iam: new IAMClient(config),
    lambda: new LambdaClient(config),
    events: new EventBridgeClient(config),
    sns: new SNSClient(config),
    sqs: new SQSClient(config),
    s3: new S3Client(config),
    secrets: new SecretsManagerClient(config),
    tables: new DynamoDBClient(config),
    kinesis: new KinesisClient(config),
    kms: new KMSClient(config),
    ec2: new EC2Client(config),
    apiGateway: new APIGatewayClient(config),
  };
};

/** How the role of a member account is taken (infrastructure/member/memberRole.yml). */
export type Members = {
  readonly accountId: string;
  readonly partition: string;
  readonly externalId: string;
};

/**
 * What the cuts of dependants work with, in the own account and in others: there with the credentials of the member role,
 * which are made anew for each request, and good for 15 minutes.
 */
export const dependantClients = ({ accountId, partition, externalId }: Members) => {
  const own = cutClients();
  const sts = stsClient();
  const clientsFor = async (account: string) => {
    if (account === accountId) return own;
    const { Credentials: given } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: `arn:${partition}:iam::${account}:role/tourniquet-member`,
        RoleSessionName: externalId,
        ExternalId: externalId,
        DurationSeconds: 900,
      }),
    );
    return cutClients({
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretAccessKey ?? '',
      sessionToken: given?.SessionToken ?? '',
    });
  };
  // SSM takes few writes a second: it sends no faster than it may.
  return { ssm: new SSMClient(patient), clientsFor };
};

type Credentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
};
