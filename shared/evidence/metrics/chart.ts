import type { Window } from '../collector';

/** A line to be drawn: times in ISO 8601 and what was measured then. */
export type Series = {
  readonly title: string;
  readonly points: readonly { readonly at: string; readonly value: number }[];
};
/** A moment to be marked in every panel. */
export type Mark = { readonly at: string; readonly text: string };

const WIDTH = 960;
const LEFT = 16;
const RIGHT = 16;
const PANEL = 96;
const HEADER = 56;

const inXml = (text: string): string =>
  text
    // What XML 1.0 does not admit at all.
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/g, '�')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');

const round = (value: number): number => Math.round(value * 100) / 100;

/**
 * A page of line charts, one below the other, as SVG: drawn from the very numbers that are sealed beside it, so that
 * anybody can draw it again. It holds no script, no style sheet and no address of anything else.
 */
export const drawChart = (
  title: string,
  { from, to }: Window,
  series: readonly Series[],
  marks: readonly Mark[],
): string => {
  const start = Date.parse(from);
  const span = Math.max(1, Date.parse(to) - start);
  const x = (at: string): number => round(LEFT + ((Date.parse(at) - start) / span) * (WIDTH - LEFT - RIGHT));
  const inside = marks
    .filter(({ at }) => Date.parse(at) >= start && Date.parse(at) <= start + span)
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const panels = series.map(({ title: name, points }, index) => {
    const top = HEADER + index * PANEL + 20;
    const bottom = HEADER + (index + 1) * PANEL - 8;
    const known = points.filter(({ at, value }) => Number.isFinite(Date.parse(at)) && Number.isFinite(value));
    const most = known.reduce((highest, { value }) => Math.max(highest, value), 0);
    const y = (value: number): number =>
      round(bottom - (most === 0 ? 0 : Math.max(0, value) / most) * (bottom - top));
    const line = known.map(({ at, value }) => `${x(at)},${y(value)}`).join(' ');
    return [
      `<text x="${LEFT}" y="${top - 6}">${inXml(name)}, at most ${Number(most.toPrecision(6))}${known.length === 0 ? ' (no data)' : ''}</text>`,
      `<line x1="${LEFT}" y1="${bottom}" x2="${WIDTH - RIGHT}" y2="${bottom}" stroke="#999"/>`,
      known.length === 0 ? '' : `<polyline points="${line}" fill="none" stroke="#06c" stroke-width="1.5"/>`,
      // A point that stands alone makes no line.
      ...known
        .slice(0, 2000)
        .map(({ at, value }) => `<circle cx="${x(at)}" cy="${y(value)}" r="1.5" fill="#06c"/>`),
    ].join('');
  });
  const height = HEADER + series.length * PANEL + 24;
  // Numbers that would be printed over each other stand one above the other.
  const raised = (index: number): number => {
    const [one, before] = [inside[index], inside[index - 1]];
    return one !== undefined && before !== undefined && x(one.at) - x(before.at) < 14
      ? (raised(index - 1) + 1) % 3
      : 0;
  };
  const lines = inside.map(
    ({ at, text }, index) =>
      `<line x1="${x(at)}" y1="${HEADER}" x2="${x(at)}" y2="${height - 24}" stroke="#c00" stroke-dasharray="4 3"/><text x="${x(at)}" y="${HEADER - 4 - raised(index) * 12}" text-anchor="middle" fill="#c00">${index + 1}</text><text x="${LEFT}" y="${height - 8}" dx="${index * 300}" fill="#c00">${index + 1} ${inXml(text)}: ${inXml(at)}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<text x="${LEFT}" y="22" font-size="16">${inXml(title)}</text>`,
    `<text x="${LEFT}" y="42" fill="#555">${inXml(from)} to ${inXml(to)}, UTC</text>`,
    ...panels,
    ...lines,
    '</svg>\n',
  ].join('\n');
};
