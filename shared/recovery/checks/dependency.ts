import { type Found, failed, passed, unknown } from './found';

/** What is known of a package, as far as a dependency is looked for in it. */
export type ReadPackage = {
  /** `name@version`, of what describes itself in it. */
  readonly dependencies: readonly string[];
  /** SHA-256 of its files. */
  readonly files: ReadonlySet<string>;
  /** What of it could not be looked at. */
  readonly unread: readonly string[];
};

/** What `dependency` is judged by. Null: the evidence names no dependency (yet). */
export type DependencyFacts = {
  /** `name@version` */
  readonly dependency: string;
  /** Digests of its suspicious files. */
  readonly files: readonly string[];
  /** What a release would start. */
  readonly live: ReadPackage | { readonly error: string };
} | null;

/** The dependency by which somebody came in is out of the package. Pure. */
export const dependency = (facts: DependencyFacts): Found => {
  if (facts === null) return passed('the evidence names no dependency as the way in');
  const { dependency: bad, files, live } = facts;
  if ('error' in live) return failed(`whether ${bad} is gone could not be looked at: ${live.error}`);
  if (live.dependencies.includes(bad)) return failed(`the package still has ${bad}`);
  const left = files.filter((file) => live.files.has(file));
  if (left.length > 0)
    return failed(`the package still has ${left.length} file(s) of ${bad}, byte for byte: ${left[0]}`);
  if (live.unread.length > 0)
    return unknown(`${bad} is not in what could be read of the package: ${live.unread[0]}`);
  // Bundled into one file a dependency has neither a name nor its own bytes.
  return live.dependencies.length === 0
    ? unknown(`the package names no dependencies: whether ${bad} is in it cannot be told`)
    : passed(`${bad} is not in the package`);
};
