'use strict';
const { z } = require('zod');
const { severityOf, SEVERITIES } = require('./modes.cjs');

/*
 * Where incidents are told, by what they are about and when (shared/policy/routes.ts).
 */

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

const time = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, "must be a time of day in UTC, in quotes: '22:00'")
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));

/** What a function's tag is compared with: `key=value`. */
const tag = z
  .string()
  .regex(/^[\w.:/+@-]{1,128}=[\w .:/+@-]{0,256}$/, 'must be like team=payments')
  .transform((text) => ({ key: text.slice(0, text.indexOf('=')), value: text.slice(text.indexOf('=') + 1) }));

const severity = z
  .union([z.number(), z.string()])
  .optional()
  .refine(
    (value) => severityOf(value) !== undefined,
    `must be one of ${Object.keys(SEVERITIES).join(', ')}, or a number from 0 to 10`,
  )
  .transform(severityOf);

const functions = z
  .string()
  .regex(/^[\w*-]{1,140}$/, 'must be a function name, in which * is a wildcard')
  .default('*');

const route = z
  .strictObject(
    {
      functions,
      tag: tag.optional(),
      account: z
        .string()
        .regex(/^\d{12}$/, 'must be an account id of 12 digits, in quotes')
        .optional(),
      severity,
      hours: z
        .strictObject({
          from: time,
          to: time,
          days: z
            .array(z.enum(DAYS, `must be of ${DAYS.join(', ')}`))
            .min(1)
            .optional(),
        })
        .optional(),
      slackChannel: z
        .string()
        .regex(/^[CG][A-Z0-9]{2,20}$/, "must be a channel's id, such as C0123456789 (not its name)")
        .optional(),
      page: z.boolean('must be true or false').default(true),
    },
    "must be like { tag: 'team=payments', slackChannel: C0123456789 }",
  )
  .refine(({ hours, page }) => page || hours === undefined, {
    path: ['page'],
    message: 'must not be false at some hours: quiet hours silence no page',
  })
  .transform(({ tag: label = null, account = null, hours, slackChannel = null, ...rest }) => ({
    ...rest,
    tag: label,
    account,
    slackChannel,
    hours:
      hours === undefined
        ? null
        : { from: hours.from, to: hours.to, days: hours.days?.map((day) => DAYS.indexOf(day)) ?? null },
  }));

/** Whom a question that nobody answers is put to beside, from which reminder on (shared/policy/routes.ts). */
const escalation = z.strictObject(
  {
    reminder: z.coerce
      .number('must be a number')
      .int()
      .min(1, 'must be 1 for the first reminder, or more')
      .max(100),
    mention: z
      .string()
      .regex(/^[UWS][A-Z0-9]{2,20}$/, 'must be the id of a Slack user or user group, such as S0123456789'),
    slackChannel: z
      .string()
      .regex(/^[CG][A-Z0-9]{2,20}$/, "must be a channel's id, such as C0123456789 (not its name)")
      .nullable()
      .default(null),
  },
  'must be like { reminder: 2, mention: S0123456789 }',
);

module.exports = { route, escalation, tag, severity, functions };
