import { type CloudTrailClient, type Event, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import type { IAMClient } from '@aws-sdk/client-iam';
import { type LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import {
  DescribeSecretCommand,
  GetResourcePolicyCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod';
import type { Suspect } from '../suspect/describe';
import { roleNameOf } from '../suspect/functionArn';
import { type SecretFacts, strategyOf } from './ownership';

export type RotationTools = {
  readonly secrets: SecretsManagerClient;
  readonly ssm: SSMClient;
  readonly lambda: LambdaClient;
  readonly iam: IAMClient;
  readonly cloudTrail: CloudTrailClient;
  /** The name of the function that changes passwords of database users. */
  readonly databaseFunction: string;
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

/** A secret that is read often fills many pages, two of which a second may be asked for. Beyond these: not known. */
const MOST_PAGES = 20;

/** The other principals that CloudTrail saw reading a secret; null when that could not be found out. */
const readers = async (
  cloudTrail: CloudTrailClient,
  suspect: Suspect,
  /** The secret's ARN or its name: CloudTrail files a read under what the caller gave. */
  secretId: string,
): Promise<readonly string[] | null> => {
  const others = new Set<string>();
  let NextToken: string | undefined;
  try {
    for (let pages = 0; pages === 0 || NextToken !== undefined; pages++) {
      if (pages === MOST_PAGES) return null;
      const page = await cloudTrail.send(
        new LookupEventsCommand({
          LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: secretId }],
          MaxResults: 50,
          NextToken,
        }),
      );
      for (const event of page.Events ?? []) {
        const reader = readerIn(event);
        if (reader !== null && !isOwn(reader, suspect)) others.add(reader);
      }
      NextToken = page.NextToken;
    }
  } catch {
    // Not knowing is an answer of its own: the secret then becomes a question to a human.
    return null;
  }
  return [...others];
};

const identitySchema = z.object({
  userIdentity: z.object({
    arn: z.string().optional(),
    sessionContext: z
      .object({ sessionIssuer: z.object({ arn: z.string().optional() }).optional() })
      .optional(),
  }),
});

/** Who read the value, in one event of CloudTrail; null for any other call. */
const readerIn = ({ EventName, CloudTrailEvent }: Event): string | null => {
  if (EventName !== 'GetSecretValue' || CloudTrailEvent === undefined) return null;
  const { userIdentity } = identitySchema.parse(JSON.parse(CloudTrailEvent));
  return userIdentity.sessionContext?.sessionIssuer?.arn ?? userIdentity.arn ?? 'an unnamed principal';
};

const isOwn = (reader: string, { roleArn }: Suspect): boolean =>
  reader === roleArn || reader.includes(`:assumed-role/${roleNameOf(roleArn)}/`);

const regionOf = (arn: string): string => arn.split(':')[3] ?? '';
const accountOf = (arn: string): string => arn.split(':')[4] ?? '';

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
      PrimaryRegion,
    } = described;
    const tags = Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));
    const [policy, otherFunctions, byArn, byName] = await Promise.all([
      tools.secrets.send(new GetResourcePolicyCommand({ SecretId: arn })),
      functionsNaming(tools.lambda, suspect, arn, name),
      readers(tools.cloudTrail, suspect, arn),
      readers(tools.cloudTrail, suspect, name),
    ]);
    return {
      arn,
      name,
      facts: {
        tags,
        otherFunctions,
        otherReaders: byArn === null || byName === null ? null : [...new Set([...byArn, ...byName])],
        hasResourcePolicy: policy.ResourcePolicy !== undefined && policy.ResourcePolicy !== '',
        rotationEnabled: RotationEnabled === true && RotationLambdaARN !== undefined,
        strategy: strategyOf(tags, RotationLambdaARN ?? ''),
        replicaOf: PrimaryRegion === undefined || PrimaryRegion === regionOf(arn) ? null : PrimaryRegion,
        foreignAccount: accountOf(arn) === suspect.accountId ? null : accountOf(arn),
      },
    };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  }
};
