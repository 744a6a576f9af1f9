import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EC2Client } from '@aws-sdk/client-ec2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { IAMClient } from '@aws-sdk/client-iam';
import { KinesisClient } from '@aws-sdk/client-kinesis';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { CutClients, Reach } from '../../../../shared/dependants/cut';
import { answering } from '../../../fixtures/answering';

export const ACCOUNT = '111122223333';
const REGION = 'eu-west-1';

export const reachOf = (...resources: readonly string[]): Reach => ({
  suspectArn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:orders`,
  functionName: 'orders',
  roleArn: `arn:aws:iam::${ACCOUNT}:role/service-role/orders-role`,
  accountId: ACCOUNT,
  region: REGION,
  resources,
  reads: [],
});

/** Clients that send nothing: what is not answered here throws. */
export const cutClients = (
  answers: Readonly<Record<string, (input: Readonly<Record<string, unknown>>) => unknown>>,
): CutClients => {
  const config = { region: REGION, credentials: { accessKeyId: 'x', secretAccessKey: 'x' } };
  const answer = (command: string, input: Readonly<Record<string, unknown>>): unknown => {
    const known = answers[command];
    if (known === undefined) throw new Error(`${command} was not expected`);
    return known(input);
  };
  return {
    iam: answering(new IAMClient(config), answer),
    lambda: answering(new LambdaClient(config), answer),
    events: answering(new EventBridgeClient(config), answer),
    sns: answering(new SNSClient(config), answer),
    sqs: answering(new SQSClient(config), answer),
    s3: answering(new S3Client(config), answer),
    secrets: answering(new SecretsManagerClient(config), answer),
    tables: answering(new DynamoDBClient(config), answer),
    kinesis: answering(new KinesisClient(config), answer),
    kms: answering(new KMSClient(config), answer),
    ec2: answering(new EC2Client(config), answer),
    apiGateway: answering(new APIGatewayClient(config), answer),
    mayChangeRole: () => true,
    accountId: ACCOUNT,
    service: 'tourniquet',
    databaseFunction: 'tourniquet-prod-rotateDatabase',
  };
};
