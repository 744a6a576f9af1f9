'use strict';
const { z } = require('zod');

/*
 * How long what is sealed is kept, resolved from the profiles in retention.json. docs/retention.md says the rule to
 * people.
 *
 * Two classes of data:
 * - evidence: what was collected of the suspect. It may hold personal data.
 * - record:   what was done about it: manifests, signatures, post-mortems. It outlives the evidence that it names.
 *
 * Three numbers of a profile, in days: `least` is required, `most` is allowed, `usual` is customary and gives way to
 * both. Of several profiles the longest `least`, the shortest `most` and the longest `usual` count.
 */

const MOST_DAYS = 36500;
const days = z
  .number('must be a whole number of days')
  .int()
  .min(1, 'must be at least 1 day')
  .max(MOST_DAYS, `must be at most ${MOST_DAYS} days`);
const source = z.string('must say where the number comes from').min(1);

const profilesSchema = z
  .strictObject({
    profiles: z.record(
      z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be a name of small letters, digits and hyphens'),
      z.strictObject({
        title: z.string().min(1),
        evidence: z
          .strictObject({ least: days, most: days, usual: days })
          .partial()
          .extend({ source })
          .optional(),
        // Nothing ends the audit trail, so that no profile can promise that the record is gone by a day.
        record: z.strictObject({ least: days, usual: days }).partial().extend({ source }).optional(),
      }),
    ),
  })
  .refine(({ profiles }) => !('custom' in profiles), {
    path: ['profiles', 'custom'],
    message: 'is a name that is taken: it stands for the parameter retentionDays',
  });

/** Checks the profiles as they are edited; throws one error that names each field that is wrong. */
const readProfiles = (data) => {
  const parsed = profilesSchema.safeParse(data);
  if (parsed.success) return parsed.data.profiles;
  const lines = parsed.error.issues.map(({ path, message }) => `  - ${path.join('.')} ${message}`);
  throw new Error(`infrastructure/retention.json cannot be used:\n${lines.join('\n')}`);
};

/** The names in `gdpr+hipaa`. */
const namesIn = (text) => text.split('+').map((name) => name.trim());

const furthest = (statements, kind, isFurther) =>
  statements
    .filter((statement) => statement[kind] !== undefined)
    .reduce((best, next) => (best === null || isFurther(next[kind], best[kind]) ? next : best), null);
const longest = (statements, kind) => furthest(statements, kind, (a, b) => a > b);
const shortest = (statements, kind) => furthest(statements, kind, (a, b) => a < b);

const contradiction = (what, least, most) =>
  `contradicts itself: ${least.name} keeps ${what} for at least ${least.least} days (${least.source}), and ${most.name} for at most ${most.most} (${most.source}). Change profiles.${least.name}.${what}.least or profiles.${most.name}.${what}.most in infrastructure/retention.json, or name one of the two`;

/** Days of one class, `null` where no profile speaks of it; or a sentence that says what contradicts what. */
const resolveClass = (profiles, names, what) => {
  const statements = names.flatMap((name) =>
    profiles[name][what] === undefined ? [] : [{ name, ...profiles[name][what] }],
  );
  const least = longest(statements, 'least');
  const most = shortest(statements, 'most');
  const usual = longest(statements, 'usual');
  if (least !== null && most !== null && least.least > most.most) return contradiction(what, least, most);
  const wanted = Math.max(least?.least ?? 0, usual?.usual ?? 0) || (most?.most ?? null);
  return wanted === null || most === null ? wanted : Math.min(wanted, most.most);
};

/**
 * What `retentionProfile` comes to: `{ evidenceDays, recordDays }`, or `{ problem }`, a sentence to be put behind the
 * parameter's name.
 */
const resolveRetention = (text, profiles) => {
  const names = namesIn(text);
  const unknown = names.find((name) => !Object.hasOwn(profiles, name));
  const known = [...Object.keys(profiles), 'custom'];
  if (unknown === 'custom')
    return { problem: 'may name custom alone: what it is combined with would have no say' };
  if (unknown !== undefined) return { problem: `must be one of ${known.join(', ')}, or several joined by +` };
  const [evidence, record] = ['evidence', 'record'].map((what) => resolveClass(profiles, names, what));
  const problem = [evidence, record].find((result) => typeof result === 'string');
  if (problem !== undefined) return { problem };
  if (evidence === null) return { problem: `names no profile that says how long evidence is kept` };
  // A manifest that is gone before what it names would leave evidence that nobody can verify.
  return { evidenceDays: evidence, recordDays: Math.max(evidence, record ?? 0) };
};

/** The tag by which a lifecycle rule knows the class of what was sealed (shared/evidence/seal.ts). */
const CLASS_TAG = 'tourniquet:class';

/*
 * Expiration puts a delete marker on the newest version, and a day later S3 deletes what the marker covers, unless it is
 * locked: no rule of a lifecycle ends a lock or a legal hold. Markers that cover nothing go last.
 */
const expiring = (Id, days, filter) => ({
  Id,
  Status: 'Enabled',
  ...filter,
  ExpirationInDays: days,
  NoncurrentVersionExpiration: { NoncurrentDays: 1 },
});

/** For the evidence bucket: the rules by which the retention ends. */
const lifecycleRules = ({ retentionDays, recordDays }) => [
  expiring('evidence', retentionDays, { TagFilters: [{ Key: CLASS_TAG, Value: 'evidence' }] }),
  // Whatever has no such tag too. Where two rules are for an object, S3 takes the shorter.
  expiring('everything', recordDays, {}),
  {
    Id: 'leftovers',
    Status: 'Enabled',
    ExpiredObjectDeleteMarker: true,
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
  },
];

/** For `${file(infrastructure/retention.cjs):lifecycle}`. */
module.exports = async ({ resolveVariable }) => ({
  lifecycle: { Rules: lifecycleRules(await resolveVariable('self:custom.config')) },
});
Object.assign(module.exports, { readProfiles, resolveRetention, lifecycleRules, CLASS_TAG });
