import { IN_LAMBDA } from '../caller';

/** Longest beginning of an agent that is looked at: the text is the caller's to choose. */
const LONGEST = 400;
const PRODUCT = /^([A-Za-z][A-Za-z0-9._-]{0,31})(?:\/|\s|$)/;
/** Versions change with every release; the family does not. */
const VERSIONED = /[-_.]?v?\d.*$/;

/**
 * The family of a user agent: its first product without the version, and whether it says that it runs in Lambda:
 * `aws-sdk-js in Lambda`. An upgrade of the SDK or of the runtime is no new family. What is no product is `other`.
 */
export const agentFamilyOf = (agent: string): string | null => {
  const head = agent.slice(0, LONGEST).trim();
  if (head === '') return null;
  if (/\.amazonaws\.com(?:\.cn)?$/i.test(head) || /^AWS Internal$/i.test(head)) return 'an AWS service';
  const product = PRODUCT.exec(head)?.[1]?.toLowerCase().replace(VERSIONED, '');
  const family = product === undefined || product === '' ? 'other' : product;
  return IN_LAMBDA.test(head) ? `${family} in Lambda` : family;
};
