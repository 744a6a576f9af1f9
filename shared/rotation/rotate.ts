import { DescribeSecretCommand, RotateSecretCommand } from '@aws-sdk/client-secrets-manager';
import type { RotationTools } from './secretFacts';

/** Rotation takes a while; two minutes cover the usual rotation function. Later than that, a human looks. */
const MOST_POLLS = 60;

export class RotationPendingError extends Error {
  override readonly name = 'RotationPendingError';
  constructor(secretArn: string) {
    super(`the rotation of ${secretArn} was started and is not done: look at its rotation function's log`);
  }
}

const currentVersion = async ({ secrets }: RotationTools, secretArn: string): Promise<string | undefined> => {
  const { VersionIdsToStages = {} } = await secrets.send(new DescribeSecretCommand({ SecretId: secretArn }));
  return Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes('AWSCURRENT'))?.[0];
};

/**
 * Rotates a secret and waits until the new version is current. `token` is the version's id: asking twice with the same
 * one rotates once. Throws {@link RotationPendingError} when it does not end in time.
 */
export const rotate = async (tools: RotationTools, secretArn: string, token: string): Promise<string> => {
  if ((await currentVersion(tools, secretArn)) === token) return token;
  await tools.secrets.send(
    new RotateSecretCommand({ SecretId: secretArn, ClientRequestToken: token, RotateImmediately: true }),
  );
  for (let poll = 0; poll < MOST_POLLS; poll++) {
    if ((await currentVersion(tools, secretArn)) === token) return token;
    await tools.pause(2000);
  }
  throw new RotationPendingError(secretArn);
};
