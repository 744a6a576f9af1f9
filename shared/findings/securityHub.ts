import type { Value } from '../detection/fields';
import { list } from '../detection/fields';
import { type Finding, nothing, type ParsedEvent, type ParsedFinding, unparseable } from './finding';
import { boundOfGuardDuty } from './guardDuty';
import { oneLine } from './oneLine';

/*
 * What the two versions of Security Hub's findings have in common (asff.ts, ocsf.ts).
 */

/** A product of AWS itself: only its owner can import findings for it (BatchImportFindings, `ProductArn`). */
const GUARDDUTY = /^arn:aws[a-z-]*:securityhub:[a-z0-9-]*::product(?:v2)?\/aws\/guardduty$/;
const PRODUCT = /^arn:aws[a-z-]*:securityhub:[a-z0-9-]*:\d*:product(?:v2)?\/([\w.-]{1,64}\/[\w.-]{1,64})$/;
const GUARDDUTY_ID = /^arn:aws[a-z-]*:guardduty:[a-z0-9-]+:\d{12}:detector\/\w{1,64}\/finding\/(\w{1,64})$/;
/** ASFF writes `TTPs/Discovery/Recon:IAMUser-UserPermissions`, OCSF `Recon:IAMUser/UserPermissions`. */
const GUARDDUTY_TYPE = /(?:^|\/)([A-Z][A-Za-z]{1,40}:[A-Za-z0-9]{1,40})[/-]([\w.&!-]{1,120})$/;

export const isGuardDuty = (productArn: string | null): boolean => GUARDDUTY.test(productArn ?? '');

/**
 * The id by which a finding is the same however it comes. GuardDuty's own ids are bare; those of others stand under the
 * product that gave them, so that whoever may import findings cannot take the id of one of GuardDuty's.
 */
export const idOf = (productArn: string | null, id: string): string | null => {
  if (isGuardDuty(productArn)) return GUARDDUTY_ID.exec(id)?.[1] ?? null;
  const product = PRODUCT.exec(productArn ?? '')?.[1];
  return product === undefined || id === '' || id.length > 512 ? null : `${product}:${oneLine(id, 512)}`;
};

/** GuardDuty's type from the types that Security Hub gives a finding of it. */
export const guardDutyType = (types: Value): string | null => {
  for (const type of list(types)) {
    const [, of, what] = GUARDDUTY_TYPE.exec(typeof type === 'string' ? type.slice(0, 512) : '') ?? [];
    if (of !== undefined) return `${of}/${what}`;
  }
  return null;
};

/**
 * What others find (posture, vulnerabilities, and whatever a product of the account's own imports) is no act of the
 * function, or cannot be known to be one: a human is asked at most (invariant 11).
 */
export const boundOf = (
  productArn: string | null,
  rule: string,
  finding: Pick<Finding, 'suspect' | 'named'>,
): Finding['bound'] =>
  isGuardDuty(productArn)
    ? boundOfGuardDuty(rule, finding)
    : {
        most: 'ask',
        because:
          'at most ask: posture, a vulnerability, or the word of another product is no act of the function',
      };

/** Every finding of an event on its own. AWS sends one in each ("EventBridge event formats", both versions). */
export const eachOf = (detail: Value, parse: (finding: Value) => ParsedFinding): ParsedEvent => {
  const each = list(
    typeof detail === 'object' && detail !== null ? Reflect.get(detail, 'findings') : undefined,
  ).map(parse);
  const [only, another] = each;
  if (only === undefined)
    return unparseable('the event of Security Hub holds no finding: detail.findings is empty');
  return another === undefined ? only : { kind: 'several', each };
};

/** Severities by label in GuardDuty's scale: the least of each range (ASFF, `Severity`; OCSF, `severity_id`). */
export const SEVERITIES = { high: 7, critical: 9, fatal: 10 } as const;

export const leftOut = (why: string): ParsedFinding =>
  nothing(`the Security Hub finding is left out: ${why}`);
