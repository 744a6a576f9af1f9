import type { Grants } from '../fleet/documents';
import type { Remains } from '../incident/incident';
import type { Evidence } from './evidenceOf';
import type { Hypothesis } from './hypotheses';
import { plantedIn } from './planted';

/** A record is no place for thousands. */
const MOST_FILES = 100;

/**
 * The suspicious files of the dependency that the likeliest cause names, by digest: under another name or version they
 * are the same files. Programs alone are none of them, as a dependency with native code has the same ones in many versions.
 */
const filesOf = ({ current }: Evidence, top: Hypothesis | undefined): readonly string[] =>
  top?.cause !== 'supply-chain' || top.dependency === null || current === null
    ? []
    : [
        ...new Set(
          top.files.flatMap((path) => {
            const file = current.inventory.files.get(path);
            return file?.marks.some(({ id }) => id !== 'binary') ? [file.sha256] : [];
          }),
        ),
      ].slice(0, MOST_FILES);

/** What a release is checked by, from the evidence. Pure. */
export const remainsOf = (
  evidence: Evidence,
  top: Hypothesis | undefined,
  grants: Grants | null,
): Remains => ({
  grants,
  planted: plantedIn(evidence, top),
  files: filesOf(evidence, top),
});
