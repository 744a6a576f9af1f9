import { bold, dim, green, red, tame } from '../../local/print';
import { CHECKS, type CheckId, type Verdict } from '../../shared/compliance/checks';
import type { Control } from '../../shared/compliance/controls';
import type { Selected } from '../../shared/compliance/select';
import { isCovered, type Standard } from '../../shared/compliance/standard';

const MARKS = { holds: green('✓'), fails: red('✗'), unknown: '?' } as const;
const WIDTH = 14;

const verdictLines = ({ check, outcome, why }: Verdict): readonly string[] => [
  `  ${MARKS[outcome]} ${CHECKS[check].what} ${dim(`[${check}]`)}`,
  `    ${dim(tame(`${outcome === 'unknown' ? 'NOT KNOWN: ' : ''}${why}`))}`,
];

/** One standard alone is told by what its requirements are about; several by their ids. */
const mappingLines = (control: Control, { title, mappings }: Standard, alone: boolean): readonly string[] => {
  const mapping = mappings[control.id];
  const name = title.padEnd(WIDTH);
  if (!isCovered(mapping)) return [`    ${name} not covered: ${mapping.notCovered}`];
  if (!alone) return [`    ${name} ${mapping.requirements.map(({ id }) => id).join(', ')}`];
  return [
    ...mapping.requirements.map(({ id, about }) => `    ${id}: ${about}`),
    `    ${dim(`how far: ${mapping.serves}`)}`,
  ];
};

const controlLines = (
  control: Control,
  { standards }: Selected,
  verdicts: readonly Verdict[],
  except: readonly CheckId[],
): readonly string[] => [
  '',
  bold(`${control.title} (--control ${control.id})`),
  ...control.checks.flatMap((id) => {
    const verdict = verdicts.find(({ check }) => check === id);
    if (verdict !== undefined) return verdictLines(verdict);
    return except.includes(id) ? [`  - ${CHECKS[id].what} [${id}]: left out, as asked`] : [];
  }),
  '  asked for by',
  ...standards.flatMap((standard) => mappingLines(control, standard, standards.length === 1)),
  '  implemented by',
  ...control.implementedBy.map(({ what, files }) => `    ${what}: ${files.join(', ')}`),
  `  artifact: ${control.artifact}`,
];

const leavesLines = ({ title, document, leaves }: Standard): readonly string[] => [
  `  ${title} (${document})`,
  ...leaves.map((line) => `    ${line}`),
];

/** The sum, as one line. */
export const verdictLine = (verdicts: readonly Verdict[], except: readonly CheckId[]): string => {
  const count = (outcome: Verdict['outcome']): number =>
    verdicts.filter(({ outcome: what }) => what === outcome).length;
  const failing = verdicts.filter(({ outcome }) => outcome !== 'holds').map(({ check }) => check);
  return [
    `${count('holds')} hold, ${count('fails')} do not, ${count('unknown')} could not be looked at`,
    ...(except.length === 0 ? [] : [`${except.length} left out, as asked: ${except.join(', ')}`]),
    ...(failing.length === 0 ? [] : [failing.join(', ')]),
  ].join('; ');
};

/** The map with what was found. */
export const compliancePage = (
  selected: Selected,
  verdicts: readonly Verdict[],
  except: readonly CheckId[],
  good: boolean,
): string =>
  [
    'What this deployment does for the controls that standards ask for. No certificate, no legal advice.',
    ...selected.controls.flatMap((control) => controlLines(control, selected, verdicts, except)),
    '',
    bold('What this product does not cover'),
    ...selected.standards.flatMap(leavesLines),
    '',
    (good ? green : red)(verdictLine(verdicts, except)),
  ].join('\n');
