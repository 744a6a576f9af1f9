'use strict';
const { z } = require('zod');

/*
 * The lists `suppressions` and `maintenance` of the policy file: what is expected of which functions, until when, and
 * who answers for it (shared/policy/allowances.ts applies them).
 */

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** Whoever wants more must say so again: what was once expected is forgotten by those who would have to know. */
const LONGEST_DAYS = 366;
const MOST = 200;

const named = (what) =>
  z.string(`needs ${what}`).trim().min(1, `needs ${what}`).max(300, 'may have 300 characters');

const functions = z
  .string("needs functions: a function's name, in which * is a wildcard")
  .regex(/^[\w*-]{1,140}$/, "must be a function's name, in which * is a wildcard");
const rule = z
  .string('needs rule: the id of a rule or the type of a finding, in which * is a wildcard')
  .regex(
    /^[\w*:./!&-]{1,200}$/,
    'must be the id of a rule or the type of a finding, in which * is a wildcard',
  );

const isDate = (text) =>
  !Number.isNaN(Date.parse(text)) && new Date(Date.parse(text)).toISOString().startsWith(text.slice(0, 10));

/** A day, or a time in UTC. YAML gives either as a text. */
const time = (key) =>
  z
    .string(`needs ${key}: a day (2027-03-31) or a time (2027-03-31T18:00Z)`)
    .refine(
      (text) => /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?Z)?$/.test(text) && isDate(text),
      'must be a day (2027-03-31) or a time in UTC (2027-03-31T18:00Z)',
    );

/** A day that something lasts until lasts to its end. */
const startOf = (text) => Date.parse(text);
const endOf = (text) => Date.parse(text) + (text.includes('T') ? 0 : 24 * 3600_000);

const answerable = {
  owner: named('owner: who answers for it'),
  reason: named('reason: why it is expected'),
};

const strict = (shape) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `has ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}: it may have ${Object.keys(shape).join(', ')} alone`
        : `must be an entry with ${Object.keys(shape).join(', ')}`,
  });

const suppression = strict({
  rule,
  functions,
  by: z
    .string('must be the name or ARN of a principal; * is a wildcard')
    .regex(/^[\w+=,.@:/*-]{1,300}$/, 'must be the name or ARN of a principal; * is a wildcard')
    .optional(),
  ...answerable,
  until: time('until'),
})
  .refine(({ rule: one, functions: whose }) => !/^\*+$/.test(one) || !/^\*+$/.test(whose), {
    path: ['rule'],
    message: 'must not be * for all functions: nothing would be found any more',
  })
  .transform(({ until, ...entry }) => ({ ...entry, until: endOf(until) }));

const weekly = strict({
  day: z.enum(DAYS, `must be one of ${DAYS.join(', ')}`),
  from: z
    .string("needs from: a time of day in UTC ('02:00')")
    .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, "must be a time of day in UTC, in quotes ('02:00')"),
  hours: z.number('needs hours: 1 to 48').min(0.25, 'must be at least 0.25').max(48, 'must be at most 48'),
}).transform(({ day, from, hours }) => ({
  /** Of the week that begins on Sunday, 00:00 UTC. */
  minute: DAYS.indexOf(day) * 1440 + Number(from.slice(0, 2)) * 60 + Number(from.slice(3)),
  minutes: hours * 60,
}));

const maintenance = strict({
  functions,
  rule: rule.optional(),
  weekly: weekly.optional(),
  from: time('from').optional(),
  until: time('until').optional(),
  most: z.enum(['observe', 'ask'], 'must be observe or ask').default('observe'),
  ...answerable,
})
  .superRefine(({ weekly: every, from, until }, context) => {
    const refuse = (key, message) => context.addIssue({ code: 'custom', path: [key], message });
    if (every === undefined && (from === undefined || until === undefined))
      return refuse('functions', 'needs weekly, or from and until');
    if (every !== undefined && from !== undefined)
      return refuse('from', 'contradicts weekly: give one of them');
    if (every === undefined && endOf(until) <= startOf(from)) return refuse('until', 'must be after from');
    if (every === undefined && endOf(until) - startOf(from) > 31 * 24 * 3600_000)
      return refuse('until', 'must be within 31 days of from: a window is no suppression');
    return undefined;
  })
  .transform(({ from, until, ...entry }) => ({
    ...entry,
    ...(from === undefined ? {} : { from: startOf(from) }),
    ...(until === undefined ? {} : { until: endOf(until) }),
  }));

const SCHEMAS = { suppressions: suppression, maintenance };

const tooFar = (entries, now) =>
  entries.flatMap(({ until }, index) =>
    until !== undefined && until > now + LONGEST_DAYS * 24 * 3600_000
      ? [{ path: [index, 'until'], message: 'must be within a year: say again then whether it still holds' }]
      : [],
  );

/**
 * One of the lists, as functions have it (times in milliseconds since 1970, UTC), and what is wrong with it: a path
 * below the list and a clause each.
 */
const readAllowances = (name, value, now = Date.now()) => {
  const parsed = z
    .array(SCHEMAS[name], 'must be a list')
    .max(MOST, `may have ${MOST} entries`)
    .safeParse(value ?? []);
  if (!parsed.success)
    return { problems: parsed.error.issues.map(({ path, message }) => ({ path, message })) };
  const problems = tooFar(parsed.data, now);
  return problems.length > 0 ? { problems } : { problems, result: parsed.data };
};

/** Entries that have ended, by list and index: they may be taken out. */
const ended = (entries, now = Date.now()) =>
  entries.flatMap(({ until }, index) => (until !== undefined && until <= now ? [index] : []));

module.exports = { readAllowances, ended };
