'use strict';
const { z } = require('zod');
const { readModes } = require('./modes.cjs');
const { readProfiles, resolveRetention } = require('./retention.cjs');
const profiles = readProfiles(require('./retention.json'));

/*
 * What a deployment may be told, checked before anything is deployed. `serverless.yml` (params) says what each means.
 */

const MODES = ['ignore', 'observe', 'ask', 'respond'];

/** The retentions that CloudWatch Logs admits (PutRetentionPolicy). */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const SLACK_USER = /^[UW][A-Z0-9]{2,20}$/;
const PRINCIPAL = /^arn:aws[a-z-]*:iam::\d{12}:(?:root|(?:user|role)\/[\w+=,.@/-]+)$/;
/** In a list of roles a comma ends one, though IAM would take it in a name. */
const ROLE = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=.@/-]+$/;
const LOOPBACK = /^http:\/\/(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])(?::\d+)?\//;

const list = (text) =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

const url = z
  .string()
  .refine(
    (text) => /^https:\/\/\S+$/.test(text) || LOOPBACK.test(text),
    'must be an https:// address (http:// only on loopback)',
  );

const seconds = (least, most) =>
  z.coerce
    .number()
    .int()
    .min(least, `must be at least ${least} seconds`)
    .max(most, `must be at most ${most} seconds`);

/** What is counted is kept in one item of the table, of 400 KB at most. */
const MOST_COUNTED = 5000;

const count = (least, most) =>
  z.coerce.number().int().min(least, `must be at least ${least}`).max(most, `must be at most ${most}`);

/**
 * The lists go to the functions in their environment, of which Lambda takes 4 KB with all names (Lambda quotas). The
 * rest of it, with the longest names that a stage and a Region can have, is under 2,000 bytes.
 */
const MOST_LISTED = 2100;
const LISTS = ['approvers', 'neverContain', 'inlineRoles', 'modes', 'knownDeployers', 'ownAccounts'];

const modes = z.unknown().transform((value, context) => {
  const { problems, text } = readModes(value);
  for (const message of problems) context.addIssue({ code: 'custom', message });
  return text ?? z.NEVER;
});

const schema = z
  .object({
    defaultMode: z.enum(MODES),
    modes,
    approvers: z
      .string()
      .refine(
        (text) => list(text).length > 0,
        'must name at least one approver: without one nobody can release a function',
      )
      .refine(
        (text) => list(text).every((entry) => SLACK_USER.test(entry) || PRINCIPAL.test(entry)),
        'must hold Slack user ids (U0123ABCD) and IAM user or role ARNs alone, comma-separated',
      ),
    slackChannel: z
      .string()
      .regex(/^[CG][A-Z0-9]{2,20}$/, "must be a channel's id, such as C0123456789 (not its name)"),
    alertEmail: z.union([z.literal(''), z.email('must be an e-mail address, or empty')]),
    neverContain: z
      .string()
      .refine(
        (text) => list(text).every((entry) => /^[\w:*$-]+$/.test(entry)),
        'must hold function names or ARNs, comma-separated; * is a wildcard',
      ),
    knownDeployers: z
      .string()
      .refine(
        (text) => list(text).every((entry) => /^[\w+=.@:/*-]+$/.test(entry)),
        'must hold names or ARNs of principals, comma-separated; * is a wildcard',
      )
      .refine(
        (text) => list(text).every((entry) => !/^\*+$/.test(entry)),
        'must not be * alone: everybody would be a known deployer',
      ),
    ownAccounts: z
      .string()
      .refine(
        (text) => list(text).every((entry) => /^\d{12}$/.test(entry)),
        'must hold account ids of 12 digits, comma-separated',
      ),
    readEvents: z.enum(['true', 'false']),
    containSamples: z.enum(['true', 'false']),
    sharedRole: z.enum(['role-wide', 'scoped']),
    denyLogs: z.enum(['true', 'false']),
    narrowTrust: z.enum(['true', 'false']),
    inlineRoles: z
      .string()
      .refine(
        (text) => list(text).every((entry) => /^[\w+=,.@*-]+$/.test(entry)),
        'must hold role names, comma-separated, without path; * is a wildcard',
      ),
    aliasSessions: z.enum(['accept', 'publish', 'wait']),
    recycleSiblings: z.enum(['true', 'false']),
    expectedHours: count(1, 14 * 24),
    driftAction: z.enum(['put-back', 'escalate']),
    maxContainmentsPerHour: count(1, MOST_COUNTED),
    maxContainedPercent: count(1, 100),
    maxContainedFloor: count(1, MOST_COUNTED),
    breakerCount: count(2, MOST_COUNTED),
    breakerMinutes: count(1, 24 * 60),
    replayPerSecond: count(1, 100),
    // Standard workflows live a year; a week without a page is too long for anybody.
    decisionTimeoutSeconds: seconds(60, 7 * 24 * 3600),
    watchSeconds: seconds(5, 30 * 24 * 3600),
    retentionProfile: z.string(),
    retentionDays: z.union([z.literal(''), z.coerce.number().int().min(1).max(36500)]),
    lockMode: z.enum(['GOVERNANCE', 'COMPLIANCE']),
    legalHold: z.enum(['true', 'false']),
    breakGlassRole: z.union([
      z.literal(''),
      z
        .string()
        .regex(ROLE, "must be an IAM role's ARN, or empty: then nobody can shorten or delete evidence"),
    ]),
    evidenceReaders: z
      .string()
      .refine(
        (text) => list(text).every((entry) => ROLE.test(entry)),
        "must be IAM roles' ARNs, comma-separated, or empty: then nobody can read what is for them alone",
      ),
    logRetentionDays: z.coerce
      .number()
      .refine((days) => LOG_RETENTION_DAYS.includes(days), `must be one of ${LOG_RETENTION_DAYS.join(', ')}`),
    removeWithOpenIncidents: z.enum(['true', 'false']),
    slackApiUrl: url.refine((text) => text.endsWith('/'), 'must end with /'),
    pagerDutyUrl: url,
  })
  .superRefine((parameters, context) => {
    const sizes = LISTS.map((name) => ({ name, size: parameters[name].length }));
    const sum = sizes.reduce((all, { size }) => all + size, 0);
    if (sum > MOST_LISTED) {
      const [longest] = sizes.toSorted((a, b) => b.size - a.size);
      context.addIssue({
        code: 'custom',
        path: [longest.name],
        message: `is too long: ${LISTS.join(', ')} may have ${MOST_LISTED} characters together (they have ${sum}), as Lambda takes 4 KB of environment: use wildcards`,
      });
    }
  })
  .superRefine(({ retentionProfile, retentionDays }, context) => {
    const refuse = (name, message) => context.addIssue({ code: 'custom', path: [name], message });
    if (retentionProfile === 'custom') {
      if (retentionDays === '') refuse('retentionDays', 'is needed with retentionProfile custom');
      return;
    }
    const { problem, evidenceDays } = resolveRetention(retentionProfile, profiles);
    if (problem !== undefined) refuse('retentionProfile', problem);
    else if (retentionDays !== '')
      refuse(
        'retentionDays',
        `contradicts retentionProfile ${retentionProfile} (${evidenceDays} days): use custom, or leave it empty`,
      );
  })
  .superRefine(({ legalHold, breakGlassRole }, context) => {
    if (legalHold === 'true' && breakGlassRole === '')
      context.addIssue({
        code: 'custom',
        path: ['legalHold'],
        message: 'needs a breakGlassRole: without one nobody could ever end the hold',
      });
  });

/** What the parameters come to, in days: the evidence and the record of what was done (retention.cjs). */
const retentionOf = ({ retentionProfile, retentionDays, lockMode, legalHold }) => {
  const { evidenceDays, recordDays } =
    retentionProfile === 'custom'
      ? { evidenceDays: retentionDays, recordDays: retentionDays }
      : resolveRetention(retentionProfile, profiles);
  // As shared/aws/settings.ts reads it: one variable, because Lambda counts the names too.
  const retention = [lockMode, evidenceDays, recordDays, legalHold].join(':');
  return { retentionDays: evidenceDays, recordDays, retention };
};

/** Checks the parameters; throws one error that names each that is wrong, and how to set it. */
const checkConfig = (parameters) => {
  const parsed = schema.safeParse(parameters);
  if (!parsed.success) {
    const lines = parsed.error.issues.map(({ path, message }) => `  - ${path.join('.')} ${message}`);
    throw new Error(
      `this deployment cannot be configured so:\n${lines.join('\n')}\nSet them under params in serverless.yml, or with --param="name=value".`,
    );
  }
  const { approvers, evidenceReaders, neverContain, knownDeployers, ownAccounts } = parsed.data;
  return {
    ...parsed.data,
    ...retentionOf(parsed.data),
    approvers: list(approvers).join(','),
    evidenceReaders: list(evidenceReaders).join(','),
    neverContain: list(neverContain).join(','),
    knownDeployers: list(knownDeployers).join(','),
    ownAccounts: list(ownAccounts).join(','),
  };
};

/** For `${file(infrastructure/config.cjs)}`: the checked parameters of the stage. */
const resolveConfig = async ({ resolveVariable }) => {
  const names = Object.keys(schema.shape);
  const values = await Promise.all(names.map((name) => resolveVariable(`param:${name}`)));
  return checkConfig(
    Object.fromEntries(
      names.map((name, index) => [
        name,
        typeof values[index] === 'boolean' ? String(values[index]) : values[index],
      ]),
    ),
  );
};

module.exports = resolveConfig;
module.exports.checkConfig = checkConfig;
