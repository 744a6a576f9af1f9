import type { Allowances } from '../policy/allowances';
import type { Call } from './call';
import { burstId, type Counts, countBurst } from './counts';
import type { Counted, Evaluate } from './evaluate';
import { withoutSuppressed } from './expected';
import { type Detail, findingsOf } from './raise';
import type { Setting } from './setting';

/** What a deployment judges calls by. */
export type Look = {
  readonly evaluate: Evaluate;
  readonly setting: Setting;
  readonly allowances: Allowances;
  readonly counts: Counts;
};

export type Seen = {
  readonly findings: readonly Detail[];
  /** The rules of the signs that the policy suppressed. */
  readonly dropped: readonly string[];
};

type Burst = {
  readonly call: Call;
  readonly id: string;
  readonly counted: Counted;
  readonly what: Set<string>;
};

/**
 * Looks at calls, one after the other, and gives at the end what was found: of each rule and function one finding, as a
 * log file may hold thousands of a kind, and one write for each burst. `id` names a call that has no id of its own.
 */
export const beginLook = ({ evaluate, setting, allowances, counts }: Look) => {
  const found = new Map<string, Detail>();
  const bursts = new Map<string, Burst>();
  const dropped: string[] = [];
  const keep = (details: readonly Detail[]): void => {
    for (const detail of details) {
      const key = `${detail.rule} ${detail.functionArn}`;
      if (!found.has(key)) found.set(key, detail);
    }
  };
  const count = (call: Call, id: string, counted: Counted): void => {
    const { burst } = counted.sign.rule;
    if (burst === undefined) return;
    const key = `${counted.key} ${Math.floor((call.time ?? Date.now()) / (burst.seconds * 1000))}`;
    const known = bursts.get(key) ?? { call, id, counted, what: new Set<string>() };
    for (const what of counted.what) if (known.what.size < burst.least) known.what.add(what);
    bursts.set(key, known);
  };
  return {
    see: async (call: Call, id: string): Promise<void> => {
      const {
        dropped: suppressed,
        signs,
        counted,
      } = withoutSuppressed(evaluate(call, setting), call, allowances, Date.now());
      dropped.push(...suppressed.map(({ rule }) => rule));
      // Counted at the end, all of one window together.
      keep(await findingsOf(call, { signs, counted: [] }, setting, id, never));
      for (const one of counted) count(call, id, one);
    },
    end: async (): Promise<Seen> => {
      for (const { call, id, counted, what } of bursts.values()) {
        const time = call.time ?? Date.now();
        keep(
          await findingsOf(
            call,
            { signs: [], counted: [{ ...counted, what: [...what] }] },
            setting,
            id,
            async ({ key, what: seen, sign }, burst) => ({
              reached: (await countBurst(counts, key, seen, time, burst)) >= burst.least,
              id: burstId(sign.rule.id, key, time, burst),
            }),
          ),
        );
      }
      return { findings: [...found.values()], dropped };
    },
  };
};

const never = async (): Promise<{ reached: boolean; id: string }> => ({ reached: false, id: '' });
