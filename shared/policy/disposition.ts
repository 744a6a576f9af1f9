import type { Finding } from '../findings/finding';
import { boundOf } from './doneBy';
import { chooseMode, higher, lower, type Mode, type ModeChoice, type ModePolicy, modeTagged } from './mode';

export type Disposition = {
  readonly disposition: Mode;
  readonly mode: Mode;
  /** The mode that the function's tag asked for; null without one. */
  readonly tagged: Mode | null;
  /** As far as this finding may ever go, whatever the mode. */
  readonly most: Mode;
  readonly because: readonly string[];
};

type Judged = Pick<Finding, 'source' | 'severity' | 'sample' | 'archived' | 'doneBy' | 'bound'>;

/** What is looked at of the function. */
type Subject = {
  readonly arn: string;
  readonly functionName: string;
  readonly roleArn: string;
  readonly tags: Readonly<Record<string, string>>;
};

export type DispositionPolicy = ModePolicy & { readonly containSamples: boolean };

type Limit = { readonly most: Mode; readonly because: readonly string[] };

/** As far as a finding may go by what it is, with the reasons where that is not all the way. */
const limitOf = (finding: Judged, suspect: Subject, containSamples: boolean): Limit => {
  if (finding.archived) return { most: 'ignore', because: ['the source has archived this finding'] };
  if (finding.sample && !containSamples) {
    return {
      most: 'observe',
      because: [
        'it is a sample finding, and the deployment does not contain on samples (parameter containSamples)',
      ],
    };
  }
  if (finding.bound !== undefined) {
    const { most, because } = finding.bound;
    return { most, because: most === 'respond' ? [] : [because] };
  }
  if (finding.doneBy === undefined) return { most: 'respond', because: [] };
  const { most, because } = boundOf(finding.doneBy, suspect);
  return { most, because: because === null ? [] : [because] };
};

/**
 * A change of the mode tag is judged by the mode that it leaves, and what it was before is not on record: so whoever
 * takes a function out of its mode would silence the finding about that. It is told in every mode, and a human is asked
 * where the function did it itself.
 */
const least = (mode: Mode, { most }: Limit): ModeChoice => {
  const itself = most === 'respond';
  const floor = itself ? 'ask' : 'observe';
  return higher(mode, floor) === mode
    ? { mode, because: '' }
    : {
        mode: floor,
        because: itself
          ? 'mode ask at least: the function changed its own mode tag'
          : 'mode observe at least: a change of the mode tag is told in every mode',
      };
};

/**
 * What is to be done about one finding: never more than the function's mode, and less where the finding itself is no
 * reason to act.
 */
export const decideDisposition = (
  finding: Judged,
  suspect: Subject,
  policy: DispositionPolicy,
): Disposition => {
  const chosen = chooseMode(suspect.functionName, finding.severity, suspect.tags, policy);
  const limit = limitOf(finding, suspect, policy.containSamples);
  const raised =
    finding.source === 'mode-tag' ? least(chosen.mode, limit) : { mode: chosen.mode, because: '' };
  return {
    disposition: lower(raised.mode, limit.most),
    mode: raised.mode,
    tagged: modeTagged(suspect.tags),
    most: limit.most,
    because: [
      `mode ${chosen.mode}: ${chosen.because}`,
      ...(raised.because === '' ? [] : [raised.because]),
      ...limit.because,
    ],
  };
};

/**
 * What is to be done about a finding that comes while an incident of the function is open: as far as its own mode says,
 * and no less far than the function's tag said when the incident began. Whoever lowers a tag must not disarm the watch
 * (invariant 12); a finding of a lower severity still goes only as far as the deployment says for it.
 */
export const dispositionWhileOpen = (
  { disposition, most }: Pick<Disposition, 'disposition' | 'most'>,
  { tagged, mode }: { readonly tagged?: Mode | null; readonly mode: Mode | null },
): Mode =>
  // Incidents opened before tags were kept have their mode alone.
  lower(most, higher(disposition, (tagged === undefined ? mode : tagged) ?? 'ignore'));
