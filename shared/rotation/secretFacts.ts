import { type CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { type LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import {
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { Suspect } from '../suspect/describe';
import { roleNameOf } from '../suspect/functionArn';
import type { SecretFacts } from './ownership';

export type RotationTools = {
  readonly secrets: SecretsManagerClient;
  readonly lambda: LambdaClient;
  readonly cloudTrail: CloudTrailClient;
  readonly pause: (milliseconds: number) => Promise<void>;
};

export type KnownSecret = { readonly arn: string; readonly name: string; readonly facts: SecretFacts };

const functionsNaming = async (
  lambda: LambdaClient,
  suspect: Suspect,
  arn: string,
  name: string,
): Promise<readonly string[]> => {
  const found: string[] = [];
  for await (const page of paginateListFunctions({ client: lambda }, {})) {
    for (const { FunctionArn, FunctionName, Environment } of page.Functions ?? []) {
      const values = Object.values(Environment?.Variables ?? {});
      if (FunctionArn !== suspect.arn && values.some((value) => value === arn || value === name))
        found.push(FunctionName ?? '');
    }
  }
  return found;
};

const readers = async (
  cloudTrail: CloudTrailClient,
  suspect: Suspect,
  arn: string,
): Promise<readonly string[] | null> => {
  try {
    const { Events = [] } = await cloudTrail.send(
      new LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: arn }],
        MaxResults: 50,
      }),
    );
    const others = new Set<string>();
    for (const { EventName, CloudTrailEvent } of Events) {
      if (EventName !== 'GetSecretValue' || CloudTrailEvent === undefined) continue;
      const { userIdentity } = JSON.parse(CloudTrailEvent) as {
        userIdentity?: { arn?: string; sessionContext?: { sessionIssuer?: { arn?: string } } };
      };
      const reader =
        userIdentity?.sessionContext?.sessionIssuer?.arn ?? userIdentity?.arn ?? 'an unnamed principal';
      const own =
        reader === suspect.roleArn || reader.includes(`:assumed-role/${roleNameOf(suspect.roleArn)}/`);
      if (!own) others.add(reader);
    }
    return [...others];
  } catch {
    // Not knowing is an answer of its own: the secret then becomes a question to a human.
    return null;
  }
};

/** What is known of a secret, or null when there is none of that name. Reads no value. */
export const secretFacts = async (
  secretId: string,
  suspect: Suspect,
  tools: RotationTools,
): Promise<KnownSecret | null> => {
  try {
    const described = await tools.secrets.send(new DescribeSecretCommand({ SecretId: secretId }));
    const {
      ARN: arn = secretId,
      Name: name = secretId,
      Tags = [],
      RotationEnabled,
      RotationLambdaARN,
    } = described;
    const [policy, otherFunctions, otherReaders] = await Promise.all([
      tools.secrets.send(new GetResourcePolicyCommand({ SecretId: arn })),
      functionsNaming(tools.lambda, suspect, arn, name),
      readers(tools.cloudTrail, suspect, arn),
    ]);
    return {
      arn,
      name,
      facts: {
        tags: Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value])),
        otherFunctions,
        otherReaders,
        hasResourcePolicy: policy.ResourcePolicy !== undefined && policy.ResourcePolicy !== '',
        rotationEnabled: RotationEnabled === true && RotationLambdaARN !== undefined,
      },
    };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  }
};
