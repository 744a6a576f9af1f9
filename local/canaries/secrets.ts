import { GetSecretValueCommand, paginateListSecrets } from '@aws-sdk/client-secrets-manager';
import { paginateScan } from '@aws-sdk/lib-dynamodb';
import type { Instance } from '../instance';
import type { Canary } from './search';

/** Shorter ones are found everywhere by chance. */
const SHORTEST = 12;
const SECRET_NAME = /pass|secret|token|key|value/i;

/** The secret in a value of Secrets Manager: all of it, or the parts of a JSON object that say so by their names. */
const partsOf = (value: string): readonly string[] => {
  try {
    const parsed: unknown = JSON.parse(value);
    if (typeof parsed !== 'object' || parsed === null) return [value];
    return Object.entries(parsed)
      .filter(([name, part]) => SECRET_NAME.test(name) && typeof part === 'string')
      .map(([, part]) => String(part));
  } catch {
    return [value];
  }
};

const never = (): boolean => false;

/** Every secret of the account, as it is and as it was before it was rotated: it belongs nowhere. */
const ofSecretsManager = async ({ clients: { secrets } }: Instance): Promise<readonly Canary[]> => {
  const found: Canary[] = [];
  for await (const { SecretList = [] } of paginateListSecrets({ client: secrets }, {}))
    for (const { ARN = '', Name = '', SecretVersionsToStages = {} } of SecretList)
      for (const VersionId of Object.keys(SecretVersionsToStages)) {
        const { SecretString = '' } = await secrets
          .send(new GetSecretValueCommand({ SecretId: ARN, VersionId }))
          // A version that a rotation has begun has no value yet; a deleted secret gives none any more.
          .catch(() => ({ SecretString: '' }));
        for (const core of partsOf(SecretString))
          if (core.length >= SHORTEST)
            found.push({ name: `secret ${Name} ${VersionId}`, core, belongs: never });
      }
  return found;
};

/** Tokens of the playbook's waits, as far as they are kept. */
const taskTokens = async ({ clients: { db }, stack }: Instance): Promise<readonly Canary[]> => {
  const found: Canary[] = [];
  for await (const { Items = [] } of paginateScan({ client: db }, { TableName: stack.incidentTable }))
    for (const { pk, sk, token } of Items)
      if (typeof token === 'string')
        found.push({
          name: `task token of ${String(pk)} ${String(sk)}`,
          core: token,
          // Step Functions itself writes what it passes to a task into the history of its execution.
          belongs: (place) => place.startsWith('item ') || place.startsWith('execution history '),
        });
  return found;
};

/** What is secret in an instance whatever was planted in it. */
export const secretsOf = async (instance: Instance): Promise<readonly Canary[]> => {
  const { desk } = instance;
  return [
    { name: 'Slack token', core: desk.botToken, belongs: never },
    { name: 'Slack signing secret', core: desk.signingSecret, belongs: never },
    { name: 'routing key', core: desk.pagerDutyRoutingKey, belongs: never },
    { name: 'pre-signed URL', core: 'X-Amz-Signature=', belongs: never },
    ...(await ofSecretsManager(instance)),
    ...(await taskTokens(instance)),
  ];
};
