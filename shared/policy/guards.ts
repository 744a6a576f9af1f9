import { matches } from './wildcard';

/** What the guards need to know of a function to say whether the responder may touch it. */
export type Guarded = {
  readonly functionName: string;
  readonly arn: string;
  readonly accountId: string;
  readonly region: string;
  readonly roleArn: string;
  readonly tags: Readonly<Record<string, string>>;
};

/** Who we are and what we were told never to touch. */
export type GuardSettings = {
  readonly service: string;
  readonly ownAccountId: string;
  readonly ownRegion: string;
  readonly neverContain: readonly string[];
};

/** A list entry with a qualifier (`…:function:name:live`) protects the whole function: containment is of all of it. */
const withoutQualifier = (entry: string): string =>
  entry.replace(/^(arn:[^:]*:lambda:[^:]*:[^:]*:function:[^:]*):.*$/, '$1');

/** Why a function is out of reach, or null. Needs no look at the function: in another account there is none to be had. */
export const elsewhere = (
  { accountId, region }: Pick<Guarded, 'accountId' | 'region'>,
  { ownAccountId, ownRegion }: Pick<GuardSettings, 'ownAccountId' | 'ownRegion'>,
): string | null =>
  accountId === ownAccountId && region === ownRegion
    ? null
    : `it lives in account ${accountId}, ${region}, and this deployment guards ${ownAccountId}, ${ownRegion}`;

/**
 * Why the responder must not change this function, or null when it may (invariant 7: never itself, never what the
 * deployment lists as never to be contained, never what it cannot reach).
 */
export const refusal = (suspect: Guarded, settings: GuardSettings): string | null => {
  const away = elsewhere(suspect, settings);
  if (away !== null) return away;
  if (suspect.roleArn === '') return 'its role is not known, so it cannot be told from one of our own';
  // Of every stage: two deployments in one account must not contain each other.
  const ours = `${settings.service}-`;
  if (suspect.functionName.startsWith(ours)) return 'it is part of Tourniquet itself';
  if (suspect.roleArn.slice(suspect.roleArn.lastIndexOf('/') + 1).startsWith(ours)) {
    return "it runs under one of Tourniquet's own roles";
  }
  const listed = settings.neverContain.find(
    (entry) => matches(entry, suspect.functionName) || matches(withoutQualifier(entry), suspect.arn),
  );
  if (listed !== undefined) return `the never-contain list names it (${listed})`;
  return null;
};
