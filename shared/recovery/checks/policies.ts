import { type Grants, TRUST } from '../../fleet/documents';
import type { Planted } from '../../incident/incident';
import { type Found, failed, named, passed, unknown } from './found';

/** What `policies` is judged by. */
export type PolicyFacts = {
  /** What stood in the policies when it was contained, from the evidence; null where that is not known (yet). */
  readonly contained: Grants | null;
  /** What CloudTrail shows the intruder to have added; null as long as the evidence was not looked at. */
  readonly planted: readonly Planted[] | null;
  /** The last approved state; null where there is none, or one from before its statements were kept. */
  readonly approved: { readonly grants: Grants; readonly by: string } | null;
  /** As AWS has them now, and what a release would put back into them; or why they could not be read. */
  readonly live: { readonly now: Grants; readonly back: Grants } | { readonly error: string };
};

/** A statement that was moved from one policy of the role into another is still there. */
const groupOf = (name: string): string =>
  name.startsWith('resource policy') ? 'function' : name === TRUST ? name : 'role';

const inGroup = (grants: Grants, name: string): ReadonlySet<string> =>
  new Set(
    Object.entries(grants)
      .filter(([other]) => groupOf(other) === groupOf(name))
      .flatMap(([, statements]) => statements),
  );

const holderOf = (grants: Grants, name: string, statement: string): string =>
  Object.entries(grants).find(
    ([other, statements]) => groupOf(other) === groupOf(name) && statements.includes(statement),
  )?.[0] ?? name;

type Live = { readonly now: Grants; readonly back: Grants };

/** What of some statements is there, or would be. */
const leftOf = (name: string, added: readonly string[], { now, back }: Live): readonly string[] => {
  const [there, again] = [inGroup(now, name), inGroup(back, name)];
  const standing = added.filter((statement) => there.has(statement));
  const returning = added.filter((statement) => !there.has(statement) && again.has(statement));
  return [
    ...standing.map((statement) => `a statement that was added to the ${holderOf(now, name, statement)}`),
    ...returning.map(
      () => `a statement that was added to the ${name}, was taken out of it, and the release would put back`,
    ),
  ];
};

/** What was added since the approved state, and what became of each document in which something was. */
const sinceApproved = (contained: Grants, approved: Grants, live: Live): readonly string[] =>
  Object.entries(contained).flatMap(([name, statements]) => {
    const known = inGroup(approved, name);
    const added = statements.filter((statement) => !known.has(statement));
    if (added.length === 0) return [];
    const left = leftOf(name, added, live);
    // In the function's policy each statement is a thing of its own, and the drift watch looks at what is added to it.
    if (left.length > 0 || groupOf(name) === 'function') return left;
    // A statement that says nearly the same is another one: whoever wrote it, a person looks at it.
    const others = (live.now[name] ?? []).filter((statement) => !known.has(statement));
    return others.length === 0 ? [] : [`the ${name} was changed since, and is not as it was approved`];
  });

const stillPlanted = (planted: readonly Planted[], live: Live): readonly string[] =>
  planted.flatMap(({ what, statements, by, at }) => {
    if (what.startsWith('layer ')) return [];
    const left =
      statements.length === 0
        ? live.now[what] === undefined
          ? []
          : [`the ${what}`]
        : leftOf(what, statements, live);
    return left.map((one) => `${one} (by ${by} at ${at})`);
  });

const isOfVersion = ({ what }: Planted): boolean => /^resource policy of \d+$/.test(what);

/**
 * Nothing of what was added to the role or to the function's policies before it was contained is left. `isRead`: the
 * evidence was looked at, and what is not known of it now never will be. Pure.
 */
export const policies = ({ contained, planted, approved, live }: PolicyFacts, isRead: boolean): Found => {
  if ('error' in live) return failed(`its policies could not be read: ${live.error}`);
  // A state that was only the first that was seen may have been seen after they came.
  const vouched = approved !== null && approved.by !== 'nobody';
  const left = [
    ...(approved === null || contained === null ? [] : sinceApproved(contained, approved.grants, live)),
    // Policies of versions are in no state that was approved.
    ...stillPlanted(vouched ? (planted ?? []).filter(isOfVersion) : (planted ?? []), live),
  ];
  if (left.length > 0)
    return failed(`added before it was contained, and still there: ${named([...new Set(left)])}`);
  if (approved !== null && contained !== null)
    return passed('nothing that was added since the last approved state is left');
  if (planted?.some(({ what }) => !what.startsWith('layer ')))
    return passed('nothing that CloudTrail shows the intruder to have added is left');
  if (approved === null)
    return unknown(
      'there is no approved state to compare with, and CloudTrail shows nothing that the intruder added',
    );
  const gap = 'the evidence does not have all of its policies, to compare with the approved state';
  return isRead && vouched ? failed(gap) : unknown(gap);
};
