import type { DependencyFacts, FileFacts, Inventory } from './inventory';

/** One dependency of a package, and what became of it since the known-good version. */
export type DependencyChange = {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
  /** `rewritten`: other bytes under the same version, which a registry never gives. */
  readonly kind: 'added' | 'removed' | 'other-version' | 'rewritten' | 'not-compared';
  /** Its files that are new or other ones; all of them where nothing is compared. */
  readonly files: readonly string[];
  readonly installs: readonly string[];
  /** Whether what it runs at installation is new. */
  readonly installsNew: boolean;
};

export type PackageDiff = {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
  readonly dependencies: readonly DependencyChange[];
  /** Files that are new or other ones and belong to no dependency. */
  readonly own: readonly string[];
};

const NOTHING: Inventory = { files: new Map(), dependencies: [], unread: [] };

/** The dependency that a file belongs to: the one with the innermost folder. */
const ownersOf = (dependencies: readonly DependencyFacts[]): ((path: string) => DependencyFacts | null) => {
  const byFolder = new Map(
    dependencies.flatMap((one) => one.folders.map((folder) => [folder, one] as const)),
  );
  return (path) => {
    for (let at = path.lastIndexOf('/'); at !== -1; at = at === 0 ? -1 : path.lastIndexOf('/', at - 1)) {
      const found = byFolder.get(path.slice(0, at + 1));
      if (found !== undefined) return found;
    }
    return null;
  };
};

const grouped = <T>(
  paths: readonly string[],
  keyOf: (path: string) => T,
): ReadonlyMap<T, readonly string[]> => {
  const groups = new Map<T, string[]>();
  for (const path of paths) {
    const key = keyOf(path);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [path]);
    else group.push(path);
  }
  return groups;
};

const placeOf = ({ folders }: DependencyFacts): string => folders[0] ?? '';

/** Compares a package with the known-good one, file by file and dependency by dependency; with null nothing is compared. */
export const diffPackages = (good: Inventory | null, now: Inventory): PackageDiff => {
  const before = good ?? NOTHING;
  const isOther = (path: string, { sha256 }: FileFacts): boolean => before.files.get(path)?.sha256 !== sha256;
  const other = [...now.files].flatMap(([path, facts]) => (isOther(path, facts) ? [path] : []));
  const removed = [...before.files.keys()].filter((path) => !now.files.has(path));
  const ownerNow = ownersOf(now.dependencies);
  const ownerBefore = ownersOf(before.dependencies);
  const filesOf = grouped(other, (path) => ownerNow(path));
  const removedOf = grouped(removed, (path) => ownerBefore(path));
  const known = new Map(before.dependencies.map((one) => [placeOf(one), one]));
  const dependencies = now.dependencies.flatMap((one): readonly DependencyChange[] => {
    const { name, version, installs } = one;
    // A distribution's folder carries no version in npm; in PyPI the first folder does not either.
    const was = known.get(placeOf(one));
    const files = filesOf.get(one) ?? [];
    const same = was !== undefined && was.name === name && was.version === version;
    const gone = was === undefined ? [] : (removedOf.get(was) ?? []);
    if (same && files.length + gone.length === 0) return [];
    return [
      {
        name,
        before: was?.version ?? null,
        after: version,
        kind:
          good === null ? 'not-compared' : was === undefined ? 'added' : same ? 'rewritten' : 'other-version',
        files: [...files, ...gone],
        installs,
        installsNew: installs.length > 0 && installs.join() !== (was?.installs.join() ?? ''),
      },
    ];
  });
  const places = new Set(now.dependencies.map(placeOf));
  const goneWholly = before.dependencies
    .filter((one) => !places.has(placeOf(one)))
    .map(
      (one): DependencyChange => ({
        name: one.name,
        before: one.version,
        after: null,
        kind: 'removed',
        files: removedOf.get(one) ?? [],
        installs: [],
        installsNew: false,
      }),
    );
  return {
    added: other.filter((path) => !before.files.has(path)),
    removed,
    changed: other.filter((path) => before.files.has(path)),
    dependencies: [...dependencies, ...goneWholly],
    own: filesOf.get(null) ?? [],
  };
};
