import { randomBytes } from 'node:crypto';
import type { Incident } from '../incident/incident';

/** What buttons are shown for: a button of another state is out of date. */
export const stateOf = ({ status, round, ballot, stopped, decision }: Incident): string =>
  [
    status,
    round,
    ballot?.round === round ? ballot.approvals.length : 0,
    stopped?.at ?? '',
    decision?.at ?? '',
  ].join('|');

/** What the buttons carry from now on; null where the ones that are there are of this state. */
export const newPress = (incident: Incident): NonNullable<Incident['press']> | null =>
  incident.press?.state === stateOf(incident)
    ? null
    : { id: randomBytes(16).toString('hex'), state: stateOf(incident) };

/** Whether a button that was pressed is of the incident's present state, and was not used. */
export const isPresent = (incident: Incident, pressed: string): boolean =>
  incident.press?.id === pressed && incident.press.state === stateOf(incident);
