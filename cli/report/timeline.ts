import type { Entry, Incident } from '../../shared/incident/incident';
import { containedAgainAt } from '../../shared/incident/ofAContainment';
import { duration } from '../../shared/report/duration';

/** One point of the picture: our own word for it, and when. */
export type Moment = { readonly what: string; readonly at: string };

/** What the picture shows, in the order in which it happened; what was not reached is left out. */
export const momentsOf = (incident: Incident, history: readonly Entry[]): readonly Moment[] => {
  const first = Object.values(incident.witnesses)
    .map(({ firstSeen }) => firstSeen)
    .toSorted()[0];
  const all: readonly (readonly [string, string | undefined])[] = [
    ['First sign', first],
    ['Opened', incident.openedAt],
    ['Contained', incident.firstContainedAt ?? incident.containedAt],
    ['Taken back', history.findLast(({ kind }) => kind === 'relapse')?.at],
    ['Contained again', containedAgainAt(incident)],
    ['First sealed', incident.evidence?.volatileSealedAt],
    ['Evidence sealed', history.find(({ kind }) => kind === 'evidence')?.at],
    ['Decided', incident.decision?.at],
    ['Released', incident.releasedAt],
    ['Closed', incident.closedAt],
  ];
  return all
    .flatMap(([what, at]) =>
      at === undefined || Number.isNaN(Date.parse(at)) ? [] : [{ what, at: new Date(at).toISOString() }],
    )
    .toSorted((a, b) => a.at.localeCompare(b.at));
};

const STEP = 150;
const MARGIN = 75;

/**
 * The moments on one axis, as SVG. Evenly apart, since seconds and days are on it; how long each step took is written
 * between them. Nothing in it is others' text.
 */
export const timelineSvg = (moments: readonly Moment[]): string => {
  const width = MARGIN * 2 + STEP * Math.max(0, moments.length - 1);
  const x = (index: number): number => MARGIN + STEP * index;
  const points = moments.map(
    ({ what, at }, index) =>
      `<circle cx="${x(index)}" cy="50" r="6"/><text x="${x(index)}" y="78" class="what">${what}</text><text x="${x(index)}" y="96">${at.slice(0, 10)}</text><text x="${x(index)}" y="112">${at.slice(11, 19)}</text>`,
  );
  const spans = moments.slice(1).map(({ at }, index) => {
    const before = moments[index]?.at ?? at;
    return `<text x="${x(index) + STEP / 2}" y="36">${duration(Date.parse(at) - Date.parse(before))}</text>`;
  });
  return `<svg viewBox="0 0 ${width} 124" role="img" aria-label="The incident on one axis"><line x1="${MARGIN}" y1="50" x2="${width - MARGIN}" y2="50"/>${points.join('')}${spans.join('')}</svg>`;
};
