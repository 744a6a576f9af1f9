import { type Incident, isRelease } from '../incident/incident';
import { duration } from './duration';

/** What is measured of an incident, in milliseconds; null where its end was not reached or is not in the record. */
export const MEASURES = ['detect', 'contain', 'decide', 'recover'] as const;
export type Times = Readonly<Record<(typeof MEASURES)[number], number | null>>;

/** What each is from and to. */
export const MEANINGS: Readonly<Record<keyof Times, string>> = {
  detect: 'from the first sign to the incident',
  contain: 'from the incident to the containment',
  decide: "from the question to the approver's decision",
  recover: 'from the decision to the release',
};

const between = (from: string | undefined, to: string | undefined): number | null => {
  const span = Date.parse(to ?? '') - Date.parse(from ?? '');
  // A finding may claim any time, and a second containment is later than what was decided of the first.
  return Number.isNaN(span) || span < 0 ? null : span;
};

/** When the first sign was that any finding names. */
export const firstSignOf = ({ witnesses }: Pick<Incident, 'witnesses'>): string | undefined =>
  Object.values(witnesses)
    .map(({ firstSeen }) => firstSeen)
    .filter((at) => !Number.isNaN(Date.parse(at)))
    .toSorted((a, b) => Date.parse(a) - Date.parse(b))[0];

type Measured = Pick<
  Incident,
  'witnesses' | 'openedAt' | 'containedAt' | 'firstContainedAt' | 'decision' | 'releasedAt'
>;

export const timesOf = (incident: Measured): Times => {
  const { openedAt, containedAt, firstContainedAt, decision, releasedAt } = incident;
  // Where a human was asked first, the question was put when the incident was opened.
  const askedFirst = decision?.action === 'contain' || decision?.action === 'dismiss';
  return {
    detect: between(firstSignOf(incident), openedAt),
    contain: between(openedAt, firstContainedAt ?? containedAt),
    decide: between(askedFirst ? openedAt : containedAt, decision?.at),
    recover: decision !== undefined && isRelease(decision.action) ? between(decision.at, releasedAt) : null,
  };
};

/** The four as one line. */
export const timesLine = (times: Times): string =>
  `Time to ${MEASURES.map((name) => `${name}: ${times[name] === null ? 'not reached' : duration(times[name])}`).join('; to ')}.`;
