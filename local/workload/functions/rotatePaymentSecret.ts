import {
  DescribeSecretCommand,
  GetRandomPasswordCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';

type RotationEvent = {
  readonly SecretId: string;
  readonly ClientRequestToken: string;
  readonly Step: string;
};

/** A rotation function in the four steps that Secrets Manager calls it with. */
const secrets = new SecretsManagerClient({});

export const handler = async ({ SecretId, ClientRequestToken, Step }: RotationEvent): Promise<void> => {
  const { VersionIdsToStages = {} } = await secrets.send(new DescribeSecretCommand({ SecretId }));
  const current = Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes('AWSCURRENT'))?.[0];
  if (Step === 'createSecret' && !VersionIdsToStages[ClientRequestToken]?.includes('AWSPENDING')) {
    const { RandomPassword } = await secrets.send(
      new GetRandomPasswordCommand({ PasswordLength: 32, ExcludePunctuation: true }),
    );
    await secrets.send(
      new PutSecretValueCommand({
        SecretId,
        ClientRequestToken,
        SecretString: RandomPassword,
        VersionStages: ['AWSPENDING'],
      }),
    );
  }
  // setSecret and testSecret would tell the payment provider and try the new value there.
  if (Step === 'finishSecret' && current !== ClientRequestToken) {
    await secrets.send(
      new UpdateSecretVersionStageCommand({
        SecretId,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: ClientRequestToken,
        RemoveFromVersionId: current,
      }),
    );
  }
};
