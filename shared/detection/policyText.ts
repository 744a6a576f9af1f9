import { at, list, text, texts, type Value } from './fields';

/*
 * IAM policies as they stand in CloudTrail's records: as JSON text, often URL-encoded, sometimes as an object.
 */

export type Statement = {
  readonly allows: boolean;
  /** Lower case, as IAM does not tell them apart. */
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** `*`, account ids and ARNs; services are left out. */
  readonly principals: readonly string[];
  /** Federated principals and services. */
  readonly others: readonly string[];
  readonly conditions: Value;
};

/** A policy is at most 6,144 characters, a bucket's 20 KB (IAM and S3 quotas): longer text is none. */
const LONGEST = 64 * 1024;

const decode = (encoded: string): string => {
  if (!encoded.includes('%')) return encoded;
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
};

const parse = (value: Value): Value => {
  if (typeof value !== 'string') return value;
  if (value.length > LONGEST) return null;
  try {
    return JSON.parse(decode(value));
  } catch {
    return null;
  }
};

const strings = (value: Value): readonly string[] =>
  list(value).filter((entry): entry is string => typeof entry === 'string');

const principalsOf = (statement: Value): Pick<Statement, 'principals' | 'others'> => {
  const principal = at(statement, 'Principal');
  if (typeof principal === 'string') return { principals: [principal], others: [] };
  return {
    principals: strings(at(principal, 'AWS')),
    others: [...strings(at(principal, 'Federated')), ...strings(at(principal, 'Service'))],
  };
};

/** The statements of a policy; none where it cannot be read. */
export const statementsOf = (policy: Value): readonly Statement[] =>
  list(at(parse(policy), 'Statement')).map((statement) => ({
    allows: text(statement, 'Effect')?.toLowerCase() === 'allow',
    actions: strings(at(statement, 'Action')).map((action) => action.toLowerCase()),
    resources: strings(at(statement, 'Resource')),
    ...principalsOf(statement),
    conditions: at(statement, 'Condition') ?? null,
  }));

/** Conditions that tie a statement to accounts, an organisation, a VPC or addresses: with one of these `*` is not everybody. */
const TIES =
  /aws:(?:principalorgid|principalorgpaths|principalaccount|principalarn|sourceaccount|sourceowner|sourcearn|sourceorgid|sourcevpce|sourcevpc|sourceip|vpcsourceip|userid)$|kms:(?:calleraccount|viaservice)$|lambda:functionurlauthtype$/i;

const isTied = (conditions: Value): boolean =>
  typeof conditions === 'object' &&
  conditions !== null &&
  Object.values(conditions).some(
    (operator) =>
      typeof operator === 'object' &&
      operator !== null &&
      Object.entries(operator as object).some(
        ([key, values]) =>
          TIES.test(key) && ![...texts(values)].some((value) => /^(?:\*|0\.0\.0\.0\/0|::\/0)$/.test(value)),
      ),
  );

/** Whether it lets anybody in. */
export const letsAnybody = (policy: Value): boolean =>
  statementsOf(policy).some(
    ({ allows, principals, conditions }) =>
      allows &&
      principals.some((principal) => principal === '*' || principal === 'arn:aws:iam::*:root') &&
      !isTied(conditions),
  );

/** The account ids that an allowing statement names. */
export const accountsIn = (policy: Value): readonly string[] =>
  statementsOf(policy).flatMap(({ allows, principals }) =>
    allows ? principals.flatMap((principal) => accountOf(principal) ?? []) : [],
  );

/** The account of a principal, as its id or its ARN names it; null where neither does. */
export const accountOf = (principal: string): string | null =>
  /^\d{12}$/.exec(principal)?.[0] ?? /^arn:[a-z-]+:(?:iam|sts)::(\d{12}):/.exec(principal)?.[1] ?? null;

/** Whether it gives everything, or all of IAM, on everything. */
export const givesAll = (policy: Value): boolean =>
  statementsOf(policy).some(
    ({ allows, actions, resources }) =>
      allows &&
      actions.some((action) => action === '*' || action === '*:*' || action === 'iam:*') &&
      resources.includes('*'),
  );

/** AWS's own policies that come to the whole account. */
const ADMIN =
  /:policy\/(?:job-function\/)?(?:AdministratorAccess|AdministratorAccess-Amplify|IAMFullAccess|PowerUserAccess|SystemAdministrator|AWSOrganizationsFullAccess)$/;
export const isAdminPolicy = (arn: string | null): boolean => arn !== null && ADMIN.test(arn);
