import type { Incident } from '../incident/incident';

/*
 * Times that laws and standards count from. They are questions for people: whether personal data was touched, and when
 * somebody became aware in the sense of a law, is not in the record.
 */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const after = (iso: string, milliseconds: number): string =>
  new Date(Date.parse(iso) + milliseconds).toISOString();

export type Clock = { readonly question: string; readonly source: string };

type Known = Pick<Incident, 'openedAt'>;

const CLOCKS: readonly ((incident: Known) => Clock)[] = [
  ({ openedAt }) => ({
    question: `Was personal data of people in the EU affected, with a risk to them? The authority is told within 72 hours of becoming aware: by ${after(openedAt, 72 * HOUR_MS)}, if that was when the incident was opened. Where the risk is high, the people too, without undue delay`,
    source: 'Regulation (EU) 2016/679, Art. 33(1) and 34(1)',
  }),
  ({ openedAt }) => ({
    question: `Was unsecured protected health information acquired or seen? Individuals are told without unreasonable delay, 60 calendar days after the discovery at the latest: ${after(openedAt, 60 * DAY_MS)}, if it was discovered when the incident was opened; a business associate tells the covered entity in the same time; the media and the Secretary by the number of people`,
    source: '45 CFR 164.404(b), 164.406, 164.408, 164.410(b)',
  }),
  () => ({
    question:
      'Could account data have been reached? Your incident response plan names the payment brands and acquirers who are told; the standard sets no hours, their own rules do',
    source: 'PCI DSS v4.0.1, 12.10.1',
  }),
  ({ openedAt }) => ({
    question: `Was unencrypted personal information of residents of California acquired? They are told within 30 calendar days of the discovery: ${after(openedAt, 30 * DAY_MS)}, if it was discovered when the incident was opened`,
    source: 'Cal. Civ. Code § 1798.82(a)(2), as amended by SB 446 from 2026',
  }),
];

/** The questions with the times from the record; one line where it was called a false positive. */
export const clocksOf = ({
  openedAt,
  decision,
}: Pick<Incident, 'openedAt' | 'decision'>): readonly string[] => {
  if (Number.isNaN(Date.parse(openedAt))) return [];
  return decision?.action === 'false_positive'
    ? ['It was decided to be a false positive. If that holds, no time for a notice has begun']
    : CLOCKS.map((clock) => clock({ openedAt })).map(
        ({ question, source }) => `${question}. Source: ${source}`,
      );
};
