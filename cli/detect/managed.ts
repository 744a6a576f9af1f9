import { at, list, numberOf, text, texts, type Value } from '../../shared/detection/fields';
import { ALERT } from '../../shared/detection/judge';
import { parseAsff } from '../../shared/findings/asff';
import type { Finding, ParsedFinding } from '../../shared/findings/finding';
import { parseGuardDuty } from '../../shared/findings/guardDuty';
import { techniquesOf } from '../../shared/findings/guardDutyTechniques';
import { parseOcsf } from '../../shared/findings/ocsf';
import { oneLine } from '../../shared/findings/oneLine';
import { parseEvent } from '../../shared/findings/parseEvent';
import { guardDutyType } from '../../shared/findings/securityHub';
import { chooseMode, lower, type Mode, type ModePolicy } from '../../shared/policy/mode';
import { type FunctionArn, parseFunctionArn } from '../../shared/suspect/functionArn';

/*
 * Findings that other services made, in a file of events: GuardDuty's in both spellings, Security Hub's of both versions,
 * alarms. The deployment acts on those that name a function; here the others are reported too.
 */

export type ManagedFinding = {
  readonly rule: string;
  readonly title: string;
  readonly techniques: readonly string[];
  readonly severity: number;
  readonly suspect: string | null;
  readonly disposition: Mode;
  readonly because: string;
};

/** What a finding says, whether the deployment would act on it or not. */
type Said = {
  readonly rule: string;
  readonly title: string;
  readonly severity: number;
  readonly about: Value;
  readonly parsed: ParsedFinding;
};

const EPOCH = new Date(0);

/** In GuardDuty's scale, by label of ASFF and by `severity_id` of OCSF: the least of each range. */
const LABELS = { INFORMATIONAL: 0, LOW: 2, MEDIUM: 5, HIGH: 7, CRITICAL: 9 } as const;
const graded = (label: string): number | null =>
  Object.hasOwn(LABELS, label) ? LABELS[label as keyof typeof LABELS] : null;
const OCSF_SEVERITIES: readonly number[] = [0, 0, 2, 5, 7, 9, 10];

const guardDuty = (finding: Value): Said => {
  const rule = oneLine(text(finding, 'type'), 256);
  const parsed = parseGuardDuty(finding, EPOCH.toISOString());
  return {
    rule,
    title: oneLine(text(finding, 'title'), 512) || rule,
    severity: numberOf(at(finding, 'severity')) ?? 0,
    about: at(finding, 'resource'),
    parsed,
  };
};

const typeOf = (types: Value, otherwise: string | null): string => {
  const [first] = list(types);
  return guardDutyType(types) ?? oneLine(typeof first === 'string' ? first : otherwise, 256);
};

const asff = (finding: Value): Said => {
  const label = text(finding, 'Severity.Label', 'FindingProviderFields.Severity.Label') ?? '';
  const rule = typeOf(at(finding, 'Types'), text(finding, 'GeneratorId')) || 'SecurityHub';
  return {
    rule,
    title: oneLine(text(finding, 'Title'), 512),
    severity: posture(
      rule,
      graded(label.toUpperCase()) ?? (numberOf(at(finding, 'Severity.Normalized')) ?? 0) / 10,
    ),
    about: at(finding, 'Resources'),
    parsed: parseAsff(finding, EPOCH.toISOString()),
  };
};

const ocsf = (finding: Value): Said => {
  const rule = typeOf(at(finding, 'finding_info.types'), text(finding, 'class_name')) || 'SecurityHub';
  return {
    rule,
    title: oneLine(text(finding, 'finding_info.title'), 512),
    severity: posture(rule, OCSF_SEVERITIES[numberOf(at(finding, 'severity_id')) ?? 0] ?? 0),
    about: at(finding, 'resources'),
    parsed: parseOcsf(finding, EPOCH.toISOString()),
  };
};

/** Posture and vulnerabilities below high are context: nothing happened yet. */
const posture = (rule: string, severity: number): number =>
  techniquesOf(rule).length > 0 || severity >= LABELS.HIGH ? severity : Math.min(severity, ALERT - 1);

/** Dealt with, or a check that was passed: nothing happened. */
const isOver = (finding: Value): boolean =>
  text(finding, 'RecordState') === 'ARCHIVED' ||
  /^(?:RESOLVED|SUPPRESSED)$/.test(text(finding, 'Workflow.Status', 'WorkflowState') ?? '') ||
  /^(?:PASSED|Pass)$/.test(text(finding, 'Compliance.Status') ?? '') ||
  numberOf(at(finding, 'status_id')) === 3 ||
  numberOf(at(finding, 'status_id')) === 4;

const isGuardDuty = (value: Value): boolean =>
  /^[A-Z]\w+:[\w]+\/./.test(text(value, 'type') ?? '') && at(value, 'resource') !== undefined;
const isAsff = (value: Value): boolean =>
  text(value, 'ProductArn') !== null && at(value, 'Resources') !== undefined;
const isOcsf = (value: Value): boolean =>
  numberOf(at(value, 'class_uid')) !== null && at(value, 'finding_info') !== undefined;

const alarm = (event: Value): readonly Said[] => {
  const parsed = parseEvent(event, EPOCH);
  const said = { rule: 'MetricAlarm', title: oneLine(text(event, 'detail.alarmName'), 256), about: null };
  return parsed.kind === 'finding' ? [{ ...said, severity: parsed.finding.severity, parsed }] : [];
};

/** What each finding in an event says; null where it is no event of these services. */
const saidIn = (event: Value): readonly Said[] | null => {
  if (/^CloudWatch Alarm/.test(text(event, 'detail-type') ?? '')) return alarm(event);
  const detail = text(event, 'detail-type') === null ? event : at(event, 'detail');
  const each = at(detail, 'findings') === undefined ? [detail] : list(at(detail, 'findings'));
  const read = (finding: Value): readonly Said[] | null => {
    if (isOcsf(finding)) return isOver(finding) ? [] : [ocsf(finding)];
    if (isAsff(finding)) return isOver(finding) ? [] : [asff(finding)];
    return isGuardDuty(finding) ? [guardDuty(finding)] : null;
  };
  const found = each.map(read);
  return found.some((some) => some !== null) ? found.flatMap((some) => some ?? []) : null;
};

const suspectOf = ({ parsed, about }: Said): FunctionArn | null => {
  if (parsed.kind === 'finding') return parsed.finding.suspect;
  const functions = [...texts(about)].flatMap((value) => parseFunctionArn(value) ?? []);
  return new Set(functions.map(({ arn }) => arn)).size === 1 ? (functions[0] ?? null) : null;
};

type Limit = { readonly most: Mode; readonly because: string };

const limitOf = (finding: Finding | null, severity: number): Limit => {
  if (finding === null || severity < ALERT)
    return { most: 'observe', because: 'at most observe: the deployment does not act on it' };
  if (finding.archived) return { most: 'ignore', because: 'the source has archived this finding' };
  if (finding.sample) return { most: 'observe', because: 'at most observe: it is a sample' };
  return finding.bound ?? { most: 'respond', because: '' };
};

const judged = (said: Said, policy: ModePolicy): ManagedFinding => {
  const { rule, title, severity, parsed } = said;
  const suspect = suspectOf(said);
  const about = { rule, title, techniques: techniquesOf(rule), severity, suspect: suspect?.arn ?? null };
  if (suspect === null)
    return { ...about, disposition: 'ignore', because: 'the finding names no one function' };
  const { mode } = chooseMode(suspect.functionName, severity, {}, policy);
  const { most, because } = limitOf(parsed.kind === 'finding' ? parsed.finding : null, severity);
  const disposition = lower(mode, most);
  return { ...about, disposition, because: disposition === mode ? `mode ${mode}` : because };
};

/** The findings in an event of GuardDuty, Security Hub or CloudWatch's alarms; null where it is none of theirs. */
export const readManaged = (event: Value, policy: ModePolicy): readonly ManagedFinding[] | null =>
  saidIn(event)?.map((said) => judged(said, policy)) ?? null;
