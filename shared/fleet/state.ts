import { changesBetween, type Deployed } from '../suspect/deployed';
import type { Grants } from './documents';

/**
 * A function as it stands: what would run, and who may do what with it. Documents are digests, values of the environment
 * fingerprints, so that the record of it tells nobody what is in them.
 */
export type State = {
  readonly deployed: Deployed;
  /** By what it is (`resource policy`, `function URL`, `event source …`, `policy … of the role`): a digest or a word. */
  readonly access: Readonly<Record<string, string>>;
  /**
   * The statements of its policies, one by one: what a release is checked by. Not compared day by day, as `access` says
   * that a document changed. Absent in states from before it was kept.
   */
  readonly grants?: Grants;
};

/** How far one change may go by itself, as the rules of the detector have it (shared/detection/judge.ts). */
export type Weight = 'tampering' | 'access' | 'other';

export type Change = { readonly what: string; readonly weight: Weight };

/** Variables by which a runtime loads or runs something else than the handler (Lambda, "Modifying the runtime environment"). */
const LOADS =
  /^environment variable (?:AWS_LAMBDA_EXEC_WRAPPER|NODE_OPTIONS|LD_PRELOAD|LD_LIBRARY_PATH|PYTHONPATH|PYTHONSTARTUP|JAVA_TOOL_OPTIONS|RUBYOPT|DOTNET_STARTUP_HOOKS) /;

const weightOf = (what: string): Weight =>
  /^(?:code|role|layers|setting (?:Handler|Runtime|ImageConfig|FileSystemConfigs))\b/.test(what) ||
  LOADS.test(what)
    ? 'tampering'
    : 'other';

const accessChanges = (before: State['access'], after: State['access']): readonly Change[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted().flatMap((name) => {
    const [from, to] = [before[name], after[name]];
    if (from === to) return [];
    const how = from === undefined ? 'added' : to === undefined ? 'removed' : 'changed';
    return [{ what: `${name} ${how}`, weight: 'access' as const }];
  });

/** What changed between two looks, one sentence each; none where both are the same. */
export const stateChanges = (before: State, after: State): readonly Change[] => [
  ...changesBetween(before.deployed, after.deployed).map((what) => ({ what, weight: weightOf(what) })),
  ...accessChanges(before.access, after.access),
];
