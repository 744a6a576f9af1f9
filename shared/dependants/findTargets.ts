import type { Cut, CutClients, Reach, Target } from './cut';
import { isOurs } from './isOurs';
import { type Book, fits, type Keeper, type Kept, keyOf, readBook } from './kept';
import { type DependantsAnswer, MOST_TARGETS } from './request';

export type FindTools = Keeper & {
  readonly service: string;
  /** The clients for an account: the own one's, or with the credentials of its member role. */
  readonly clientsFor: (account: string) => Promise<CutClients>;
  /** Accounts beside the suspect's in which is looked, too. */
  readonly memberAccounts: readonly string[];
};

export type Found = { readonly targets: readonly Kept[]; readonly left: readonly string[] };

const explain = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/** What another containment has kept goes before what is live, which may be what that one has cut. */
const asKept = (account: string, target: Target<unknown>, { kept }: Book): Kept =>
  kept.get(keyOf(target.id)) ?? { account, target };

/** Why a target is not cut, as a clause; null where it is. */
const whyLeft = (found: Kept, { service }: FindTools): string | null => {
  const { id, left } = found.target;
  if (isOurs(id, service)) return 'it is one of Tourniquet';
  if (left !== undefined) return left;
  return fits(found)
    ? null
    : 'as it is, it is too long to be kept: what cannot be put back exactly is not cut';
};

const findIn = async (
  account: string,
  cut: Cut<unknown>,
  reach: Reach,
  book: Book,
  tools: FindTools,
): Promise<Found> => {
  const clients = await tools.clientsFor(account);
  const before = [...book.kept.values()].filter((kept) => kept.account === account);
  const found = await cut.find(
    reach,
    clients,
    before.map(({ target }) => target),
  );
  const targets: Kept[] = [];
  const left: string[] = [];
  for (const live of found) {
    const kept = asKept(account, live, book);
    const why = whyLeft(kept, tools);
    if (why !== null) left.push(`${live.id}: ${why}`);
    // Off before anybody of ours came: not ours to switch on again.
    else if (book.kept.has(keyOf(live.id)) || !(await cut.isCut(live, reach, clients))) targets.push(kept);
  }
  return { targets, left };
};

/**
 * What would be cut off from a suspect, in its account and in the members'. Reads only. An account that cannot be looked
 * at is said, and keeps nothing from being found in the others; its own must be.
 */
export const findTargets = async (
  cut: Cut<unknown>,
  reach: Reach,
  tools: FindTools,
  book: Book,
): Promise<Found> => {
  const own = await findIn(reach.accountId, cut, reach, book, tools);
  const members = await Promise.all(
    (cut.inMembers === true ? tools.memberAccounts : []).map((account) =>
      findIn(account, cut, reach, book, tools).catch(
        (error: unknown): Found => ({
          targets: [],
          left: [`account ${account} could not be looked at: ${explain(error)}`],
        }),
      ),
    ),
  );
  const all = [own, ...members];
  const targets = all.flatMap((found) => found.targets);
  const beyond = targets.slice(MOST_TARGETS).map(({ target }) => target.id);
  return {
    targets: targets.slice(0, MOST_TARGETS),
    left: [
      ...(beyond.length === 0
        ? []
        : [`${beyond.length} more than the ${MOST_TARGETS} that are cut: ${beyond.slice(0, 10).join(', ')}`]),
      ...all.flatMap((found) => found.left),
    ],
  };
};

/** The answer to what would be cut. */
export const survey = async (
  cut: Cut<unknown>,
  reach: Reach,
  tools: FindTools,
): Promise<DependantsAnswer> => {
  const found = await findTargets(cut, reach, tools, await readBook(cut.kind, tools));
  const targets = found.targets.map(({ target }) => target);
  const left = found.left.map((line) => `not cut: ${line}`);
  const ids = targets.map(({ id }) => id).join(', ');
  return {
    states: targets.map(({ id, breaks }) => ({ id, state: 'found', detail: breaks })),
    text: [targets.length === 0 ? 'there are none to be cut off' : `${targets.length}: ${ids}`, ...left].join(
      '; ',
    ),
    left,
    does: `${cut.does} ${ids}`,
    cautions: [...targets.map(({ breaks }) => breaks), ...cut.cautions, ...left],
    undo: targets.flatMap((target) => cut.undo(target, reach)),
  };
};
