import { InvokeCommand } from '@aws-sdk/client-lambda';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import * as z from 'zod';
import { proveIdentity, type Sent, type SignedDecision } from '../shared/approval/proveIdentity';
import { eventsClient, iamClient, lambdaClient, tableClient } from '../shared/aws/clients';
import { requireEnv, stsEndpoint } from '../shared/aws/environment';
import { log } from '../shared/aws/log';
import { readSettings } from '../shared/aws/settings';
import { drill } from '../shared/drill/drill';

const settings = readSettings();
const prefix = `${settings.service}-${settings.stage}`;
const lambda = lambdaClient();
const tools = {
  lambda,
  iam: iamClient(),
  events: eventsClient(),
  records: { db: tableClient(), table: settings.table, now: () => new Date() },
  bus: prefix,
  roleArn: requireEnv('TOURNIQUET_DRILL_ROLE_ARN'),
};

const answerSchema = z.object({ statusCode: z.number(), body: z.string() });

/** Decides as the command line does, by the function behind the API: with this function's own identity. */
const decide = async (decision: SignedDecision): Promise<Sent> => {
  const proof = await proveIdentity(decision, {
    region: settings.ownRegion,
    sts: stsEndpoint(settings.ownRegion),
    credentials: fromNodeProviderChain(),
  });
  const { Payload } = await lambda.send(
    new InvokeCommand({
      FunctionName: `${prefix}-decide`,
      Payload: JSON.stringify({ body: JSON.stringify({ ...decision, proof }), isBase64Encoded: false }),
    }),
  );
  const { statusCode, body } = answerSchema.parse(JSON.parse(Buffer.from(Payload ?? []).toString()));
  return { status: statusCode, body: JSON.parse(body) as Sent['body'] };
};

/** The drill on its schedule. What does not hold fails this function, and the alarm on that tells people. */
export const handler = async (): Promise<{ readonly steps: readonly string[] }> => {
  const steps: string[] = [];
  await drill({
    ...tools,
    decide,
    step: (seconds, what) => {
      const step = `${seconds.toFixed(1)} s ${what}`;
      steps.push(step);
      log.info('a step of the drill', { step });
    },
  });
  return { steps };
};
