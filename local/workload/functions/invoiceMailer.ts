import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** The order worker's neighbour: uses the partner's secret. */
const secrets = new SecretsManagerClient({});

export const handler = async () => {
  const { VersionId } = await secrets.send(
    new GetSecretValueCommand({ SecretId: process.env.PARTNER_SECRET_ARN }),
  );
  return { mailed: true, secretVersion: VersionId };
};
