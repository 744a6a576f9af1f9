/**
 * What AWS asks for, in US dollars, in us-east-1 (the services' pricing pages, 2026-11). Without free tiers: whoever has
 * a fleet has used them up. Other Regions ask for up to about half as much again.
 */
export const PRICES = {
  /** Lambda, arm64: for each request, and for a GB-second. */
  invocation: 0.2 / 1_000_000,
  gbSecond: 0.000_013_333_4,
  /** CloudWatch: a metric that an alarm looks at, for a month; of a band three. A dashboard beyond the free ones. */
  alarmMetric: 0.1,
  dashboard: 3,
  /** DynamoDB, on demand: a write and a read request unit. */
  write: 0.625 / 1_000_000,
  read: 0.125 / 1_000_000,
  /** Step Functions, standard: a transition. */
  transition: 0.000_025,
  /** CloudTrail: data events, and copies of management events beyond the first trail. */
  dataEvent: 0.1 / 100_000,
  managementEventCopy: 2 / 100_000,
  /** EventBridge: matched events of AWS's own services are free; our own bus is not. */
  ownEvent: 1 / 1_000_000,
  /** S3: a GB for a month, and a write. */
  gbMonth: 0.023,
  put: 0.005 / 1000,
  /** KMS: a key for a month. */
  key: 1,
} as const;

export const DAYS = 30;

/**
 * What reading a GB of logs comes to. A payload of a subscription has about 10 kB of lines where functions are called now
 * and then; lines are looked at with about 10 MB a second (`npm run bench:detection`), in 512 MB of memory.
 */
const PAYLOAD_BYTES = 10_000;
const BYTES_PER_SECOND = 10_000_000;
const GB = 1_000_000_000;
const LEAST_SECONDS = 0.005;
const MEMORY_GB = 0.5;

export const readingLogs = (gb: number): number => {
  const payloads = (gb * GB) / PAYLOAD_BYTES;
  const seconds = payloads * Math.max(LEAST_SECONDS, PAYLOAD_BYTES / BYTES_PER_SECOND);
  return payloads * PRICES.invocation + seconds * MEMORY_GB * PRICES.gbSecond;
};
