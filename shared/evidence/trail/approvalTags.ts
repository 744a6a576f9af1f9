/** A function's tags, by key. */
export type Tags = Readonly<Record<string, string>>;

/** AWS knows no tag of this kind; these are the words that teams use for one. */
const APPROVAL = /approv|change-?_?(?:id|number|request|ticket)|ticket/i;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const strings = (value: unknown): Tags =>
  isRecord(value)
    ? Object.fromEntries(
        Object.entries(value).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])),
      )
    : {};

/** The tags after a call of Lambda's that was done, as far as CloudTrail's record of it tells them. */
export const tagsAfter = (before: Tags, eventName: string, request: unknown): Tags => {
  const asked = isRecord(request) ? request : {};
  if (/^(?:CreateFunction|TagResource)/.test(eventName)) return { ...before, ...strings(asked.tags) };
  if (!eventName.startsWith('UntagResource')) return before;
  const gone = asked.tagKeys;
  const keys: readonly unknown[] = Array.isArray(gone) ? gone : [gone];
  return Object.fromEntries(Object.entries(before).filter(([key]) => !keys.includes(key)));
};

/** Those that look like an approval: their key names one. Whoever may tag a function can set them. */
export const approvalsIn = (tags: Tags): Tags =>
  Object.fromEntries(Object.entries(tags).filter(([key]) => APPROVAL.test(key)));
