import { DAYS, PRICES, readingLogs } from '../../shared/fleet/prices';

/** An account, and what of it is to be guarded. */
export type Account = {
  readonly functions: number;
  /** Calls of AWS's APIs that one function makes in a day. */
  readonly calls: number;
  /** GB of logs in a month, of the functions whose logs are read. */
  readonly logGb: number;
  /** Events of a trail's data event selectors in a month; 0 where the stack makes no trail with them. */
  readonly dataEvents: number;
  /** Whether baselines are learned from a trail. */
  readonly trail: boolean;
  readonly incidents: number;
  /** Alarms over the fleet, functions with alarms of their own, alarms on Tourniquet itself, KMS keys. */
  readonly fleetAlarms: number;
  readonly watched: number;
  readonly ownAlarms: number;
  readonly keys: number;
};

export type Item = {
  readonly what: string;
  /** Dollars a month. */
  readonly usd: number;
  readonly how: string;
};

/** A call is looked at in about so many seconds (`npm run bench:detection`), a gigabyte-second's half each. */
const LOOK_SECONDS = 0.005;
const MEMORY_GB = 0.5;

/**
 * A trail writes a file about every five minutes (CloudTrail user guide, "How CloudTrail delivers logs"); a function that
 * makes calls all the time is in each, and its baseline is read and written for it: 5.2 kB packed, 6 write and 2 read
 * units, in some 20 ms of 1 GB.
 */
const FILES = 12 * 24;
const LEARNING = { writes: 6, reads: 2, gbSeconds: 0.02 };

/** Of one incident, assumed: states that are passed, seconds of 0.5 GB, writes. */
const INCIDENT = { transitions: 60, seconds: 120, writes: 400, puts: 60 };

/** An error rate has two metrics; a band has three (CloudWatch pricing, "anomaly detection alarm"). */
const METRICS_OF_WATCHED = 2 + 3 + 3;

/** Every five minutes the drift watch, once a day enrolment and sweep. */
const SCHEDULED = DAYS * (24 * 12 + 2);

const run = (times: number, seconds: number): number =>
  times * (PRICES.invocation + seconds * MEMORY_GB * PRICES.gbSecond);

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');

/** What a month comes to, item by item; each an upper bound where its volume is not known. */
export const estimate = (account: Account): readonly Item[] => {
  const { functions, calls, logGb, dataEvents, trail, incidents, fleetAlarms, watched, ownAlarms, keys } =
    account;
  const looked = functions * calls * DAYS;
  const learned = trail ? functions * Math.min(calls, FILES) * DAYS : 0;
  return [
    {
      what: 'Recorded calls looked at',
      usd: run(looked, LOOK_SECONDS),
      how: `at most ${whole(looked)} invocations: ${whole(functions)} functions, ${whole(calls)} calls a day each`,
    },
    {
      what: 'Logs read',
      usd: readingLogs(logGb),
      how: `${logGb.toFixed(1)} GB of the functions that are guarded`,
    },
    {
      what: 'Alarms over the fleet',
      usd: functions * fleetAlarms * PRICES.alarmMetric,
      how: `${fleetAlarms} alarms, each looks at a metric of each function`,
    },
    {
      what: 'Alarms of watched functions',
      usd: watched * METRICS_OF_WATCHED * PRICES.alarmMetric,
      how: `${watched} functions, an error rate and two bands each`,
    },
    {
      what: 'Data events',
      usd: dataEvents * PRICES.dataEvent,
      how: `${whole(dataEvents)} events; management events are free on the first trail`,
    },
    {
      what: 'Baselines',
      usd:
        learned *
        (LEARNING.writes * PRICES.write +
          LEARNING.reads * PRICES.read +
          LEARNING.gbSeconds * PRICES.gbSecond),
      how: trail
        ? `at most ${whole(learned)} writes: each function in each of ${FILES} log files a day`
        : 'none: no trail to learn from (--trail)',
    },
    {
      what: 'Incidents',
      usd:
        incidents *
        (INCIDENT.transitions * PRICES.transition +
          run(INCIDENT.transitions, INCIDENT.seconds / INCIDENT.transitions) +
          INCIDENT.writes * PRICES.write +
          INCIDENT.puts * PRICES.put),
      how: `${whole(incidents)} a month, of assumed length`,
    },
    {
      what: 'Tourniquet itself',
      usd: ownAlarms * PRICES.alarmMetric + keys * PRICES.key + PRICES.dashboard + run(SCHEDULED, 2),
      how: `${ownAlarms} alarms, ${keys} keys, a dashboard, schedules`,
    },
  ];
};

export const totalOf = (items: readonly Item[]): number => items.reduce((sum, { usd }) => sum + usd, 0);
