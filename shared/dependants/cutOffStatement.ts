import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { readPolicy } from '../exposure/statement';
import { roleNameOf } from '../suspect/functionArn';

/*
 * The statement by which a resource shuts a suspect's role out, and how it goes into a policy and out of it. Whitespace
 * and order of what others wrote stay: it is cut out of the text where it was put in, and each time the result is
 * compared with what it has to mean. Pure.
 */

export type CutOff = {
  readonly Sid: string;
  readonly Effect: 'Deny';
  readonly Principal: { readonly AWS: string };
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
};

type Document = { readonly Statement?: unknown; readonly [key: string]: unknown };

const PREFIX = 'TourniquetCutOff';

/** One for each role, so that two suspects have a statement each. A Sid may have letters and digits alone. */
export const sidOf = (roleArn: string): string =>
  `${PREFIX}${createHash('sha256').update(roleArn).digest('hex').slice(0, 12)}`;

export const cutOffOf = (
  roleArn: string,
  Action: CutOff['Action'],
  Resource: CutOff['Resource'],
): CutOff => ({
  Sid: sidOf(roleArn),
  Effect: 'Deny',
  Principal: { AWS: roleArn },
  Action,
  Resource,
});

const documentOf = (text: string): Document => JSON.parse(text) as Document;
const statementsOf = ({ Statement = [] }: Document): readonly unknown[] => [Statement].flat();
const sidIn = (statement: unknown): unknown => (statement as { readonly Sid?: unknown } | null)?.Sid;

/** `edited`, if it means what it has to; else that itself, as plain JSON. */
const proved = (edited: string, meant: Document): string => {
  try {
    if (isDeepStrictEqual(JSON.parse(edited), meant)) return edited;
  } catch {
    // No longer JSON: the text was not as the edit takes it to be.
  }
  return JSON.stringify(meant);
};

/** The unique id that AWS puts in place of the ARN of a role or user that was deleted (IAM user guide, "Principal"). */
const isDeleted = (principal: unknown): boolean =>
  typeof principal === 'string' && /^A(?:RO|ID)A[A-Z0-9]{12,}$/.test(principal);

/** Whether a policy names a role or user that was deleted: then AWS does not write it again. */
export const namesDeleted = (text: string): boolean =>
  readPolicy(text).some(({ Principal = {}, NotPrincipal = {} }) =>
    [...(Principal.AWS ?? []), ...(NotPrincipal.AWS ?? [])].some(isDeleted),
  );

/**
 * What stands under the statement's Sid: nothing, the statement itself, the statement about the role that was deleted since
 * (it denies no role that was made anew under the name), or something else.
 */
export const standing = (
  text: string | null,
  statement: CutOff,
): 'absent' | 'ours' | 'orphaned' | 'changed' => {
  const under = (text === null ? [] : statementsOf(documentOf(text))).filter(
    (live) => sidIn(live) === statement.Sid,
  );
  if (under.length === 0) return 'absent';
  if (under.length > 1) return 'changed';
  if (sameStatement(under[0], statement)) return 'ours';
  const AWS = [(under[0] as Partial<CutOff>).Principal?.AWS].flat()[0];
  return isDeleted(AWS) && sameStatement(under[0], { ...statement, Principal: { AWS: String(AWS) } })
    ? 'orphaned'
    : 'changed';
};

/** Services write a list of one as the one, or the other way round, and sort lists. */
const sameStatement = (live: unknown, statement: CutOff): boolean =>
  isDeepStrictEqual(plain(live), plain(statement));
const plain = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.length === 1 ? plain(value[0]) : value.map(plain).toSorted();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
};

/** The policy with the statement in front of its others; what stood under its Sid gives way to it. */
export const withCutOff = (text: string | null, statement: CutOff): string => {
  if (text === null) return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  if (standing(text, statement) === 'ours') return text;
  const document = documentOf(text);
  const others = statementsOf(document).filter((live) => sidIn(live) !== statement.Sid);
  const edited = text.replace(/"Statement"\s*:\s*\[/, (found) => `${found}${JSON.stringify(statement)},`);
  return proved(edited, { ...document, Statement: [statement, ...others] });
};

/** The policy without the statement; null where nothing is left of it. */
export const withoutCutOff = (text: string, statement: CutOff): string | null => {
  const document = documentOf(text);
  const others = statementsOf(document).filter((live) => sidIn(live) !== statement.Sid);
  if (others.length === 0) return null;
  return proved(text.replace(`${JSON.stringify(statement)},`, ''), { ...document, Statement: others });
};

/**
 * What a policy has to be once the statement is out of it: the text of before, to the letter, where nothing else was done
 * to it since; else what it is now, without the statement.
 */
export const mended = (live: string, before: string | null, statement: CutOff): string | null => {
  const left = withoutCutOff(live, statement);
  const asItWas = withoutCutOff(withCutOff(before, statement), statement);
  const meaning = (text: string | null) => plain(text === null ? null : documentOf(text));
  return isDeepStrictEqual(meaning(left), meaning(asItWas)) ? before : left;
};

/** Whether a policy means what it meant before, whatever suspects have been shut out since. */
export const meansTheSame = (text: string | null, before: string | null): boolean =>
  isDeepStrictEqual(withoutAny(text), withoutAny(before));

const withoutAny = (text: string | null): unknown => {
  if (text === null) return null;
  const document = documentOf(text);
  const Statement = statementsOf(document).filter((live) => !String(sidIn(live)).startsWith(PREFIX));
  return Statement.length === 0 ? null : { ...document, Statement };
};

/** Whether a policy lets a role in: by name, by a session of it, with its whole account, or with everybody. */
export const admits = (text: string, roleArn: string): boolean => {
  const [, partition = '', , , accountId = ''] = roleArn.split(':');
  const sessions = `arn:${partition}:sts::${accountId}:assumed-role/${roleNameOf(roleArn)}/`;
  const admitted = ['*', roleArn, accountId, `arn:${partition}:iam::${accountId}:root`];
  return readPolicy(text).some(
    ({ Effect, Principal = {}, NotPrincipal }) =>
      Effect === 'Allow' &&
      (NotPrincipal !== undefined ||
        (Principal.AWS ?? []).some((name) => admitted.includes(name) || name.startsWith(sessions))),
  );
};
