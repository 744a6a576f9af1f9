import { createHash } from 'node:crypto';
import { meaningOf, parsePolicy } from '../containment/statements';

/** One thing that gives or limits permissions: its document as AWS has it, or a word where that says all. */
export type Document = { readonly text: string } | { readonly word: string };

/** By what each is: `resource policy`, `trust of the role`, `policy … of the role`. */
export type Documents = Readonly<Record<string, Document>>;

/** By document, a digest of each of its statements, whatever they are called. A record of them tells nobody what is in them. */
export type Grants = Readonly<Record<string, readonly string[]>>;

export const TRUST = 'trust of the role';
export const BOUNDARY = 'permissions boundary of the role';
export const roleDocument = (policy: string): string => `policy ${policy} of the role`;
/** Of the function, or of one of its aliases. */
export const resourceDocument = (qualifier: string | null): string =>
  qualifier === null ? 'resource policy' : `resource policy of ${qualifier}`;

/** AWS changes its own policies without anybody of the account. */
export const isOfAws = (policyArn: string): boolean => /^arn:aws[a-z-]*:iam::aws:/.test(policyArn);

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** IAM gives documents URL-encoded (RFC 3986), Lambda as they are. */
export const plainOf = (text: string): string => (text.startsWith('%') ? decodeURIComponent(text) : text);

/** A document whose fields came in another order is the same document. */
const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, canonical(inner)]),
  );
};

const documentDigest = (text: string): string => {
  try {
    return digest(JSON.stringify(canonical(JSON.parse(plainOf(text)))));
  } catch {
    return digest(text);
  }
};

/** A digest of what each statement says. What is no policy is one thing, which says nothing but itself. */
export const statementDigests = (text: string): readonly string[] => {
  try {
    return parsePolicy(plainOf(text)).map((statement) => digest(meaningOf(statement)));
  } catch {
    return [digest(text)];
  }
};

const entriesOf = <T>(documents: Documents, of: (name: string, document: Document) => T) =>
  Object.fromEntries(Object.entries(documents).map(([name, document]) => [name, of(name, document)]));

/** One digest or word for each document: enough to see that it changed. */
export const accessOf = (documents: Documents): Readonly<Record<string, string>> =>
  entriesOf(documents, (_name, document) =>
    'word' in document ? document.word : documentDigest(document.text),
  );

export const grantsOf = (documents: Documents): Grants =>
  entriesOf(documents, (name, document) =>
    'word' in document ? [digest(`${name}: ${document.word}`)] : statementDigests(document.text),
  );
