'use strict';
const { z } = require('zod');
const { KINDS } = require('./dependants.cjs');
const { FLEET_ALARMS } = require('./fleetAlarms.cjs');
const { readAllowances } = require('./allowances.cjs');
const { readModes } = require('./modes.cjs');
const { escalation, functions, route, severity, tag } = require('./routes.cjs');
const { readAddresses } = require('./watchlist.cjs');

/*
 * What the policy file may say (docs/policy.md). Lists come as lists from the file, and comma-separated from --param.
 */

const MODES = ['ignore', 'observe', 'ask', 'respond'];

const SLACK_USER = /^[UW][A-Z0-9]{2,20}$/;
const SLACK_GROUP = /^S[A-Z0-9]{2,20}$/;
const PRINCIPAL = /^arn:aws[a-z-]*:iam::\d{12}:(?:root|(?:user|role)\/[\w+=,.@/-]+)$/;

/** The entries of a list, of which blanks around them are no part. */
const list = (value) =>
  (Array.isArray(value) ? value : value.split(','))
    .map((entry) => String(entry).trim())
    .filter((entry) => entry !== '');

/**
 * A list, comma-separated in the functions' environment. `problemOf` says what is wrong with an entry, or nothing. From
 * the file an issue names the entry by its index, which is the one the reader sees.
 */
const listOf = (problemOf) =>
  z
    .union([z.string(), z.array(z.union([z.string(), z.number()]))], 'must be a list of texts')
    .transform((value, context) => {
      const entries = Array.isArray(value) ? value : value.split(',');
      for (const [index, entry] of entries.entries()) {
        const text = String(entry).trim();
        const problem = text === '' ? undefined : problemOf(text);
        const message = problem ?? (text.includes(',') ? 'must be one entry: a comma ends it' : undefined);
        if (message !== undefined)
          context.addIssue({ code: 'custom', message, path: Array.isArray(value) ? [index] : [] });
      }
      return list(value).join(',');
    });

const entriesLike = (pattern, message) => listOf((entry) => (pattern.test(entry) ? undefined : message));

const flag = z.union([z.boolean(), z.enum(['true', 'false'])], 'must be true or false').transform(String);

const choice = (...names) => z.enum(names, `must be one of ${names.join(', ')}`);

const whole = (least, most, unit) =>
  z.coerce
    .number(`must be a number from ${least} to ${most}`)
    .int('must be a whole number')
    .min(least, `must be at least ${least}${unit}`)
    .max(most, `must be at most ${most}${unit}`);
const count = (least, most) => whole(least, most, '');
const seconds = (least, most) => whole(least, most, ' seconds');

/** What is counted is kept in one item of the table, of 400 KB at most. */
const MOST_COUNTED = 5000;

/** Problems of a reader as issues at their places: a path below the key, and a clause. */
const read = (reader) =>
  z.unknown().transform((value, context) => {
    const { problems, result } = reader(value);
    for (const { path, message } of problems) context.addIssue({ code: 'custom', message, path });
    return problems.length > 0 ? z.NEVER : result;
  });

const positive = (most) =>
  z.number(`must be a number up to ${most}`).positive('must be above 0').max(most, `must be at most ${most}`);

/** What fleetAlarms.cjs compares with. */
const thresholds = z.strictObject(
  {
    errorPercent: positive(100).default(5),
    durationMs: positive(900_000).default(3000),
    throttles: positive(1e9).default(10),
    invocations: positive(1e12).default(100_000),
    concurrency: positive(1e6).default(500),
    memoryPercent: positive(100).default(90),
  },
  'may have errorPercent, durationMs, throttles, invocations, concurrency, memoryPercent alone',
);

/** A function with alarms of its own. */
const watched = z.strictObject(
  {
    function: z
      .string("needs function: a function's name")
      .regex(/^[\w-]{1,64}$/, "must be a function's name, without wildcards"),
    errorPercent: positive(100).default(5),
    // In standard deviations, as ANOMALY_DETECTION_BAND takes it.
    band: positive(20).default(3),
  },
  'must be like { function: payments-api, errorPercent: 1, band: 3 }',
);

/** What is looked for in logs beside the rules that ship. */
const keyword = z.strictObject(
  {
    text: z
      .string('needs text')
      .trim()
      .min(3, 'must have 3 characters at least')
      .max(100, 'must have 100 characters at most'),
    severity: z.number('must be a number from 1 to 10').min(1).max(10).default(5),
  },
  'must be like { text: "payment override", severity: 5 }',
);

const DECIDER = new RegExp(`${SLACK_USER.source}|${SLACK_GROUP.source}|${PRINCIPAL.source}`);

/** What a release of some functions needs beside one approver. */
const approval = z
  .strictObject(
    {
      functions,
      tag: tag.optional(),
      severity,
      approvers: z
        .array(
          z.string().regex(DECIDER, 'must be a Slack user or group id, or the ARN of an IAM user or role'),
        )
        .min(1, 'must name somebody')
        .optional(),
      people: z.number().int().min(1, 'must be 1, 2 or 3').max(3, 'must be 1, 2 or 3').default(1),
      notTriggeredAlone: z.boolean('must be true or false').default(false),
      notDeployerAlone: z.boolean('must be true or false').default(false),
    },
    "must be like { functions: 'payments-*', severity: high, people: 2 }",
  )
  .transform(({ tag: label = null, approvers = null, ...rest }) => ({ ...rest, tag: label, approvers }));

/** Where code that is released must come from. */
const releaseFrom = z.strictObject(
  {
    deployers: z
      .array(
        z
          .string()
          .regex(/^(?!\*+$)[\w+=.@:/*-]+$/, 'must be the name or ARN of a principal; * is a wildcard'),
      )
      .default([]),
    signers: z
      .array(
        z
          .string()
          .regex(
            /^arn:aws[a-z-]*:signer:[\w:/*-]+$/,
            'must be the ARN of a version of a signing profile; * is a wildcard',
          ),
      )
      .default([]),
    digests: z
      .array(
        z
          .string()
          .regex(/^[A-Za-z0-9+/]{43}=$/, 'must be a SHA-256 in base64, as Lambda gives it (CodeSha256)'),
      )
      .default([]),
    tags: z
      .record(
        z.string().regex(/^(?!aws:)[\w .:/=+@-]{1,128}$/, 'must be the key of a tag'),
        z
          .string('must be a text')
          .regex(/^[\w .:/=+@*-]{1,256}$/, 'must be the value of a tag; * is a wildcard'),
        "must be like { change: 'CHG-*' }",
      )
      .default({}),
    stagedIn: z
      .array(
        z.strictObject(
          {
            functions,
            in: z
              .string('needs a function')
              .regex(
                /^(?:[\w-]|\{name\}){1,140}(?::[\w-]{1,128})?$/,
                'must be a function of this account, or function:alias; {name} stands for the name of what is released',
              ),
          },
          "must be like { functions: 'payments-*', in: '{name}-staging' }",
        ),
        'must be a list',
      )
      .max(50, 'may have 50 entries')
      .default([]),
  },
  "must be like { deployers: ['arn:aws:iam::111122223333:role/deploy'] }",
);

/** By which steps functions are released. */
const stages = z.strictObject(
  {
    functions,
    concurrency: z
      .array(
        z
          .number('must be a list of numbers')
          .int('must be whole numbers')
          .min(1, 'must be at least 1')
          .max(10_000, 'must be at most 10000'),
        'must be a list of numbers',
      )
      .max(5, 'may have 5 steps')
      .refine((steps) => steps.every((step, index) => index === 0 || step > steps[index - 1]), 'must rise'),
    sources: z
      .array(
        z.string('must be a list of ARNs').min(1, 'must not be empty').max(200, 'may have 200 characters'),
        'must be a list of ARNs',
      )
      .max(20, 'may have 20 entries')
      .default([]),
  },
  "must be like { functions: 'payments-*', concurrency: [1, 10], sources: ['arn:aws:sqs:*:payments'] }",
);

/** What depends on a suspect and is cut off, as `kind:choice`, comma-separated in the functions' environment. */
const dependants = z
  .partialRecord(
    z.enum(KINDS, `may have ${KINDS.join(', ')} alone`),
    // YAML 1.1 reads off and on as false and true.
    z.union([z.boolean(), z.enum(['off', 'ask', 'on'])], 'must be off, ask or on'),
    `must be like { ${KINDS[0]}: ask }`,
  )
  .transform((kinds) =>
    Object.entries(kinds)
      .map(([kind, choice]) => [kind, typeof choice === 'boolean' ? (choice ? 'on' : 'off') : choice])
      .filter(([, choice]) => choice !== 'off')
      .map((entry) => entry.join(':'))
      .join(','),
  );

/** The keys of the policy file, each with its default and what it may be. */
const policyShape = {
  defaultMode: choice(...MODES).default('observe'),
  modes: read(readModes).default(''),
  approvers: entriesLike(
    DECIDER,
    'must hold Slack user ids (U0123ABCD), Slack user group ids (S0123ABCD) and IAM user or role ARNs alone',
  ).default(''),
  approvals: z.array(approval, 'must be a list').max(50, 'may have 50 entries').default([]),
  releaseStages: z
    .array(stages, 'must be a list')
    .max(50, 'may have 50 entries')
    .default([{ functions: '*', concurrency: [1], sources: [] }]),
  stageSeconds: seconds(5, 24 * 3600).default(300),
  releaseFrom: releaseFrom.default(releaseFrom.parse({})),
  escalation: z.array(escalation, 'must be a list').max(20, 'may have 20 entries').default([]),
  mostReminders: count(1, 1000).default(72),
  taskReminderHours: whole(0, 30 * 24, ' hours').default(24),
  routes: z.array(route, 'must be a list').max(50, 'may have 50 entries').default([]),
  samePerson: z
    .array(
      z
        .array(z.string().regex(DECIDER, 'must be a Slack user id, or the ARN of an IAM user or role'))
        .min(2, 'needs two principals at least'),
      'must be a list of lists',
    )
    .max(200, 'may have 200 people')
    .default([]),
  neverContain: entriesLike(/^[\w:*$-]+$/, 'must hold function names or ARNs alone; * is a wildcard').default(
    '',
  ),
  knownDeployers: listOf((entry) => {
    if (!/^[\w+=.@:/*-]+$/.test(entry)) return 'must hold names or ARNs of principals alone; * is a wildcard';
    return /^\*+$/.test(entry) ? 'must not be * alone: everybody would be a known deployer' : undefined;
  }).default(''),
  ownAccounts: entriesLike(
    /^\d{12}$/,
    'must hold account ids of 12 digits alone (in quotes, as they may begin with 0)',
  ).default(''),
  suppressions: read((value) => readAllowances('suppressions', value)).default([]),
  maintenance: read((value) => readAllowances('maintenance', value)).default([]),
  fleetAlarms: z
    .array(choice(...FLEET_ALARMS), `must be a list of ${FLEET_ALARMS.join(', ')}`)
    .refine((names) => new Set(names).size === names.length, 'names an alarm twice')
    .default([]),
  thresholds: thresholds.default(thresholds.parse({})),
  watched: z.array(watched, 'must be a list').max(100, 'may have 100 functions').default([]),
  guarded: listOf((entry) =>
    /^(?:[\w*-]{1,140}|tag:[\w.:/+@-]{1,128}=[\w .:/+@-]{0,256})$/.test(entry)
      ? undefined
      : "must hold functions' names (* is a wildcard) and tags (tag:team=payments) alone",
  ).default(''),
  flowLogs: entriesLike(/^[\w./#-]{1,512}$/, 'must hold names of log groups alone').default(''),
  keywords: z.array(keyword, 'must be a list').max(200, 'may have 200 keywords').default([]),
  badAddresses: z
    .string('must be the name of a file')
    .default('')
    .transform((file, context) => {
      if (file === '') return [];
      const { problems, entries } = readAddresses(file);
      for (const message of problems) context.addIssue({ code: 'custom', message });
      return problems.length > 0 ? z.NEVER : entries;
    }),
  logDelivery: choice('groups', 'account').default('groups'),
  guardBudgetUsd: z.coerce
    .number('must be a number of dollars')
    .min(0, 'must be at least 0')
    .max(1_000_000, 'must be at most 1000000')
    .default(50),
  sharedRole: choice('role-wide', 'scoped').default('role-wide'),
  denyLogs: flag.default('false'),
  narrowTrust: z
    .union([z.boolean(), z.enum(['true', 'ask', 'false'])], 'must be true, ask or false')
    .transform(String)
    .default('false'),
  inlineRoles: entriesLike(
    /^[\w+=.@*-]+$/,
    'must hold role names alone, without path; * is a wildcard',
  ).default(''),
  aliasSessions: choice('accept', 'publish', 'wait').default('accept'),
  recycleSiblings: flag.default('false'),
  expectedHours: count(1, 14 * 24).default(24),
  driftAction: choice('put-back', 'escalate').default('put-back'),
  dependants: dependants.default(''),
  memberAccounts: entriesLike(
    /^\d{12}$/,
    'must hold account ids of 12 digits alone (in quotes, as they may begin with 0)',
  ).default(''),
  advisories: choice('none', 'inspector').default('none'),
  searchOpens: choice('none', 'observe', 'ask', 'respond').default('ask'),
  searchCode: flag.default('false'),
  containSamples: flag.default('false'),
  maxContainmentsPerHour: count(1, MOST_COUNTED).default(10),
  maxContainedPercent: count(1, 100).default(5),
  maxContainedFloor: count(1, MOST_COUNTED).default(10),
  breakerCount: count(2, MOST_COUNTED).default(10),
  breakerMinutes: count(1, 24 * 60).default(10),
  // Standard workflows live a year; a week without a page is too long for anybody.
  decisionTimeoutSeconds: seconds(60, 7 * 24 * 3600).default(3600),
  watchSeconds: seconds(5, 30 * 24 * 3600).default(3600),
  reopenHours: whole(0, 30 * 24, ' hours').default(72),
  replayPerSecond: count(1, 100).default(5),
};

module.exports = { policyShape, list, count, seconds, choice, flag };
