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
  readonly stage: string;
  readonly ownAccountId: string;
  readonly ownRegion: string;
  readonly neverContain: readonly string[];
};

const matches = (pattern: string, text: string): boolean => {
  // Only `*` is special, as in IAM: the rest of the pattern is taken literally.
  const source = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${source.join('.*')}$`).test(text);
};

/**
 * Why the responder must not change this function, or null when it may (invariant 7: never itself, never what the
 * deployment lists as never to be contained, never what it cannot reach).
 */
export const refusal = (suspect: Guarded, settings: GuardSettings): string | null => {
  const { service, stage } = settings;
  if (suspect.accountId !== settings.ownAccountId || suspect.region !== settings.ownRegion) {
    return `it lives in account ${suspect.accountId}, ${suspect.region}, and this deployment guards ${settings.ownAccountId}, ${settings.ownRegion}`;
  }
  const ours = `${service}-${stage}-`;
  if (suspect.functionName.startsWith(ours)) return 'it is part of Tourniquet itself';
  if (suspect.roleArn.slice(suspect.roleArn.lastIndexOf('/') + 1).startsWith(ours)) {
    return "it runs under one of Tourniquet's own roles";
  }
  const listed = settings.neverContain.find(
    (entry) => matches(entry, suspect.functionName) || matches(entry, suspect.arn),
  );
  if (listed !== undefined) return `the never-contain list names it (${listed})`;
  return null;
};
