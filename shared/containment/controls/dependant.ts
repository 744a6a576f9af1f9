import type { DependantsAnswer, DependantsRequest } from '../../dependants/request';
import { DEPENDANTS, type Dependant } from '../../policy/dependants';
import type { Suspect } from '../../suspect/describe';
import { type ControlTools, defineControl } from '../control';

/** What was there before is kept by the function that cuts: here is what people, and an administrator, need of it. */
type Before = {
  /** As it was: the function may have another one by the time of the release. */
  readonly roleArn: string;
  readonly ids: readonly string[];
} & Pick<DependantsAnswer, 'does' | 'cautions' | 'undo'>;

const ask = (
  kind: Dependant,
  action: DependantsRequest['action'],
  { arn: suspectArn, functionName, accountId, region }: Suspect,
  { roleArn, ids }: Pick<Before, 'roleArn' | 'ids'>,
  { dependants, reach, reads, holder }: ControlTools,
): Promise<DependantsAnswer> =>
  dependants({
    kind,
    action,
    reach: {
      suspectArn,
      functionName,
      accountId,
      region,
      roleArn,
      resources: [...(reach ?? [])],
      reads: [...reads],
    },
    holder,
    targets: [...ids],
  });

/**
 * One command, of words that a shell takes as they are or in single quotes (`awsCli`). The ledger can be written by
 * others of our roles, and what an administrator pastes must be no more than that.
 */
const ONE_COMMAND = /^aws(?: (?:[\w@%+=:,./-]+|'(?:[^']|'\\'')*'))+$/;

/**
 * What depends on the suspect, of one kind: not the suspect itself, so it is off by default. It is found, cut off and
 * mended by a function of its own, as neither containment nor release may do that.
 */
export const dependant = (kind: Dependant) =>
  defineControl<Before>({
    id: kind,
    title: DEPENDANTS[kind].title,
    permissions: { contain: ['lambda:InvokeFunction'], release: ['lambda:InvokeFunction'] },
    isOff: ({ dependants }) => dependants[kind] === undefined,
    mayComeLater: true,

    capture: async (suspect, tools) => {
      const choice = tools.choices.dependants[kind];
      const policy = `policy leaves them (dependants.${kind} is ${choice === 'ask' ? 'ask: an approver may add it' : 'off'})`;
      const left = choice === 'on' ? [] : [policy];
      const leave = (...why: readonly string[]) => ({
        applies: false as const,
        why: [...left, ...why].join('; '),
      });
      // A plan says what an approver could add; nothing else is looked up that changes nothing.
      if (choice === undefined || (choice === 'ask' && tools.survey !== true)) return leave();
      if (DEPENDANTS[kind].needsReach && tools.reach === null)
        return leave('what it reached is not known before the evidence is read');
      const { roleArn } = suspect;
      const found = await ask(kind, 'find', suspect, { roleArn, ids: [] }, tools);
      const { states, text, does, cautions, undo } = found;
      if (states.length === 0 || choice === 'ask') return leave(text);
      return {
        applies: true,
        before: { roleArn, ids: states.map(({ id }) => id), does, cautions, undo },
        found: text,
      };
    },

    apply: async (suspect, before, tools) => {
      await ask(kind, 'cut', suspect, before, tools);
    },

    verify: async (suspect, before, tools) => {
      const { states, text } = await ask(kind, 'check', suspect, before, tools);
      return { held: states.every(({ state }) => state === 'cut'), found: text };
    },

    revert: async (suspect, before, tools) => {
      const { states, text } = await ask(kind, 'mend', suspect, before, tools);
      return { outcome: states.some(({ state }) => state === 'drift') ? 'drift' : 'restored', detail: text };
    },

    describe: (_suspect, { does, cautions }) => ({
      does,
      inverse: 'put each back as it was kept, where it is still as it was set',
      cautions,
    }),

    undo: (_suspect, { undo }) =>
      undo.map((command) =>
        ONE_COMMAND.test(command) ? command : '# a command cannot be shown: see the ledger',
      ),
  });
