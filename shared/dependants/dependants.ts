import { type Cut, type Reach, TargetChangedError } from './cut';
import { cutOf } from './cuts';
import { type FindTools, findTargets, survey } from './findTargets';
import { isOurs } from './isOurs';
import { type Book, drop, type Holder, join, type Kept, keep, keyOf, leave, readBook } from './kept';
import type { DependantsAnswer, DependantsRequest, TargetState } from './request';

/** The suspect is not of this account and Region, or one of our own: nothing is cut off for it. */
export class SuspectNotAdmittedError extends Error {
  override readonly name = 'SuspectNotAdmittedError';
}

export type DependantsTools = FindTools & { readonly accountId: string; readonly region: string };

const stateOf = (id: string, state: TargetState['state'], detail: string): TargetState => ({
  id,
  state,
  detail,
});

const noteOf = (holder: string, { holders }: Book): Holder | undefined =>
  holders.find((note) => note.holder === holder);

/** One by one. What is refused for one keeps no other from it: the first failure is thrown once all were tried. */
const eachOf = async <T>(
  all: readonly T[],
  work: (one: T) => Promise<TargetState>,
): Promise<readonly TargetState[]> => {
  const done: TargetState[] = [];
  const failed: unknown[] = [];
  for (const one of all)
    await work(one).then(
      (state) => done.push(state),
      (error: unknown) => failed.push(error),
    );
  if (failed.length > 0) throw failed[0];
  return done;
};

/**
 * Cuts off what is asked for and was found. The note of the containment comes first, what was there before second, and
 * the change last: whoever dies in between is found by both. What is kept already is never replaced.
 */
const cutAll = async (
  cut: Cut<unknown>,
  { reach: asked, holder, targets }: DependantsRequest,
  tools: DependantsTools,
): Promise<readonly TargetState[]> => {
  const book = await readBook(cut.kind, tools);
  const note = noteOf(holder, book);
  // As it was when it was first cut: its role may be another one by now.
  const reach = note?.reach ?? { ...asked, resources: [], reads: [] };
  const keys = targets.map(keyOf);
  const isKnown = keys.every((key) => note?.targets.includes(key) === true && book.kept.has(key));
  const found = isKnown ? [] : (await findTargets(cut, asked, tools, book)).targets;
  const wanted = new Map<string, Kept>();
  for (const id of targets) {
    const one = book.kept.get(keyOf(id)) ?? found.find(({ target }) => target.id === id);
    const joins = note?.targets.includes(keyOf(id)) === true || found.some(({ target }) => target.id === id);
    if (one !== undefined && joins) wanted.set(id, one);
  }
  const kept = [...wanted.values()];
  if (!isKnown) {
    for (const { target } of kept)
      if (book.stale.has(keyOf(target.id))) await drop(cut.kind, keyOf(target.id), tools);
    const held = new Set([...(note?.targets ?? []), ...kept.map(({ target }) => keyOf(target.id))]);
    if (held.size > 0) await join(cut.kind, { holder, reach, targets: [...held] }, tools);
  }
  const states = await eachOf(targets, async (id) => {
    const one = wanted.get(id);
    if (one === undefined) return stateOf(id, 'open', `${id} is no dependant of it, or is no more`);
    if (!book.kept.has(keyOf(id))) await keep(cut.kind, one, tools);
    return cutOne(cut, one, reach, tools);
  });
  // Who left meanwhile as the last may have dropped what we rely on.
  const after = await readBook(cut.kind, tools);
  for (const one of kept) if (!after.kept.has(keyOf(one.target.id))) await keep(cut.kind, one, tools);
  return states;
};

const cutOne = async (
  cut: Cut<unknown>,
  { account, target }: Kept,
  reach: Reach,
  tools: DependantsTools,
): Promise<TargetState> => {
  const { id, breaks } = target;
  if (isOurs(id, tools.service)) return stateOf(id, 'open', `${id} is one of Tourniquet`);
  try {
    await cut.cut(target, reach, await tools.clientsFor(account));
    return stateOf(id, 'cut', breaks);
  } catch (error) {
    if (error instanceof TargetChangedError) return stateOf(id, 'open', error.message);
    throw error;
  }
};

const checkAll = async (
  cut: Cut<unknown>,
  { holder, targets }: DependantsRequest,
  tools: DependantsTools,
): Promise<readonly TargetState[]> => {
  const book = await readBook(cut.kind, tools);
  const note = noteOf(holder, book);
  const states: TargetState[] = [];
  for (const id of targets) {
    const kept = book.kept.get(keyOf(id));
    if (kept === undefined || note?.targets.includes(keyOf(id)) !== true) {
      states.push(stateOf(id, 'open', `${id} was not cut`));
      continue;
    }
    const isCut = await cut.isCut(kept.target, note.reach, await tools.clientsFor(kept.account));
    states.push(isCut ? stateOf(id, 'cut', kept.target.breaks) : stateOf(id, 'open', `${id} is not cut`));
  }
  return states;
};

/**
 * Mends what this containment cut, but for what others hold. Its note goes last, and what drifted is dropped with it: a
 * retry says the same again.
 */
const mendAll = async (
  cut: Cut<unknown>,
  { holder, targets }: DependantsRequest,
  tools: DependantsTools,
): Promise<readonly TargetState[]> => {
  const before = await readBook(cut.kind, tools);
  const note = noteOf(holder, before);
  if (note === undefined) {
    // Who died between leaving and dropping left it behind.
    for (const key of targets.map(keyOf)) if (before.stale.has(key)) await drop(cut.kind, key, tools);
    return targets.map((id) => stateOf(id, 'restored', `${id}: nothing is kept, an earlier try put it back`));
  }
  const held = note.targets.flatMap((key) => before.kept.get(key) ?? []);
  const states = await eachOf(held, (kept) => mendOne(cut, kept, note, before, tools));
  await leave(cut.kind, holder, tools);
  // Read anew, without our note: who joined meanwhile relies on what is kept, and on its being cut.
  const after = await readBook(cut.kind, tools);
  for (const key of note.targets) {
    if (after.stale.has(key)) await drop(cut.kind, key, tools);
    const kept = after.kept.get(key);
    const joined = after.holders.filter(
      ({ holder: id, targets: held }) =>
        held.includes(key) && !before.holders.some((other) => other.holder === id),
    );
    if (kept !== undefined) for (const { reach } of joined) await cutOne(cut, kept, reach, tools);
  }
  const known = new Set(states.map(({ id }) => id));
  return [
    ...states,
    ...targets
      .filter((id) => !known.has(id))
      .map((id) => stateOf(id, 'restored', `${id}: nothing is kept, an earlier try put it back`)),
  ];
};

const mendOne = async (
  cut: Cut<unknown>,
  { account, target }: Kept,
  note: Holder,
  { holders }: Book,
  tools: DependantsTools,
): Promise<TargetState> => {
  const { share = () => '' } = cut;
  const key = keyOf(target.id);
  const others = holders.filter(
    (other) =>
      other.holder !== note.holder && other.targets.includes(key) && share(other.reach) === share(note.reach),
  );
  if (others.length > 0)
    return stateOf(
      target.id,
      'restored',
      `${target.id} stays cut off: ${others.length} other contained function(s) hold it`,
    );
  const { outcome, detail } = await cut.mend(target, note.reach, await tools.clientsFor(account));
  return stateOf(target.id, outcome, detail);
};

/** Finds, cuts, checks or mends what depends on a suspect, of one kind. All may run twice and die at any line. */
export const dependants = async (
  request: DependantsRequest,
  tools: DependantsTools,
): Promise<DependantsAnswer> => {
  const { kind, action, reach } = request;
  const here = reach.accountId === tools.accountId && reach.region === tools.region;
  const whole = reach.suspectArn.split(':').slice(3, 5).join() === `${reach.region},${reach.accountId}`;
  if (!here || !whole || isOurs(reach.suspectArn, tools.service))
    throw new SuspectNotAdmittedError(
      `nothing is cut off for ${reach.suspectArn}: it is not of this account and Region, or one of our own`,
    );
  const cut = cutOf(kind);
  if (action === 'find') return survey(cut, reach, tools);
  const act = { cut: cutAll, check: checkAll, mend: mendAll }[action];
  const states = await act(cut, request, tools);
  // Where some are not as they are to be, those are what people must read.
  const wrong = states.filter(({ state }) => state === 'open' || state === 'drift');
  const text = (wrong.length === 0 ? states : wrong).map(({ detail }) => detail).join('; ');
  return { states, text, left: [], does: cut.does, cautions: [], undo: [] };
};
