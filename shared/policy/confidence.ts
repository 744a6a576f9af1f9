import type { Finding, Observer } from '../findings/finding';

/** What each observer is called among people. */
const NAMES: Readonly<Record<Observer, string>> = {
  guardduty: 'GuardDuty',
  calls: 'recorded calls',
  behaviour: 'its usual behaviour',
  state: 'its approved state',
  network: 'its network flows',
  logs: 'its logs',
  metrics: 'its metrics',
  posture: 'posture checks',
  search: 'a search of the account',
  person: 'a person',
};

/** What one finding adds to what is believed. */
export type Testimony = {
  readonly observer: Observer;
  /** Whether it saw the function's own act: what a mere caller cannot produce (invariant 11). */
  readonly own: boolean;
  readonly severity: number;
};

type Observed = Pick<Finding, 'source' | 'observer' | 'bound' | 'doneBy' | 'severity'>;

const BY_SOURCE: Readonly<Record<Finding['source'], Observer>> = {
  guardduty: 'guardduty',
  'security-hub': 'posture',
  alarm: 'metrics',
  'mode-tag': 'calls',
  tourniquet: 'person',
};

/** Who saw it, whether it was the function's own act, and how grave it is. */
export const testimonyOf = ({ source, observer, bound, doneBy, severity }: Observed): Testimony => ({
  observer: observer ?? BY_SOURCE[source],
  own:
    source === 'guardduty' || observer !== undefined
      ? doneBy === undefined && (bound === undefined || bound.most === 'respond' || bound.alone === true)
      : false,
  severity,
});

/** From this severity on a finding is an alert, and counts towards another's. */
const ALERT = 4;

/**
 * How far one observer is believed, by the gravest that it saw. No measured rates: an order of magnitude that says more
 * for an act of the function than for what others may have caused, and never that anything is certain.
 */
const beliefIn = ({ own, severity }: Testimony): number => {
  if (own) return severity >= 9 ? 0.9 : severity >= 7 ? 0.8 : severity >= ALERT ? 0.5 : 0.2;
  return severity >= 7 ? 0.4 : severity >= ALERT ? 0.25 : 0.1;
};

/** The most that each observer is believed: ten findings of one are no ten observers. */
const byObserver = (testimonies: readonly Testimony[]): ReadonlyMap<Observer, number> => {
  const beliefs = new Map<Observer, number>();
  for (const testimony of testimonies)
    beliefs.set(testimony.observer, Math.max(beliefs.get(testimony.observer) ?? 0, beliefIn(testimony)));
  return beliefs;
};

export type Confidence = { readonly percent: number; readonly observers: readonly string[] };

/** How sure the observers are together that the function is compromised, were they independent: 0 to 99 percent. */
export const confidenceIn = (testimonies: readonly Testimony[]): Confidence => {
  const beliefs = [...byObserver(testimonies)].toSorted(([, a], [, b]) => b - a);
  const doubt = beliefs.reduce((left, [, belief]) => left * (1 - belief), 1);
  return {
    percent: Math.min(99, Math.round((1 - doubt) * 100)),
    observers: beliefs.map(([observer]) => NAMES[observer]),
  };
};

/**
 * Why a finding that is not enough alone is enough beside what other observers have seen; null where it is not. Both
 * must have seen the function's own act, and not the same one: an observer is no witness to itself.
 */
export const corroboration = (finding: Observed, others: readonly Testimony[]): string | null => {
  if (finding.bound?.alone !== true) return null;
  const { observer } = testimonyOf(finding);
  const other = others.find(
    (testimony) => testimony.own && testimony.observer !== observer && testimony.severity >= ALERT,
  );
  return other === undefined
    ? null
    : `seen independently by ${NAMES[other.observer]} and by ${NAMES[observer]}`;
};
