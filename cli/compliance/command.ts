import { type Command, InvalidArgumentError, Option } from 'commander';
import { complain, say } from '../../local/print';
import { CHECK_IDS, type CheckId, exitCodeOf, judge } from '../../shared/compliance/checks';
import type { Facts } from '../../shared/compliance/facts';
import { select } from '../../shared/compliance/select';
import { CONTROL_IDS } from '../../shared/compliance/standard';
import { STANDARDS } from '../../shared/compliance/standards';
import type { Target } from '../target';
import { gatherFor, STEPS } from './gather';
import { compliancePage, verdictLine } from './page';
import { stepsOf } from './steps';

const { loadPolicy, PolicyError } = require('../../infrastructure/policyFile.cjs') as {
  loadPolicy: (file: string) => {
    readonly policy: Readonly<Record<'defaultMode' | 'modes' | 'approvers' | 'neverContain', string>>;
  };
  PolicyError: new (lines: readonly string[]) => Error;
};

const settingsIn = (file: string): Facts['policyFile'] => {
  const { defaultMode, modes, approvers, neverContain } = loadPolicy(file).policy;
  return {
    got: {
      file,
      settings: {
        TOURNIQUET_DEFAULT_MODE: defaultMode,
        TOURNIQUET_MODES: modes,
        TOURNIQUET_APPROVERS: approvers,
        TOURNIQUET_NEVER_CONTAIN: neverContain,
      },
    },
  };
};

const oneMore = (value: string, before: readonly CheckId[]): readonly CheckId[] => {
  const known = CHECK_IDS.find((id) => id === value);
  if (known === undefined) throw new InvalidArgumentError(`It must be one of ${CHECK_IDS.join(', ')}.`);
  return [...before, known];
};

type Options = {
  readonly standard?: string;
  readonly control?: string;
  readonly except: readonly CheckId[];
  readonly allowUnknown?: boolean;
  readonly policy?: string;
  readonly json?: boolean;
};

/**
 * `compliance`. Exit codes: 0 every check holds, 1 one does not or could not be looked at (`--allow-unknown` lets that
 * be), 2 usage.
 */
export const addComplianceCommand = (program: Command, findTarget: () => Promise<Target>): void => {
  program
    .command('compliance')
    .description(
      'what this deployment does for the controls of nine standards, checked live; exit code 0 only where every check holds',
    )
    .addOption(new Option('--standard <name>', 'of one standard').choices(STANDARDS.map(({ id }) => id)))
    .addOption(new Option('--control <name>', 'of one control').choices(CONTROL_IDS))
    .option('--policy <file>', 'compare the policy in effect with that of this file')
    .addOption(
      new Option('--except <check>', 'leave a check out, and say so; may be given again')
        .argParser(oneMore)
        .default([], 'none'),
    )
    .option('--allow-unknown', 'what could not be looked at does not make the exit code 1')
    .option('--json', 'as JSON: controls, standards and verdicts')
    .action(
      async (
        { standard, control, except, allowUnknown = false, policy, json = false }: Options,
        command: Command,
      ) => {
        const selected = select(standard, control, except);
        if (selected === null || selected.checks.length === 0) {
          command.error(
            selected === null
              ? 'error: there is nothing of that name'
              : `error: nothing is left to check: ${standard ?? 'no standard'} does not ask for ${control ?? 'it'}, or every check is left out`,
            { exitCode: 2 },
          );
          return;
        }
        let policyFile: Facts['policyFile'] = { got: null };
        try {
          if (policy !== undefined) policyFile = settingsIn(policy);
        } catch (error) {
          if (!(error instanceof PolicyError)) throw error;
          command.error(`error: ${error.message}`, { exitCode: 2 });
        }
        const looking = stepsOf('Looking', STEPS);
        const facts = await gatherFor(await findTarget(), policyFile, looking.step).finally(looking.end);
        const verdicts = judge(selected.checks, facts);
        const code = exitCodeOf(verdicts, allowUnknown);
        say(
          json
            ? JSON.stringify({ ...selected, verdicts, leftOut: except, holds: code === 0 }, null, 2)
            : compliancePage(selected, verdicts, except, code === 0),
        );
        if (json && code !== 0) complain(verdictLine(verdicts, except));
        process.exitCode = code;
      },
    );
};
