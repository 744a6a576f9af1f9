import { addressList } from '../../shared/detection/addresses';
import { type Call, isReadable, readCall } from '../../shared/detection/call';
import { evaluator, type Sign } from '../../shared/detection/evaluate';
import { expectedOf } from '../../shared/detection/expected';
import { flowSigns, readFlow } from '../../shared/detection/flows';
import { type Judgement, judge } from '../../shared/detection/judge';
import { judgeLine } from '../../shared/detection/judgeLine';
import { type LogLines, readLogLines, recordIn as recordInLine } from '../../shared/detection/logRecords';
import { LOG_RULES } from '../../shared/detection/logRules';
import { Memory } from '../../shared/detection/memory';
import { RULES } from '../../shared/detection/rules';
import type { Setting } from '../../shared/detection/setting';
import type { LogRule } from '../../shared/detection/sign';
import { functionNamed } from '../../shared/detection/targets';
import { watchingFinder } from '../../shared/detection/watchlist';
import { type Allowances, allowanceOf, type Expected, NO_ALLOWANCES } from '../../shared/policy/allowances';
import { lower, type Mode, type ModePolicy } from '../../shared/policy/mode';
import { NO_WATCHLIST, type Watchlist } from '../../shared/policy/watchlist';
import { parseFunctionArn } from '../../shared/suspect/functionArn';
import { readManaged } from './managed';
import type { Read } from './readEvents';

/** What one event raises, as `--json` prints it. */
export type Raised = {
  readonly rule: string;
  readonly title: string;
  readonly techniques: readonly string[];
  readonly severity: number;
  readonly suspect: string | null;
  readonly disposition: Mode;
  readonly because: string;
};

export type Outcome = {
  /** From 0, in the order of the input. */
  readonly event: number;
  readonly findings: readonly Raised[];
  /** One sentence, where the event cannot be judged. */
  readonly error: string | null;
};

export type Policy = {
  readonly setting: Setting;
  readonly modes: ModePolicy;
  /** What the policy file expects; absent: nothing. */
  readonly allowances?: Allowances;
  /** What it looks for in logs beside the rules that ship. */
  readonly watchlist?: Watchlist;
  /** The Region of log groups: CloudWatch Logs' payloads do not say it. */
  readonly region?: string | null;
};

type Judged = Pick<Outcome, 'findings' | 'error'>;

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An event of EventBridge about something else than a call: none of its business, and no error. */
const isOtherEnvelope = (event: unknown): boolean =>
  isObject(event) &&
  typeof event['detail-type'] === 'string' &&
  !/via CloudTrail$|Service Event/.test(event['detail-type']);

/** The record inside an envelope of EventBridge, or the event itself. */
const recordIn = (event: unknown): unknown =>
  isObject(event) && typeof event['detail-type'] === 'string' && isObject(event.detail)
    ? event.detail
    : event;

/** A judgement within what the policy allows for what it expects, at `time` (milliseconds since 1970). */
const within = <T extends Judgement>(
  judged: T,
  expected: Expected | null,
  allowances: Allowances,
  time: number,
): T => {
  const allowance = expected === null ? null : allowanceOf(expected, allowances, time);
  if (allowance === null || lower(judged.disposition, allowance.most) === judged.disposition) return judged;
  return { ...judged, disposition: allowance.most, because: allowance.because };
};

/** Judges events one after the other; what is counted over several is remembered between them. */
export const detector = ({
  setting,
  modes,
  allowances = NO_ALLOWANCES,
  watchlist = NO_WATCHLIST,
  region = null,
}: Policy): ((read: Read) => Outcome) => {
  const evaluate = evaluator(RULES);
  const memory = new Memory();
  let count = 0;
  const raise = (sign: Sign, call: Call): Raised => {
    const { rule, severity, suspect } = sign;
    const { disposition, because } = within(
      judge(sign, setting, modes),
      expectedOf(sign, call),
      allowances,
      call.time ?? Date.now(),
    );
    const { id, title, techniques } = rule;
    return { rule: id, title, techniques, severity, suspect, disposition, because };
  };
  /** Of logs and of other services, which do not say in the same way who did it. */
  const ofFinding = (raised: Raised): Raised => {
    const functionName = raised.suspect === null ? null : parseFunctionArn(raised.suspect)?.functionName;
    const expected = functionName == null ? null : { rule: raised.rule, functionName, by: [] };
    return within(raised, expected, allowances, Date.now());
  };
  const list = addressList(watchlist.addresses);
  const findLines = watchingFinder(LOG_RULES, watchlist);
  const raiseLine = (rule: LogRule, suspect: string | null): Raised => {
    const { id, title, techniques, severity } = rule;
    return ofFinding({ rule: id, title, techniques, severity, suspect, ...judgeLine(rule, suspect, modes) });
  };
  const inLines = ({ lines, functionName, account }: LogLines): readonly Raised[] => {
    const suspect = functionNamed(functionName, { region, account });
    const rules = new Set(
      lines.flatMap((line) => {
        const flow = readFlow(line);
        if (flow !== null) return flowSigns(flow, list);
        return recordInLine(line) === null ? findLines(line) : [];
      }),
    );
    const calls = lines.flatMap((line) => {
      const record = recordInLine(line);
      return record === null ? [] : inCall(record).findings;
    });
    return [...[...rules].map((rule) => raiseLine(rule, suspect)), ...calls];
  };
  const findingsIn = (event: unknown): Judged => {
    const lines = readLogLines(event);
    if (lines !== null)
      return { findings: inLines(lines).toSorted((a, b) => b.severity - a.severity), error: null };
    const managed = readManaged(event, modes);
    if (managed !== null) return { findings: managed.map(ofFinding), error: null };
    if (isOtherEnvelope(event)) return { findings: [], error: null };
    return inCall(recordIn(event));
  };
  const inCall = (record: unknown): Judged => {
    const call = readCall(record);
    if (!isReadable(call)) return { findings: [], error: call.error };
    const { signs, counted } = evaluate(call, setting);
    const bursts = counted.flatMap(({ sign, key, what }) =>
      sign.rule.burst !== undefined && memory.note(key, what, call.time ?? 0, sign.rule.burst) ? [sign] : [],
    );
    return {
      findings: [...signs, ...bursts]
        .toSorted((a, b) => b.severity - a.severity)
        .map((sign) => raise(sign, call)),
      error: null,
    };
  };
  return (read) => {
    const event = count;
    count += 1;
    return 'error' in read
      ? { event, findings: [], error: read.error }
      : { event, ...findingsIn(read.event) };
  };
};
