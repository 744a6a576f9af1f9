import { matches } from './wildcard';

/** Where some incidents are told (policy: `routes`); of several that fit the first decides. */
export type Route = {
  readonly functions: string;
  /** A tag that the function had when the incident was opened. */
  readonly tag: { readonly key: string; readonly value: string } | null;
  readonly account: string | null;
  /** The least severity, 0 to 10. */
  readonly severity: number;
  /** Minutes of the day in UTC, from and up to, over midnight where `to` is the smaller; and days, 0 for Sunday. */
  readonly hours: {
    readonly from: number;
    readonly to: number;
    readonly days: readonly number[] | null;
  } | null;
  /** In place of the deployment's channel; null for that. */
  readonly slackChannel: string | null;
  /** Whether it pages. What failed, and what nobody answers, pages whatever this says. */
  readonly page: boolean;
};

export type RouteSubject = {
  readonly functionName: string | null;
  readonly account: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly severity: number;
};

export const DEFAULT_ROUTE: Route = {
  functions: '*',
  tag: null,
  account: null,
  severity: 0,
  hours: null,
  slackChannel: null,
  page: true,
};

const DAY_MINUTES = 24 * 60;

const isWithin = ({ from, to, days }: NonNullable<Route['hours']>, now: Date): boolean => {
  const minute = now.getUTCHours() * 60 + now.getUTCMinutes();
  const isNight = to <= from;
  const isIn = isNight ? minute >= from || minute < to : minute >= from && minute < to;
  // A night belongs to the day on which it began.
  const began = new Date(now.getTime() - (isNight && minute < to ? DAY_MINUTES * 60_000 : 0)).getUTCDay();
  return isIn && (days === null || days.includes(began));
};

/** Where an incident is told at a time. */
export const routeFor = (
  { functionName, account, labels, severity }: RouteSubject,
  routes: readonly Route[],
  now: Date,
): Route =>
  routes.find(
    (route) =>
      severity >= route.severity &&
      matches(route.functions, functionName ?? '') &&
      (route.account === null || route.account === account) &&
      (route.tag === null || labels[route.tag.key] === route.tag.value) &&
      (route.hours === null || isWithin(route.hours, now)),
  ) ?? DEFAULT_ROUTE;

/** Whom a question that nobody answers is put to beside, from which reminder on (policy: `escalation`). */
export type Escalation = {
  readonly reminder: number;
  /** A Slack user (`U…`) or user group (`S…`). */
  readonly mention: string;
  /** In place of the incident's channel; null for that. */
  readonly slackChannel: string | null;
};

/** What policy says of telling. */
export type Telling = {
  readonly routes: readonly Route[];
  readonly escalation: readonly Escalation[];
  /** After so many reminders of one question nobody is reminded any more. */
  readonly mostReminders: number;
  /** How often people are reminded of open tasks and questions; 0: never. */
  readonly taskReminderHours: number;
};

export const NO_TELLING: Telling = { routes: [], escalation: [], mostReminders: 72, taskReminderHours: 24 };

/** What becomes of the nth reminder of a question, counted from 1. */
export const reminderOf = (
  number: number,
  { escalation, mostReminders }: Pick<Telling, 'escalation' | 'mostReminders'>,
): { readonly outcome: 'remind' | 'last' | 'none'; readonly to: readonly Escalation[] } => ({
  outcome: number > mostReminders ? 'none' : number === mostReminders ? 'last' : 'remind',
  to: escalation.filter(({ reminder }) => number >= reminder),
});
