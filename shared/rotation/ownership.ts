import { pluginOf } from './pluginName';

/** The tag by which a secret says whose it is: the function's name or ARN. */
export const OWNER_TAG = 'tourniquet:owner';

/** The tag by which a secret, a parameter or a function names whoever does for it what only people can. */
export const CONTACT_TAG = 'tourniquet:contact';

/** The tag by which a secret says how it is rotated, where its rotation function does not tell. */
export const STRATEGY_TAG = 'tourniquet:rotation';

/**
 * How a rotation function changes passwords: of one user, of two in turn, or it is not known. Or there is none, and the
 * value is a random one that nobody but its readers has to know: then a new one will do (`generated`); or a function of
 * the deployment's own replaces it (`plugin`); or it is the login of a database user, whose password is changed there
 * (`database`, and `database-alternating` for two users in turn). AWS's own templates are named (Secrets Manager user guide, "Rotation function templates"); what is tagged goes before the name.
 */
export type Strategy =
  | 'single-user'
  | 'alternating-users'
  | 'unknown'
  | 'generated'
  | 'plugin'
  | 'database'
  | 'database-alternating';

/** What needs no rotation function. */
const BUILT_IN: readonly Strategy[] = ['generated', 'plugin', 'database', 'database-alternating'];

export const strategyOf = (tags: Readonly<Record<string, string>>, rotationFunction: string): Strategy => {
  const tagged = tags[STRATEGY_TAG];
  if (rotationFunction === '' && tagged === 'generated') return 'generated';
  if (rotationFunction === '' && (tagged === 'database' || tagged === 'database-alternating')) return tagged;
  if (rotationFunction === '' && pluginOf(tagged) !== null) return 'plugin';
  if (tagged === 'single-user' || tagged === 'alternating-users') return tagged;
  if (/multi-?user|alternating/i.test(rotationFunction)) return 'alternating-users';
  return /single-?user/i.test(rotationFunction) ? 'single-user' : 'unknown';
};

/** How often it must be rotated until a value that was read is dead. What is not known may be two users. */
export const timesFor = (strategy: Strategy): 1 | 2 =>
  strategy === 'alternating-users' || strategy === 'database-alternating' || strategy === 'unknown' ? 2 : 1;

export type SecretFacts = {
  readonly tags: Readonly<Record<string, string>>;
  /** Other functions whose configuration names the secret. */
  readonly otherFunctions: readonly string[];
  /** Other principals that CloudTrail saw reading it, or null where CloudTrail could not be asked. */
  readonly otherReaders: readonly string[] | null;
  /** Whether a resource policy lets somebody in. */
  readonly hasResourcePolicy: boolean;
  readonly rotationEnabled: boolean;
  readonly strategy: Strategy;
  /** The Region in which it must be rotated, where this is a replica; null where it is none. */
  readonly replicaOf: string | null;
  /** The account that it belongs to, where that is another one; null where it is the suspect's. */
  readonly foreignAccount: string | null;
};

export type RotationChoice =
  | { readonly choice: 'rotate' }
  | { readonly choice: 'ask'; readonly why: string }
  | { readonly choice: 'not-rotatable'; readonly why: string };

/**
 * Whether a secret may be rotated without a human (invariant 10): only when it is tagged as the suspect's own and
 * nobody else reads it. What cannot be found out counts against it.
 */
export const chooseRotation = (
  suspect: { functionName: string; arn: string },
  denied: boolean,
  facts: SecretFacts,
): RotationChoice => {
  if (facts.foreignAccount !== null)
    return {
      choice: 'not-rotatable',
      why: `it belongs to the account ${facts.foreignAccount}: its owner there must rotate it`,
    };
  if (facts.replicaOf !== null)
    return {
      choice: 'not-rotatable',
      why: `it is a replica: rotate it in ${facts.replicaOf}, and its replicas follow`,
    };
  if (!facts.rotationEnabled && !BUILT_IN.includes(facts.strategy)) {
    return { choice: 'not-rotatable', why: 'it has no rotation function: replace its value by hand' };
  }
  const owner = facts.tags[OWNER_TAG];
  if (owner !== suspect.functionName && owner !== suspect.arn) {
    return {
      choice: 'ask',
      why: owner === undefined ? `it has no ${OWNER_TAG} tag` : 'its owner tag names another function',
    };
  }
  if (!denied)
    return {
      choice: 'ask',
      why: "the role's credentials are not denied: a thief would read the new value too",
    };
  if (facts.otherFunctions.length > 0)
    return { choice: 'ask', why: `it is also used by ${facts.otherFunctions.join(', ')}` };
  if (facts.hasResourcePolicy) return { choice: 'ask', why: 'its resource policy lets others read it' };
  if (facts.otherReaders === null) return { choice: 'ask', why: 'who reads it could not be found out' };
  if (facts.otherReaders.length > 0)
    return { choice: 'ask', why: `it is also read by ${facts.otherReaders.join(', ')}` };
  return { choice: 'rotate' };
};
