import type { Finding } from '../findings/finding';
import { chooseMode, lower, type Mode } from './mode';

export type Disposition = {
  readonly disposition: Mode;
  readonly mode: Mode;
  readonly because: readonly string[];
};

/**
 * What is to be done about one finding: never more than the function's mode, and less where the finding itself is no
 * reason to act.
 */
export const decideDisposition = (
  finding: Pick<Finding, 'sample' | 'archived'>,
  tags: Readonly<Record<string, string>>,
  policy: { readonly defaultMode: Mode; readonly containSamples: boolean },
): Disposition => {
  const { mode, because } = chooseMode(policy.defaultMode, tags);
  const reasons = [`mode ${mode}: ${because}`];
  if (finding.archived) {
    return { disposition: 'ignore', mode, because: [...reasons, 'the source has archived this finding'] };
  }
  if (finding.sample && !policy.containSamples) {
    return {
      disposition: lower(mode, 'observe'),
      mode,
      because: [
        ...reasons,
        'it is a sample finding, and the deployment does not contain on samples (parameter containSamples)',
      ],
    };
  }
  return { disposition: mode, mode, because: reasons };
};
