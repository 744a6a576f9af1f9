'use strict';
const { z } = require('zod');
const { endedLines, nameOf, readPolicyFile } = require('./policyFile.cjs');
const { list, policyShape } = require('./policySchema.cjs');
const { readProfiles, resolveRetention } = require('./retention.cjs');
const { DATA_EVENTS } = require('./trail.cjs');
const profiles = readProfiles(require('./retention.json'));

/*
 * What a deployment may be told, checked before anything is deployed. `serverless.yml` (params) says what each means.
 */

/** The retentions that CloudWatch Logs admits (PutRetentionPolicy). */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** In a list of roles a comma ends one, though IAM would take it in a name. */
const ROLE = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=.@/-]+$/;
const LOOPBACK = /^http:\/\/(?:127\.\d+\.\d+\.\d+|localhost|\[::1\])(?::\d+)?\//;

const url = z
  .string()
  .refine(
    (text) => /^https:\/\/\S+$/.test(text) || LOOPBACK.test(text),
    'must be an https:// address (http:// only on loopback)',
  );

/**
 * The lists go to the functions in their environment, of which Lambda takes 4 KB with all names (Lambda quotas). The
 * rest of it, with the longest names that a stage and a Region can have, is under 2,025 bytes.
 */
const MOST_LISTED = 2070;
const LISTS = [
  'approvers',
  'neverContain',
  'inlineRoles',
  'modes',
  'knownDeployers',
  'ownAccounts',
  'guarded',
  'dependants',
];

const schema = z
  .object({
    ...policyShape,
    approvers: policyShape.approvers.refine(
      (text) => text !== '',
      'must name at least one approver: without one nobody can release a function',
    ),
    slackChannel: z
      .string()
      .regex(/^[CG][A-Z0-9]{2,20}$/, "must be a channel's id, such as C0123456789 (not its name)"),
    alertEmail: z.union([z.literal(''), z.email('must be an e-mail address, or empty')]),
    alertPhone: z.union([
      z.literal(''),
      z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be a number like +4915112345678 (E.164), or empty'),
    ]),
    webhookUrl: z.union([z.literal(''), url]),
    securityHub: z.enum(['true', 'false']),
    drillSchedule: z
      .string()
      .regex(
        /^(?:|rate\([1-9]\d* (?:hours?|days?)\)|cron\([\w\s*?,/#-]{9,60}\))$/,
        "must be empty, or a schedule like 'rate(7 days)' or 'cron(0 10 ? * MON *)' (UTC)",
      ),
    readEvents: z.enum(['true', 'false']),
    trail: z
      .string()
      .regex(
        /^(?:[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:\/[\w!.'()/-]{1,200})?)?$/,
        'must be empty, create, or the bucket of a trail that there is, with its prefix: my-trail-bucket/prefix',
      ),
    dataEvents: z
      .string()
      .refine(
        (text) => list(text).every((name) => Object.hasOwn(DATA_EVENTS, name)),
        `must be some of ${Object.keys(DATA_EVENTS).join(', ')}, comma-separated, or empty`,
      ),
    rotationSubnets: z
      .string()
      .refine(
        (text) => list(text).every((id) => /^subnet-[0-9a-f]{8,17}$/.test(id)),
        'must be ids of subnets (subnet-0123456789abcdef0), comma-separated, or empty',
      ),
    rotationSecurityGroups: z
      .string()
      .refine(
        (text) => list(text).length <= 5 && list(text).every((id) => /^sg-[0-9a-f]{8,17}$/.test(id)),
        'must be ids of at most five security groups (sg-0123456789abcdef0), comma-separated, or empty',
      ),
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
  .superRefine(({ trail, dataEvents }, context) => {
    if (dataEvents !== '' && trail === '')
      context.addIssue({
        code: 'custom',
        path: ['dataEvents'],
        message: 'needs a trail: set trail to create, or to the bucket of yours',
      });
  })
  .superRefine(({ rotationSubnets, rotationSecurityGroups }, context) => {
    if ((rotationSubnets === '') !== (rotationSecurityGroups === ''))
      context.addIssue({
        code: 'custom',
        path: [rotationSubnets === '' ? 'rotationSubnets' : 'rotationSecurityGroups'],
        message: 'is needed too: Lambda takes subnets and security groups together',
      });
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

/** Where a problem is to be mended: its line of the policy file, else its parameter. */
const whereOf = (path, source) =>
  source !== undefined && Object.hasOwn(policyShape, path[0]) && !Object.hasOwn(source.given, path[0])
    ? `${source.file}:${source.lineOf(path)}: ${nameOf(path)}`
    : nameOf(path);

/**
 * Checks the parameters; throws one error that names each that is wrong, and how to set it. `source` is the policy file
 * that some of them come from, but for what is `given` beside it.
 */
const checkConfig = (parameters, source) => {
  const parsed = schema.safeParse(parameters);
  if (!parsed.success) {
    const lines = parsed.error.issues.map(({ path, message }) => `  - ${whereOf(path, source)} ${message}`);
    throw new Error(
      `this deployment cannot be configured so:\n${lines.join('\n')}\nSet them in the policy file, under params in serverless.yml, or with --param="name=value".`,
    );
  }
  const {
    evidenceReaders,
    suppressions,
    maintenance,
    keywords,
    badAddresses,
    approvals,
    samePerson,
    releaseFrom,
    releaseStages,
    routes,
    escalation,
    mostReminders,
    taskReminderHours,
  } = parsed.data;
  return {
    ...parsed.data,
    ...retentionOf(parsed.data),
    evidenceReaders: list(evidenceReaders).join(','),
    // Where one filter is over the account, no group has one.
    enrolled: parsed.data.logDelivery === 'account' ? '' : parsed.data.guarded,
    allowances: JSON.stringify({ suppressions, maintenance }),
    approvals: JSON.stringify({ rules: approvals, samePerson, from: releaseFrom, stages: releaseStages }),
    routes: JSON.stringify({ routes, escalation, mostReminders, taskReminderHours }),
    watchlist: JSON.stringify({ keywords, addresses: badAddresses }),
  };
};

/** Keys of the policy that a stage or the command line gives too: those go before the file. */
const givenParameters = async (resolveVariable, names) => {
  const values = await Promise.all(names.map((name) => resolveVariable(`param:${name}, null`)));
  return Object.fromEntries(
    names.flatMap((name, index) => (values[index] === null ? [] : [[name, values[index]]])),
  );
};

const asText = (value) => (typeof value === 'boolean' ? String(value) : value);

/** For `${file(infrastructure/config.cjs)}`: the checked parameters of the stage. */
const resolveConfig = async ({ resolveVariable }) => {
  const parameters = Object.keys(schema.shape).filter((name) => !Object.hasOwn(policyShape, name));
  const [values, given, file] = await Promise.all([
    Promise.all(parameters.map((name) => resolveVariable(`param:${name}`))),
    givenParameters(resolveVariable, Object.keys(policyShape)),
    resolveVariable('param:policy'),
  ]);
  const { values: policy, lineOf } = readPolicyFile(file);
  const config = checkConfig(
    {
      ...policy,
      ...given,
      ...Object.fromEntries(parameters.map((name, index) => [name, asText(values[index])])),
    },
    { file, lineOf, given },
  );
  // Standard error: what `serverless print` writes to standard output is YAML.
  for (const line of endedLines({ suppressions: [], maintenance: [], ...config }, file, lineOf))
    process.stderr.write(`warning: ${line}\n`);
  return config;
};

module.exports = resolveConfig;
module.exports.checkConfig = checkConfig;
