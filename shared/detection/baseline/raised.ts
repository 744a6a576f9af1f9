import type { Measure } from './observation';

/** One thing in which a function departed from what it does, in the words that a rule's finding has. */
export type Raised = {
  /** The same for the same fact, however often it is judged. Holds nothing that others wrote but its digest. */
  readonly id: string;
  readonly rule: string;
  readonly title: string;
  /** MITRE ATT&CK, as of v18. */
  readonly techniques: readonly string[];
  /** 0 to 10 in GuardDuty's scale. Never 7: no departure alone is enough to contain a function. */
  readonly severity: number;
  /** One sentence, with the numbers. */
  readonly why: string;
};

/** Below the line of an alert: told, and never more. */
export const CONTEXT = 3;

type Kind = Pick<Raised, 'rule' | 'title' | 'techniques' | 'severity'>;

/*
 * T1078.004 Valid Accounts: Cloud Accounts, T1535 Unused/Unsupported Cloud Regions.
 */
export const KINDS = {
  api: {
    rule: 'baseline-new-api',
    title: 'The function called an API that it never called before',
    techniques: ['T1078.004'],
    severity: 5,
  },
  region: {
    rule: 'baseline-new-region',
    title: 'The function made a call in a Region in which it never made one',
    techniques: ['T1078.004', 'T1535'],
    severity: 6,
  },
  network: {
    rule: 'baseline-new-network',
    title: "The function's credentials were used in a network in which they never were",
    techniques: ['T1078.004'],
    severity: 6,
  },
  agent: {
    rule: 'baseline-new-agent',
    title: "The function's credentials were used by a client that never used them",
    techniques: ['T1078.004'],
    severity: 5,
  },
  hour: {
    rule: 'baseline-unusual-hour',
    title: 'The function was at work at an hour at which it never is',
    techniques: ['T1078.004'],
    severity: CONTEXT,
  },
  day: {
    rule: 'baseline-unusual-day',
    title: 'The function was at work on a day of the week on which it never is',
    techniques: ['T1078.004'],
    severity: CONTEXT,
  },
} as const satisfies Readonly<Record<string, Kind>>;

type Volume = { readonly hour: Kind; readonly day: Kind; readonly trend: Kind };

const volume = (
  name: string,
  does: string,
  techniques: readonly string[],
  slow: readonly string[],
): Volume => ({
  hour: {
    rule: `baseline-${name}-hour`,
    title: `The function ${does} far more in an hour than it usually does`,
    techniques,
    severity: 5,
  },
  day: {
    rule: `baseline-${name}-day`,
    title: `The function ${does} far more in a day than it usually does`,
    techniques,
    severity: 5,
  },
  trend: {
    rule: `baseline-${name}-rising`,
    title: `What the function ${does} has risen little by little`,
    techniques: slow,
    severity: 5,
  },
});

/*
 * T1530 Data from Cloud Storage, T1213 Data from Information Repositories, T1567 Exfiltration Over Web Service, T1030
 * Data Transfer Size Limits (little by little, to stay below what alerts), T1041 Exfiltration Over C2 Channel, T1496.001
 * Resource Hijacking: Compute Hijacking.
 */
const READ = volume('volume', 'read', ['T1530', 'T1213', 'T1567'], ['T1530', 'T1213', 'T1030']);
const SENT = volume('sent', 'sent', ['T1041', 'T1567'], ['T1041', 'T1030']);
const PROCESSED = volume('compute', 'computed', ['T1496.001'], ['T1496.001']);

/** What too much of each measure is. */
export const VOLUMES: Readonly<Record<Measure, Volume>> = {
  calls: READ,
  reads: READ,
  bytes: READ,
  sent: SENT,
  processed: PROCESSED,
};

export const raise = (kind: Kind, what: string, why: string, severity = kind.severity): Raised => ({
  ...kind,
  id: `${kind.rule}:${what}`,
  severity,
  why,
});
