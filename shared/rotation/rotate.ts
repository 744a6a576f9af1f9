import {
  DescribeSecretCommand,
  type DescribeSecretCommandOutput,
  InvalidRequestException,
  RotateSecretCommand,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { RotationTools } from './secretFacts';

/** Rotation takes a while; two minutes cover the usual rotation function. Later than that, a human looks. */
const MOST_POLLS = 60;
const POLL_MS = 2000;

/** What a rotation did not come to. The message says where it stands, and what to look at. */
export class RotationPendingError extends Error {
  override readonly name = 'RotationPendingError';
  constructor(secretArn: string, why: string) {
    super(`the rotation of ${secretArn} ${why}: look at its rotation function's log`);
  }
}

type Versions = Pick<DescribeSecretCommandOutput, 'VersionIdsToStages'>;

const versionWith = ({ VersionIdsToStages = {} }: Versions, stage: string): string | null =>
  Object.entries(VersionIdsToStages).find(([, stages]) => stages.includes(stage))?.[0] ?? null;

export const currentOf = (described: Versions): string | null => versionWith(described, 'AWSCURRENT');

/**
 * The version of a rotation that was begun and did not end: `AWSPENDING` on another version than `AWSCURRENT`. As long as
 * it is there, Secrets Manager takes every rotation for one that is still going on (API reference, RotateSecret).
 */
export const pendingOf = (described: Versions): string | null => {
  const pending = versionWith(described, 'AWSPENDING');
  return pending === null || pending === currentOf(described) ? null : pending;
};

const describe = ({ secrets }: RotationTools, SecretId: string) =>
  secrets.send(new DescribeSecretCommand({ SecretId }));

/** Whether a version is or was current: it is labelled otherwise than as pending. */
const hasBeen = ({ VersionIdsToStages = {} }: Versions, version: string): boolean =>
  VersionIdsToStages[version]?.some((stage) => stage !== 'AWSPENDING') === true;

/** Waits until a version is current, or was and another followed it; false where it is not in time. */
const becomesCurrent = async (tools: RotationTools, secretArn: string, version: string): Promise<boolean> => {
  for (let poll = 0; poll < MOST_POLLS; poll++) {
    if (hasBeen(await describe(tools, secretArn), version)) return true;
    await tools.pause(POLL_MS);
  }
  return hasBeen(await describe(tools, secretArn), version);
};

const ask = async ({ secrets }: RotationTools, secretArn: string, token: string): Promise<void> => {
  await secrets.send(
    new RotateSecretCommand({ SecretId: secretArn, ClientRequestToken: token, RotateImmediately: true }),
  );
};

/**
 * Gets a rotation out of the way that was begun before ours and did not end. It is asked to go on first: its last step may
 * be all that is missing. What still hangs then loses its label, which is AWS's own way out (Secrets Manager user guide,
 * "Troubleshoot rotation"); its value was never current, and an attacker may have read it.
 */
const clearPending = async (tools: RotationTools, secretArn: string, pending: string): Promise<string> => {
  try {
    await ask(tools, secretArn, pending);
  } catch (error) {
    // "A previous rotation isn't complete. That rotation will be reattempted."
    if (!(error instanceof InvalidRequestException)) throw error;
  }
  if (await becomesCurrent(tools, secretArn, pending))
    return 'an earlier rotation that hung was brought to its end';
  await tools.secrets.send(
    new UpdateSecretVersionStageCommand({
      SecretId: secretArn,
      VersionStage: 'AWSPENDING',
      RemoveFromVersionId: pending,
    }),
  );
  return 'an earlier rotation that hung was given up';
};

/** Rotates once, to a version of our own. */
const once = async (tools: RotationTools, secretArn: string, token: string): Promise<readonly string[]> => {
  const before = await describe(tools, secretArn);
  // A try before this one, which died: its version is there.
  if (hasBeen(before, token)) return [];
  const pending = pendingOf(before);
  const said = pending === null || pending === token ? [] : [await clearPending(tools, secretArn, pending)];
  try {
    await ask(tools, secretArn, token);
  } catch (error) {
    // Begun by a try before this one: Secrets Manager goes on with it.
    if (!(error instanceof InvalidRequestException) || pendingOf(await describe(tools, secretArn)) !== token)
      throw error;
  }
  if (await becomesCurrent(tools, secretArn, token)) return said;
  const stands = pendingOf(await describe(tools, secretArn));
  throw new RotationPendingError(
    secretArn,
    stands === token
      ? 'was started and hangs: the new version is AWSPENDING, the old one is still current'
      : 'was started, and no new version of it is there',
  );
};

/**
 * Rotates a secret and follows it until the new version is current, as often as there are tokens: each is the id of one
 * version, so that asking again with the same ones rotates no more. Of two users that alternate, each rotation changes
 * the other one's password, so the one that was read is dead after two (Secrets Manager user guide, "Alternating users").
 * Gives what is to be told beside. Throws {@link RotationPendingError} where one does not end in time.
 */
export const rotate = async (
  tools: RotationTools,
  secretArn: string,
  tokens: readonly string[],
): Promise<readonly string[]> => {
  const last = tokens.at(-1) ?? '';
  // A try before this one came to its end, and another rotation may have followed.
  if (hasBeen(await describe(tools, secretArn), last)) return [];
  const said: string[] = [];
  for (const token of tokens) said.push(...(await once(tools, secretArn, token)));
  return said;
};
