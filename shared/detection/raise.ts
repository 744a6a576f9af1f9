import type { Call } from './call';
import type { Evaluation, Sign } from './evaluate';
import { ALERT, limitOf } from './judge';
import type { Burst } from './rule';
import { isOurs, type Setting } from './setting';

/** A finding as it goes onto the service's own bus (shared/findings/serviceFinding.ts reads it). */
export type Detail = {
  readonly id: string;
  readonly rule: string;
  readonly title: string;
  readonly description: string;
  readonly severity: number;
  readonly functionArn: string;
  readonly firstSeen?: string;
  readonly techniques: readonly string[];
  readonly bound: ReturnType<typeof limitOf>;
};

/** What names, ARNs and addresses are made of: of what others chose, nothing else is repeated. */
const plain = (text: string | null): string =>
  text === null ? 'unknown' : text.slice(0, 200).replaceAll(/[^\w+=,.@:/$-]/g, '?');

const isRaised = ({ severity, suspect }: Sign): boolean => severity >= ALERT && suspect !== null;

/** One call may mean several things; it is one finding, named by the gravest of them. */
const detailOf = (
  [gravest, ...others]: readonly [Sign, ...Sign[]],
  suspect: string,
  id: string,
  call: Call,
  setting: Setting,
): Detail => {
  const { rule, severity } = gravest;
  const also = others.length === 0 ? '' : ` Also: ${others.map((sign) => sign.rule.title).join('; ')}.`;
  return {
    id,
    rule: rule.id,
    title: rule.title,
    description: `${rule.title}: ${plain(`${call.service}:${call.name}`)} by ${plain(call.caller.arn ?? call.caller.invokedBy)}, from ${plain(call.address)}. ${rule.rationale}.${also}`,
    severity,
    functionArn: suspect,
    ...(call.time === null ? {} : { firstSeen: new Date(call.time).toISOString() }),
    techniques: [...new Set([gravest, ...others].flatMap((sign) => sign.rule.techniques))].slice(0, 20),
    bound: limitOf(gravest, setting),
  };
};

/** The alerts among some signs, by the function that they are about, the gravest first. */
const bySuspect = (signs: readonly Sign[]): ReadonlyMap<string, readonly [Sign, ...Sign[]]> => {
  const found = new Map<string, [Sign, ...Sign[]]>();
  for (const sign of signs.filter(isRaised).toSorted((a, b) => b.severity - a.severity)) {
    const { suspect } = sign;
    if (suspect === null) continue;
    const known = found.get(suspect);
    if (known === undefined) found.set(suspect, [sign]);
    else known.push(sign);
  }
  return found;
};

/** How a burst is counted: whether it is one now, and what names it. */
export type CountBurst = (
  counted: Evaluation['counted'][number],
  burst: Burst,
) => Promise<{ readonly reached: boolean; readonly id: string }>;

/**
 * The findings of one call: alerts that can be tied to a function. What we do ourselves is none; a call without an id is
 * named by `fallbackId` (that of its delivery).
 */
export const findingsOf = async (
  call: Call,
  { signs, counted }: Evaluation,
  setting: Setting,
  fallbackId: string,
  countBurst: CountBurst,
): Promise<readonly Detail[]> => {
  if (isOurs(call, setting)) return [];
  const alone = [...bySuspect(signs)].map(([suspect, of]) =>
    detailOf(of, suspect, `call:${plain(call.id ?? fallbackId)}`, call, setting),
  );
  const bursts = await Promise.all(
    counted.map(async (entry) => {
      const { sign } = entry;
      if (!isRaised(sign) || sign.suspect === null || sign.rule.burst === undefined) return [];
      const { reached, id } = await countBurst(entry, sign.rule.burst);
      return reached ? [detailOf([sign], sign.suspect, id, call, setting)] : [];
    }),
  );
  return [...alone, ...bursts.flat()];
};
