import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStacksCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import type { LocalClients } from '../clients';
import { packageFunction } from './package';

/** The workload's names on the local AWS. */
export type Workload = {
  readonly workerArn: string;
  readonly workerUrl: string;
  readonly queueUrl: string;
  readonly mappingId: string;
  readonly paymentSecretArn: string;
  readonly partnerSecretArn: string;
};

const STACK = 'shop';
const CODE_BUCKET = 'shop-deployments';

const FUNCTIONS = {
  WorkerKey: 'orderWorker',
  RotationKey: 'rotatePaymentSecret',
  MailerKey: 'invoiceMailer',
} as const;

/** The workload could not be deployed. */
export class WorkloadFailed extends Error {
  override readonly name = 'WorkloadFailed';
}

const outputsOf = async ({ cloudFormation }: LocalClients): Promise<Record<string, string> | null> => {
  const { Stacks = [] } = await cloudFormation
    .send(new DescribeStacksCommand({}))
    .catch(() => ({ Stacks: [] }));
  const stack = Stacks.find(
    ({ StackName, StackStatus }) => StackName === STACK && StackStatus === 'CREATE_COMPLETE',
  );
  if (stack === undefined) return null;
  return Object.fromEntries(
    (stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  );
};

/** Deploys the shop's stack, or finds it deployed. */
export const deployWorkload = async (clients: LocalClients): Promise<Workload> => {
  const outputs = (await outputsOf(clients)) ?? (await create(clients));
  const get = (key: string): string => {
    const value = outputs[key];
    if (value === undefined) throw new WorkloadFailed(`the stack ${STACK} has no output ${key}`);
    return value;
  };
  return {
    workerArn: get('WorkerArn'),
    workerUrl: get('WorkerUrl'),
    queueUrl: get('QueueUrl'),
    mappingId: get('MappingId'),
    paymentSecretArn: get('PaymentSecretArn'),
    partnerSecretArn: get('PartnerSecretArn'),
  };
};

/** Removes what was deployed, so that it can be deployed as new. */
export const removeWorkload = async ({ cloudFormation }: LocalClients): Promise<void> => {
  await cloudFormation.send(new DeleteStackCommand({ StackName: STACK }));
};

const create = async (clients: LocalClients): Promise<Record<string, string>> => {
  const { s3, cloudFormation, lambda, secrets } = clients;
  await s3.send(new CreateBucketCommand({ Bucket: CODE_BUCKET }));
  const parameters = await Promise.all(
    Object.entries(FUNCTIONS).map(async ([ParameterKey, name]) => {
      const zip = await packageFunction(name);
      const key = `${name}/${createHash('sha256').update(zip).digest('hex')}.zip`;
      await s3.send(new PutObjectCommand({ Bucket: CODE_BUCKET, Key: key, Body: zip }));
      return { ParameterKey, ParameterValue: key };
    }),
  );
  await cloudFormation.send(
    new CreateStackCommand({
      StackName: STACK,
      TemplateBody: await readFile(join(__dirname, 'template.yml'), 'utf8'),
      Parameters: [...parameters, { ParameterKey: 'CodeBucket', ParameterValue: CODE_BUCKET }],
      Capabilities: ['CAPABILITY_NAMED_IAM'],
    }),
  );
  await waitUntilStackCreateComplete(
    { client: cloudFormation, maxWaitTime: 120, minDelay: 0.1, maxDelay: 1 },
    { StackName: STACK },
  );
  const outputs = await outputsOf(clients);
  if (outputs === null) throw new WorkloadFailed(`the stack ${STACK} was not created`);
  // Said here as well as it could be in the template: the emulator's CloudFormation passes over it.
  await lambda.send(
    new PutFunctionConcurrencyCommand({ FunctionName: outputs.WorkerArn, ReservedConcurrentExecutions: 5 }),
  );
  // A schedule of Secrets Manager; the emulator's CloudFormation does not know RotationSchedule.
  for (const SecretId of [outputs.PaymentSecretArn, outputs.PartnerSecretArn]) {
    await secrets.send(
      new RotateSecretCommand({
        SecretId,
        RotationLambdaARN: outputs.RotationArn,
        RotationRules: { AutomaticallyAfterDays: 30 },
        RotateImmediately: false,
      }),
    );
  }
  return outputs;
};
