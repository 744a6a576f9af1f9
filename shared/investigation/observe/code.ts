import type { Evidence, Package } from '../evidenceOf';
import type { Mark } from '../marks';
import type { Observation } from '../observation';
import { type DependencyChange, diffPackages } from '../packageDiff';
import { lookalikeOf } from '../popular';

/** So many files, or reasons, are named in a sentence. */
const FEW = 3;

/** Names of entries are the attacker's: as JSON they stay in one line. */
export const nameFiles = (files: readonly string[]): string =>
  `${files
    .slice(0, FEW)
    .map((file) => JSON.stringify(file.slice(0, 120)))
    .join(', ')}${files.length > FEW ? ` and ${files.length - FEW} more` : ''}`;

type Marked = { readonly path: string; readonly marks: readonly Mark[] };

/** The marks of some files; with a package to compare with, those alone that the same file did not bear there. */
export const markedIn = (
  { inventory }: Package,
  paths: readonly string[],
  good: Package | null = null,
): readonly Marked[] =>
  paths.flatMap((path) => {
    const before = new Set((good?.inventory.files.get(path)?.marks ?? []).map(({ what }) => what));
    const marks = (inventory.files.get(path)?.marks ?? []).filter(({ what }) => !before.has(what));
    return marks.length === 0 ? [] : [{ path, marks }];
  });

/** What tells by itself. The others are found in honest code too, and count where they are new. */
const TELLING: readonly Mark['id'][] = ['sign', 'fetches-and-runs'];

/** Whether marks tell: with something to compare with, all but that of being a program; else those that tell by themselves. */
export const hasTelling = ({ marks }: Marked, compared: boolean): boolean =>
  marks.some(({ id }) => (compared ? id !== 'binary' : TELLING.includes(id)));

export const sayMarked = (marked: readonly Marked[]): string =>
  marked
    .slice(0, FEW)
    .map(
      ({ path, marks }) =>
        `${JSON.stringify(path.slice(0, 120))} ${marks.map(({ what, technique }) => `${what} (${technique})`).join(' and ')}`,
    )
    .join('; ');

/** Programs alone are ordinary in a dependency with native code; as other bytes under the same version they count. */
const isTelling = (marked: readonly Marked[], { kind }: Pick<DependencyChange, 'kind'>): boolean =>
  marked.some((one) => hasTelling(one, kind !== 'not-compared')) ||
  (kind === 'rewritten' && marked.length > 0);

const sayChange = ({ name, before, after, kind }: DependencyChange): string => {
  const called = JSON.stringify(name.slice(0, 100));
  switch (kind) {
    case 'added':
      return `The dependency ${called} ${after} is new`;
    case 'rewritten':
      return `The dependency ${called} ${after} has other bytes than before under the same version`;
    case 'other-version':
      return `The dependency ${called} went from ${before} to ${after}`;
    default:
      return `The package has the dependency ${called} ${after}`;
  }
};

const ofDependency = (
  change: DependencyChange,
  current: Package,
  good: Package | null,
  artifacts: Observation['artifacts'],
): readonly Observation[] => {
  const { name, after, kind, files, installs, installsNew } = change;
  if (kind === 'removed' || after === null) return [];
  const about = { artifacts, files, dependency: `${name}@${after}` };
  const marked = markedIn(current, files, good);
  const like = kind === 'added' || kind === 'not-compared' ? lookalikeOf(name) : null;
  const tells = isTelling(marked, change);
  return [
    ...(tells
      ? [{ id: 'dependency-marked' as const, what: `${sayChange(change)}: ${sayMarked(marked)}`, ...about }]
      : []),
    ...(kind === 'rewritten'
      ? [
          {
            id: 'dependency-rewritten' as const,
            what: `${sayChange(change)} (${nameFiles(files)}): a registry gives one version the same bytes always`,
            ...about,
          },
        ]
      : []),
    ...(like === null
      ? []
      : [
          {
            id: 'dependency-lookalike' as const,
            what: `${sayChange(change)}, and its name is one letter from ${like}`,
            ...about,
          },
        ]),
    ...(installsNew && kind !== 'not-compared'
      ? [
          {
            id: 'dependency-installs' as const,
            what: `${sayChange(change)} and runs a script when it is installed: ${JSON.stringify(installs[0] ?? '')}`,
            ...about,
          },
        ]
      : []),
  ];
};

/** What the package shows, against the known-good one where there is one. */
export const observeCode = ({ current, good }: Evidence): readonly Observation[] => {
  if (current === null) return [];
  const artifacts: Observation['artifacts'] =
    good === null ? [current.artifact] : [current.artifact, good.artifact];
  const diff = diffPackages(good?.inventory ?? null, current.inventory);
  const compared = good !== null;
  const marked = markedIn(current, diff.own, good);
  const tellingOwn = compared ? marked : marked.filter((one) => hasTelling(one, false));
  const nothingChanged = compared && diff.added.length + diff.removed.length + diff.changed.length === 0;
  return [
    ...diff.dependencies.flatMap((change) => ofDependency(change, current, good, artifacts)),
    ...(tellingOwn.length === 0
      ? []
      : [
          {
            id: 'own-code-marked' as const,
            what: `${compared ? 'What was changed in its own code' : 'Its own code'} is suspicious: ${sayMarked(tellingOwn)}`,
            artifacts,
            files: compared ? diff.own : tellingOwn.map(({ path }) => path),
          },
        ]),
    ...(compared && diff.own.length > 0 && tellingOwn.length === 0
      ? [
          {
            id: 'own-code-changed' as const,
            what: `Its own code was changed, and bears no known mark: ${nameFiles(diff.own)}`,
            artifacts,
            files: diff.own,
          },
        ]
      : []),
    ...(nothingChanged
      ? [
          {
            id: 'code-as-before' as const,
            what: 'The package has the same files as the one before it, byte for byte',
            artifacts,
          },
        ]
      : []),
  ];
};
