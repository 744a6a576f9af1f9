import { detector, type Raised } from '../../cli/detect/detect';
import { ALERT } from '../../shared/detection/judge';
import type { Recorded } from './corpus';
import { groupBy } from './groupBy';
import outside from './outside.json';

/** What is measured on recorded events. An alert is a finding of severity 4 and above. */
export type Score = {
  /** Attack techniques, each many records of one attack; recalled: at least one alert. */
  readonly techniques: { readonly all: number; readonly alerted: number; readonly missed: readonly string[] };
  /** Records on which a named public rule must fire, but for those that fall in none of the rows. */
  readonly positives: { readonly all: number; readonly alerted: number; readonly missed: readonly string[] };
  /** Records on which a named public rule must not fire. */
  readonly negatives: { readonly all: number; readonly silent: number; readonly fired: readonly string[] };
  /** One account's ordinary life. */
  readonly ordinary: { readonly all: number; readonly alerts: readonly string[] };
  /** Positives outside the rows, with the reason. */
  readonly outside: ReadonlyMap<string, { readonly count: number; readonly because: string }>;
};

const POLICY = {
  setting: { knownDeployers: [], ownAccounts: [] },
  modes: { defaultMode: 'respond' as const, modes: [] },
};

/** Recordings of one attack tool: many records a technique. */
const MANY_RECORDS = 'stratus';

const alertsOf = (findings: readonly Raised[]): readonly Raised[] =>
  findings.filter(({ severity }) => severity >= ALERT);

const nameOf = ({ event }: Recorded): string => {
  const record = (event as { readonly detail?: unknown }).detail ?? event;
  return String((record as { readonly eventName?: unknown }).eventName);
};

const said = (recorded: Recorded, alerts: readonly Raised[]): string =>
  `${recorded.source} ${recorded.rules[0] ?? recorded.label}: ${nameOf(recorded)}${recorded.note === '' ? '' : ` (${recorded.note.slice(0, 70)})`}${alerts.length === 0 ? '' : ` → ${alerts.map(({ rule }) => rule).join(', ')}`}`;

/** How the reason of a record begins that falls in no row; any other says why a record of a row is no alert. */
const OUTSIDE = 'outside the 36 rows';

const isPositive = ({ label }: Recorded): boolean => label === 'positive' || label === 'attack';

/** Records of different origin are judged apart, so that they do not count towards each other's bursts. */
export const score = (records: readonly Recorded[]): Score => {
  const groups = groupBy(records, ({ source, path, id, label }) =>
    label === 'benign' ? 'ordinary' : source === MANY_RECORDS ? path : id,
  );
  const judged = [...groups].map(([group, members]) => {
    const detect = detector(POLICY);
    return {
      group,
      members: members.map((recorded) => ({
        recorded,
        alerts: alertsOf(detect({ event: recorded.event }).findings),
      })),
    };
  });
  const attacks = judged.filter(({ members }) => members[0]?.recorded.source === MANY_RECORDS);
  const single = judged.filter((entry) => !attacks.includes(entry)).flatMap(({ members }) => members);
  const reasons: Readonly<Record<string, string>> = outside;
  const because = ({ rules }: Recorded) =>
    rules.map((rule) => reasons[rule]).find((reason) => reason !== undefined);
  const positives = single.filter(({ recorded }) => isPositive(recorded));
  const missedOutside = positives.filter(
    ({ recorded, alerts }) => alerts.length === 0 && because(recorded)?.startsWith(OUTSIDE) === true,
  );
  const within = positives.filter((entry) => !missedOutside.includes(entry));
  const negatives = single.filter(({ recorded }) => recorded.label === 'negative');
  const ordinary = single.filter(({ recorded }) => recorded.label === 'benign');
  const isAlerted = ({ members }: (typeof judged)[number]) => members.some(({ alerts }) => alerts.length > 0);
  const hit = (some: typeof single) => some.filter(({ alerts }) => alerts.length > 0);
  return {
    techniques: {
      all: attacks.length,
      alerted: attacks.filter(isAlerted).length,
      missed: attacks.filter((attack) => !isAlerted(attack)).map(({ group }) => group),
    },
    positives: {
      all: within.length,
      alerted: hit(within).length,
      missed: within
        .filter(({ alerts }) => alerts.length === 0)
        .map(({ recorded }) => `${said(recorded, [])}: ${because(recorded) ?? 'not explained'}`),
    },
    negatives: {
      all: negatives.length,
      silent: negatives.length - hit(negatives).length,
      fired: hit(negatives).map(({ recorded, alerts }) => said(recorded, alerts)),
    },
    ordinary: {
      all: ordinary.length,
      alerts: hit(ordinary).map(({ recorded, alerts }) => said(recorded, alerts)),
    },
    outside: new Map(
      [...groupBy(missedOutside, ({ recorded }) => recorded.rules[0] ?? '')].map(([rule, some]) => [
        rule,
        { count: some.length, because: reasons[rule] ?? '' },
      ]),
    ),
  };
};
