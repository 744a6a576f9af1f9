const format = (options) => new Intl.DateTimeFormat(undefined, options);
const time = format({ hour: 'numeric', minute: '2-digit' });
const timeSeconds = format({ hour: 'numeric', minute: '2-digit', second: '2-digit' });
const day = format({ weekday: 'long', month: 'long', day: 'numeric' });
const short = format({ month: 'short', day: 'numeric', year: 'numeric' });
const long = format({ weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' });
const medium = format({ month: 'long', day: 'numeric', year: 'numeric' });
const whole = format({ dateStyle: 'full', timeStyle: 'long' });

/** A Slack timestamp as a date. */
export const dateOf = (ts) => new Date(Number(ts) * 1000);

export const timeOf = (date) => time.format(date);
export const wholeOf = (date) => whole.format(date);

const daysAgo = (date) => {
  const midnight = (value) => new Date(value).setHours(0, 0, 0, 0);
  return Math.round((midnight(Date.now()) - midnight(date)) / 86_400_000);
};

const NEAR = { 0: 'Today', 1: 'Yesterday', '-1': 'Tomorrow' };

export const dayOf = (date) => NEAR[daysAgo(date)] ?? day.format(date);

const pretty = (date, other) => NEAR[daysAgo(date)]?.toLowerCase() ?? other.format(date);

const TOKENS = {
  date_num: (date) =>
    [date.getFullYear(), date.getMonth() + 1, date.getDate()]
      .map((part) => String(part).padStart(2, '0'))
      .join('-'),
  date: (date) => medium.format(date),
  date_short: (date) => short.format(date),
  date_long: (date) => long.format(date),
  date_pretty: (date) => pretty(date, medium),
  date_short_pretty: (date) => pretty(date, short),
  date_long_pretty: (date) => pretty(date, long),
  time: (date) => time.format(date),
  time_secs: (date) => timeSeconds.format(date),
};

/** Slack's date format, in the reader's own time zone; the fallback where a token is not known. */
export const formatDate = ({ seconds, format: pattern, fallback }) => {
  const date = new Date(seconds * 1000);
  const known = [...pattern.matchAll(/\{(\w+)\}/g)].every(([, token]) => Object.hasOwn(TOKENS, token));
  if (pattern === '' || !known) return fallback;
  return pattern.replaceAll(/\{(\w+)\}/g, (_, token) => TOKENS[token](date));
};
