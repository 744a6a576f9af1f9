import type { Defect } from './defect';
import type { Hashed } from './hashFile';

/** What a manifest says of a file of the bundle. */
export type Expected = {
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
  /** When its retention ended, or will: after that it may rightly be gone. */
  readonly lockedUntil: string;
  /** For its readers alone: whoever else pulls a bundle cannot have it. */
  readonly forReaders: boolean;
};
/** What is there. */
export type Found = Hashed | { readonly unreadable: string };

/** What became of each artifact, with moved files recognised by their bytes. */
export const compareFiles = (
  expected: readonly Expected[],
  found: ReadonlyMap<string, Found>,
  extras: readonly string[],
): readonly Defect[] => {
  const byDigest = new Map(expected.map((one) => [one.sha256, one.path]));
  const namedAs = (file: Found | undefined): string | undefined =>
    file !== undefined && 'sha256' in file ? byDigest.get(file.sha256) : undefined;
  const movedTo = new Map(
    extras.flatMap((path) => {
      const from = namedAs(found.get(path));
      return from !== undefined && !found.has(from) ? [[from, path] as const] : [];
    }),
  );
  const moved = new Set(movedTo.values());
  const ofArtifacts = expected.flatMap(
    ({ path, sha256: digest, size, lockedUntil, forReaders }): readonly Defect[] => {
      const file = found.get(path);
      if (file === undefined) {
        const to = movedTo.get(path);
        if (to === undefined && forReaders) return [];
        return to === undefined
          ? [{ what: 'missing', path, text: `it is missing; it was locked until ${lockedUntil}` }]
          : [{ what: 'renamed', path, text: `it was renamed: its bytes are in ${to}` }];
      }
      if ('unreadable' in file) return [{ what: 'changed', path, text: file.unreadable }];
      if (file.sha256 === digest && file.size === size) return [];
      const other = byDigest.get(file.sha256);
      if (other !== undefined && other !== path)
        return [{ what: 'reordered', path, text: `it was exchanged: it holds the bytes of ${other}` }];
      const digests = `its sha256 is ${file.sha256}, and ${digest} was sealed`;
      if (file.size < size)
        return [
          { what: 'truncated', path, text: `it was truncated: ${file.size} bytes of ${size}; ${digests}` },
        ];
      return [
        { what: 'changed', path, text: `it was changed: ${file.size} bytes, sealed ${size}; ${digests}` },
      ];
    },
  );
  const ofExtras = extras
    .filter((path) => !moved.has(path))
    .map((path): Defect => {
      const copy = namedAs(found.get(path));
      return {
        what: 'extra',
        path,
        text: copy === undefined ? 'no manifest names it' : `no manifest names it: a copy of ${copy}`,
      };
    });
  return [...ofArtifacts, ...ofExtras];
};
