import type { Limits } from '../policy/caps';
import type { Choices } from '../policy/choices';
import { readDependants } from '../policy/dependants';
import { MODES, type Mode, type ModeEntry } from '../policy/mode';
import { listEnv, requireEnv } from './environment';

/** What a deployment was configured with. Never a secret: those are read from SSM when needed. */
export type Settings = {
  readonly service: string;
  readonly stage: string;
  readonly table: string;
  readonly evidenceBucket: string;
  readonly alertTopicArn: string;
  readonly stateMachineArn: string;
  /** Account and region that the deployment lives in and guards. */
  readonly ownAccountId: string;
  readonly ownRegion: string;
  readonly denyPolicyArn: string;
  readonly choices: Choices;
  /** How many held events a replay sends a second. */
  readonly replayPerSecond: number;
  readonly defaultMode: Mode;
  /** The first entry that is for a finding decides, before the default. */
  readonly modes: readonly ModeEntry[];
  readonly containSamples: boolean;
  readonly limits: Limits;
  readonly neverContain: readonly string[];
  readonly approvers: readonly string[];
  readonly slackChannel: string;
  readonly slackApiUrl: string;
  readonly pagerDutyUrl: string;
  readonly retention: Retention;
};

/** How what is sealed is locked (docs/retention.md). */
export type Retention = {
  readonly lockMode: 'GOVERNANCE' | 'COMPLIANCE';
  /** For how many days: what was collected of the suspect, and the record of what was done, which names it. */
  readonly days: { readonly evidence: number; readonly record: number };
  /** Whether each version is held beside its lock, until the break-glass role ends that. */
  readonly legalHold: boolean;
};

const oneOf = <T extends string>(name: string, allowed: readonly T[]): T => {
  const value = requireEnv(name);
  const found = allowed.find((entry) => entry === value);
  if (found === undefined)
    throw new RangeError(`${name} is ${JSON.stringify(value)}: it must be one of ${allowed.join(', ')}`);
  return found;
};

/** An entry as `infrastructure/modes.cjs` writes it: `<functions>:<severity>:<mode>`. */
export const readMode = (entry: string): ModeEntry => {
  const [functions = '', severity = '', name] = entry.split(':');
  const mode = MODES.find((known) => known === name);
  if (functions === '' || !/^\d+(?:\.\d+)?$/.test(severity) || mode === undefined)
    throw new RangeError(
      `TOURNIQUET_MODES holds ${JSON.stringify(entry)}: it must be functions:severity:mode`,
    );
  return { functions, severity: Number(severity), mode };
};

/** As `infrastructure/config.cjs` writes it: `<lock mode>:<days of evidence>:<days of the record>:<legal hold>`. */
const readRetention = (text: string): Retention => {
  const [, lockMode, evidence, record, legalHold] =
    /^(GOVERNANCE|COMPLIANCE):([1-9]\d*):([1-9]\d*):(true|false)$/.exec(text) ?? [];
  if (lockMode !== 'GOVERNANCE' && lockMode !== 'COMPLIANCE')
    throw new RangeError(
      `TOURNIQUET_RETENTION is ${JSON.stringify(text)}: it must be mode:days of evidence:days of the record:legal hold`,
    );
  return {
    lockMode,
    days: { evidence: Number(evidence), record: Number(record) },
    legalHold: legalHold === 'true',
  };
};

const NARROWS = { true: 'on', ask: 'ask', false: 'off' } as const;

/** The deployment's settings from the environment that `serverless.yml` gives every function. */
export const readSettings = (): Settings => {
  const stateMachineArn = requireEnv('TOURNIQUET_STATE_MACHINE_ARN');
  const [, , , ownRegion = '', ownAccountId = ''] = stateMachineArn.split(':');
  return {
    ownRegion,
    ownAccountId,
    service: requireEnv('TOURNIQUET_SERVICE'),
    stage: requireEnv('TOURNIQUET_STAGE'),
    table: requireEnv('TOURNIQUET_INCIDENT_TABLE'),
    evidenceBucket: requireEnv('TOURNIQUET_EVIDENCE_BUCKET'),
    alertTopicArn: requireEnv('TOURNIQUET_ALERT_TOPIC_ARN'),
    stateMachineArn,
    denyPolicyArn: requireEnv('TOURNIQUET_DENY_POLICY_ARN'),
    choices: {
      sharedRole: oneOf('TOURNIQUET_SHARED_ROLE', ['role-wide', 'scoped']),
      denyLogs: oneOf('TOURNIQUET_DENY_LOGS', ['true', 'false']) === 'true',
      narrowTrust: NARROWS[oneOf('TOURNIQUET_NARROW_TRUST', ['true', 'ask', 'false'])],
      aliasSessions: oneOf('TOURNIQUET_ALIAS_SESSIONS', ['accept', 'publish', 'wait']),
      inlineRoles: listEnv('TOURNIQUET_INLINE_ROLES'),
      recycleSiblings: oneOf('TOURNIQUET_RECYCLE_SIBLINGS', ['true', 'false']) === 'true',
      expectedHours: Number(requireEnv('TOURNIQUET_EXPECTED_HOURS')),
      driftAction: oneOf('TOURNIQUET_DRIFT_ACTION', ['put-back', 'escalate']),
      dependants: readDependants(listEnv('TOURNIQUET_DEPENDANTS')),
    },
    replayPerSecond: Number(requireEnv('TOURNIQUET_REPLAY_PER_SECOND')),
    modes: listEnv('TOURNIQUET_MODES').map(readMode),
    defaultMode: oneOf('TOURNIQUET_DEFAULT_MODE', MODES),
    containSamples: oneOf('TOURNIQUET_CONTAIN_SAMPLES', ['true', 'false']) === 'true',
    limits: {
      perHour: Number(requireEnv('TOURNIQUET_MAX_CONTAINMENTS_PER_HOUR')),
      percent: Number(requireEnv('TOURNIQUET_MAX_CONTAINED_PERCENT')),
      floor: Number(requireEnv('TOURNIQUET_MAX_CONTAINED_FLOOR')),
      breakerCount: Number(requireEnv('TOURNIQUET_BREAKER_COUNT')),
      breakerMinutes: Number(requireEnv('TOURNIQUET_BREAKER_MINUTES')),
    },
    neverContain: listEnv('TOURNIQUET_NEVER_CONTAIN'),
    approvers: listEnv('TOURNIQUET_APPROVERS'),
    slackChannel: requireEnv('TOURNIQUET_SLACK_CHANNEL'),
    slackApiUrl: requireEnv('TOURNIQUET_SLACK_API_URL'),
    pagerDutyUrl: requireEnv('TOURNIQUET_PAGERDUTY_URL'),
    retention: readRetention(requireEnv('TOURNIQUET_RETENTION')),
  };
};
