import { GetRoleCommand } from '@aws-sdk/client-iam';
import { GetKeyPolicyCommand, type GrantListEntry, paginateListGrants } from '@aws-sdk/client-kms';
import { GetFunctionConfigurationCommand, GetPolicyCommand } from '@aws-sdk/client-lambda';
import { GetBucketPolicyCommand } from '@aws-sdk/client-s3';
import { GetResourcePolicyCommand } from '@aws-sdk/client-secrets-manager';
import { GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { type Kind, resourceOf } from '../../exposure/abilities';
import { arnsIn } from '../../exposure/named';
import { secretReferences } from '../../rotation/references';
import { attempt, type Gaps, inBatches, sayGaps } from '../attempt';
import { type Artifact, type Collector, type CollectorTools, json } from '../collector';

/** A function with more of them is not a function's configuration any more. */
const MOST_TARGETS = 50;

const isNone = (error: unknown): boolean =>
  error instanceof Error && /NotFound|NoSuch|NonExistentQueue|QueueDoesNotExist/.test(error.name);

/** The policy that stands on a resource, as text; null where there is none, or the service has none. */
const policyOf = async (
  kind: Kind,
  arn: string,
  { secrets, kms, s3, sqs, iam, lambda, signal }: CollectorTools,
): Promise<string | null> => {
  const options = { abortSignal: signal };
  const name = arn.slice(arn.lastIndexOf(':') + 1);
  try {
    switch (kind) {
      case 'secret':
        return (
          (await secrets.send(new GetResourcePolicyCommand({ SecretId: idOf(arn) }), options))
            .ResourcePolicy ?? null
        );
      case 'key':
        return (
          (await kms.send(new GetKeyPolicyCommand({ KeyId: arn, PolicyName: 'default' }), options)).Policy ??
          null
        );
      case 'bucket':
        return (await s3.send(new GetBucketPolicyCommand({ Bucket: name }), options)).Policy ?? null;
      case 'queue': {
        const { QueueUrl } = await sqs.send(
          new GetQueueUrlCommand({ QueueName: name, QueueOwnerAWSAccountId: arn.split(':')[4] }),
          options,
        );
        const { Attributes } = await sqs.send(
          new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['Policy'] }),
          options,
        );
        return Attributes?.Policy ?? null;
      }
      case 'function':
        return (await lambda.send(new GetPolicyCommand({ FunctionName: arn }), options)).Policy ?? null;
      case 'role': {
        const { Role } = await iam.send(
          new GetRoleCommand({ RoleName: arn.slice(arn.lastIndexOf('/') + 1) }),
          options,
        );
        return Role?.AssumeRolePolicyDocument === undefined
          ? null
          : decodeURIComponent(Role.AssumeRolePolicyDocument);
      }
      default:
        return null;
    }
  } catch (error) {
    if (isNone(error)) return null;
    throw error;
  }
};

/** Grants of a key, which let use it beside all policies; a key may have thousands, and the first are looked at. */
const MOST_GRANTS = 1000;

const grantsOf = async (
  KeyId: string,
  { kms, signal }: CollectorTools,
  gaps: Gaps,
): Promise<readonly GrantListEntry[]> => {
  const found: GrantListEntry[] = [];
  try {
    const pages = paginateListGrants({ client: kms, pageSize: 100 }, { KeyId }, { abortSignal: signal });
    for await (const { Grants = [] } of pages) {
      found.push(...Grants);
      if (found.length < MOST_GRANTS) continue;
      gaps.push(`the grants of ${KeyId} beyond the first ${MOST_GRANTS}`);
      break;
    }
  } catch (error) {
    if (!isNone(error)) throw error;
  }
  return found.map(({ GranteePrincipal, Operations, Constraints }) => ({
    GranteePrincipal,
    Operations,
    Constraints,
  }));
};

/** A secret that is known by its name alone is asked for by its name. */
const idOf = (arn: string): string =>
  /-[A-Za-z0-9]{6}$/.test(arn) ? arn : arn.slice(arn.indexOf(':secret:') + ':secret:'.length);

/** What the configuration names, with the policies that stand on it: what the exposure map is made from beside the role. */
export const targets: Collector = {
  id: 'targets',
  title: 'What the configuration names',
  first: true,
  permissions: [
    'lambda:GetFunctionConfiguration',
    'lambda:GetPolicy',
    'secretsmanager:GetResourcePolicy',
    'kms:GetKeyPolicy',
    'kms:ListGrants',
    's3:GetBucketPolicy',
    'sqs:GetQueueUrl',
    'sqs:GetQueueAttributes',
    'iam:GetRole',
  ],
  async *collect({ suspect }, tools): AsyncIterable<Artifact> {
    const { Environment } = await tools.lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: suspect.arn }),
      { abortSignal: tools.signal },
    );
    const variables = Environment?.Variables ?? {};
    const [, partition = 'aws'] = suspect.arn.split(':');
    const home = `arn:${partition}:secretsmanager:${suspect.region}:${suspect.accountId}:secret:`;
    const named = new Map<string, string[]>();
    const note = (arn: string, variable: string) => named.set(arn, [...(named.get(arn) ?? []), variable]);
    // ARNs are no secrets, and names of secrets neither; nothing else of a value is kept here.
    for (const [variable, value] of Object.entries(variables))
      for (const arn of arnsIn(value)) note(arn, variable);
    for (const { variable, secret } of secretReferences(variables))
      if (!secret.startsWith('arn:')) note(`${home}${secret}`, variable);
    const gaps: Gaps = [];
    const all = [...named];
    const found = await inBatches(all.slice(0, MOST_TARGETS), async ([arn, by]) => {
      const kind = resourceOf(arn)?.kind;
      const policy =
        kind === undefined
          ? null
          : await attempt(`the policy of ${arn}`, gaps, tools.signal, () => policyOf(kind, arn, tools));
      const grants =
        kind === 'key'
          ? await attempt(`the grants of ${arn}`, gaps, tools.signal, () => grantsOf(arn, tools, gaps))
          : undefined;
      return { arn, variables: by, policy, grants };
    });
    if (all.length > MOST_TARGETS) gaps.push(`${all.length - MOST_TARGETS} more resources that it names`);
    yield {
      name: 'identity/targets.json',
      contentType: 'application/json',
      source:
        'lambda:GetFunctionConfiguration, and of each resource that it names the policy that stands on it, and the grants of keys',
      body: json({ function: suspect.arn, targets: found }),
      completeness: () => sayGaps(gaps),
    };
  },
};
