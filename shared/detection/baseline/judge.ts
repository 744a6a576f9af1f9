import { advance, type Closed, hourLimit, JUDGED } from './advance';
import type { Baseline, FacetName } from './baseline';
import { countOf, has, isRestless } from './facet';
import { amountOf, isKnown, valuesOf } from './learn';
import type { Measure, Observation } from './observation';
import { oddTime } from './oddTime';
import { CONTEXT, KINDS, type Raised, raise, VOLUMES } from './raised';
import { readRing } from './ring';
import { openAmount } from './series';
import { DAY_HOURS, dateOf, dayOf, hourOf, nameOfHour, stampOf } from './time';

type CallSeen = Extract<Observation, { kind: 'call' }>;

/** Numbers as people read them: whole from ten on, else with one place. */
const said = (number: number): string =>
  number >= 10 ? Math.round(number).toLocaleString('en-US') : String(Math.round(number * 10) / 10);

const NOUNS: Readonly<Record<Measure, string>> = {
  calls: 'calls',
  reads: 'reads of data',
  bytes: 'bytes read',
  sent: 'bytes sent',
  processed: 'ms of processor time',
};

const daysKnown = ({ since }: Baseline, hour: number): number =>
  since === null ? 0 : Math.max(1, Math.floor((hour - since) / DAY_HOURS));

const VALUES: Readonly<Record<FacetName, { readonly one: string; readonly many: string }>> = {
  api: { one: 'API', many: 'APIs' },
  region: { one: 'Region', many: 'Regions' },
  network: { one: 'network', many: 'networks' },
  wide: { one: 'wide network', many: 'wide networks' },
  agent: { one: 'client', many: 'clients' },
};

/** A facet that new values kept coming to for this long after learning is held to be so by nature. */
const UNSETTLED_HOURS = 31 * DAY_HOURS;

/** Severity of a value that was never seen; null where that says nothing yet. */
const severityOfNew = (baseline: Baseline, name: FacetName, call: CallSeen, hour: number): number | null => {
  const facet = baseline.facets[name];
  if (baseline.learned === null) return null;
  if (facet.settled === null) return hour - baseline.learned >= UNSETTLED_HOURS ? CONTEXT : null;
  if (name === 'api' && baseline.deployedUntil !== null && call.time < baseline.deployedUntil)
    return CONTEXT - 1;
  const kind = KINDS[name === 'wide' ? 'network' : name];
  // One odd API after the other is what an intruder does; it never becomes a habit to overlook.
  return name !== 'api' && isRestless(facet, hour) ? CONTEXT : kind.severity;
};

const newValue = (baseline: Baseline, name: FacetName, call: CallSeen, hour: number): readonly Raised[] => {
  const value = valuesOf(call)[name];
  const facet = baseline.facets[name];
  if (value === null || has(facet, value, hour)) return [];
  const severity = severityOfNew(baseline, name, call, hour);
  if (severity === null) return [];
  const known = countOf(facet, hour);
  const kind = KINDS[name === 'wide' ? 'network' : name];
  const after = severity < CONTEXT ? '; a known deployer replaced its code shortly before' : '';
  return [
    raise(
      kind,
      `${value}:${dateOf(dayOf(hour))}`,
      `${value} is new: in ${daysKnown(baseline, hour)} days it was seen with ${known} ${known === 1 ? VALUES[name].one : VALUES[name].many}${after}`,
      severity,
    ),
  ];
};

/** A function outside a VPC comes from any of AWS's addresses: where its /16 change all the time, the /8 tell. */
const newNetwork = (baseline: Baseline, call: CallSeen, hour: number): readonly Raised[] => {
  const near = newValue(baseline, 'network', call, hour);
  return near.some(({ severity }) => severity > CONTEXT) ? near : newValue(baseline, 'wide', call, hour);
};

const odd = (baseline: Baseline, hour: number): readonly Raised[] => {
  const kind = oddTime(baseline, hour);
  if (kind === null) return [];
  const days = daysKnown(baseline, hour);
  const why =
    kind === 'day'
      ? `it made a call on ${nameOfHour(hour)}: in the last ${Math.min(days, 35)} days it made none on that day of the week`
      : `it made a call on ${nameOfHour(hour)}: in the last ${Math.min(days, 35)} days it made none within an hour of that time on such a day`;
  return [raise(KINDS[kind], dateOf(dayOf(hour)), why)];
};

/** From this many times the usual on it is the gravest that a volume comes to. */
const HUNDREDFOLD = 100;
const severityOfVolume = (times: number): number => (times >= HUNDREDFOLD ? 6 : 5);

const hourVolume = (
  { series, head }: Baseline,
  measure: Measure,
  hour: number,
  amount: number,
  isTotal: boolean,
): readonly Raised[] => {
  const one = series[measure];
  // What came late was judged by the day, or is history.
  if (hour <= head || one.slow === null || !JUDGED.includes(measure)) return [];
  const before = openAmount(one, hour);
  const after = isTotal ? Math.max(before, amountOf(amount)) : before + amountOf(amount);
  if (after <= before) return [];
  const limit = hourLimit(one, readRing(one.ring), head, hour, measure);
  if (limit === null || after <= limit.most || before > limit.most) return [];
  const times = after / Math.max(1, limit.usual);
  return [
    raise(
      VOLUMES[measure].hour,
      `${measure}:${stampOf(hour)}`,
      `${said(after)} ${NOUNS[measure]} in the hour of ${nameOfHour(hour)}: its usual at that time of the week is ${said(limit.usual)}, and ${said(limit.most)} the most that would not surprise (${said(times)} times the usual)`,
      severityOfVolume(times),
    ),
  ];
};

const closedDay = ({ measure, day, spike, risen }: Closed): readonly Raised[] => [
  ...(spike === null
    ? []
    : [
        raise(
          VOLUMES[measure].day,
          `${measure}:${dateOf(day)}`,
          `${said(spike.amount)} ${NOUNS[measure]} on ${dateOf(day)}: its usual on that day of the week is ${said(spike.usual)}, and ${said(spike.most)} the most that would not surprise`,
          severityOfVolume(spike.amount / Math.max(1, spike.usual)),
        ),
      ]),
  ...(risen === null
    ? []
    : [
        raise(
          VOLUMES[measure].trend,
          `${measure}:${dateOf(day)}`,
          `in the week up to ${dateOf(day)} its ${NOUNS[measure]} were ${said(risen)} times what is usual of those days, where at most 1 % a day is taken for growth`,
        ),
      ]),
];

/**
 * What is odd about an observation, and about the days that it shows to be over. Nothing while the function is being
 * learned, and nothing of an observation that was learned already.
 */
export const judge = (baseline: Baseline, observation: Observation): readonly Raised[] => {
  if (isKnown(baseline, observation)) return [];
  const hour = Math.max(0, hourOf(observation.time));
  const { baseline: now, closed } = advance(baseline, hour);
  const days = closed.flatMap(closedDay);
  if (observation.kind === 'deployment') return days;
  if (observation.kind === 'volume')
    return [...days, ...hourVolume(now, observation.measure, hour, observation.amount, true)];
  return [
    ...days,
    ...newValue(now, 'api', observation, hour),
    ...newValue(now, 'region', observation, hour),
    ...newNetwork(now, observation, hour),
    ...newValue(now, 'agent', observation, hour),
    ...odd(now, hour),
    ...hourVolume(now, 'reads', hour, observation.reads, false),
    ...hourVolume(now, 'bytes', hour, observation.bytes, false),
  ];
};
