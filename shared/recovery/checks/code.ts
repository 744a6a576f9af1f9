import type { Incident } from '../../incident/incident';
import { type Found, failed, passed } from './found';

/** All code that runs, or would, once it is released. */
export type Started = {
  /** What the finding was about: `$LATEST`, an alias, or in place of a numbered version what is called instead. */
  readonly judged: string;
  /** Null where the function was deleted. */
  readonly latest: string | null;
  /** By version: those that an alias sends traffic to. */
  readonly aliased: Readonly<Record<string, string>>;
  /** By version: those that the release itself feeds, opens or provisions again. */
  readonly again: Readonly<Record<string, string>>;
};

/** None of it was contained in this incident. Pure. */
export const code = (
  { containedDigest = '', containedDigests = [] }: Pick<Incident, 'containedDigest' | 'containedDigests'>,
  { judged, latest, aliased, again }: Started,
): Found => {
  const contained = [...containedDigests, containedDigest].filter((digest) => digest !== '');
  const isContained = (digest: string | null | undefined): boolean =>
    typeof digest === 'string' && contained.includes(digest);
  if (isContained(judged)) return failed(`${judged} was contained before: deploy code that never was`);
  // An alias may be on other code: what is called without one is opened by the release too.
  if (isContained(latest))
    return failed(`$LATEST still has code that was contained (${latest}): deploy other code to it as well`);
  const of = (versions: Readonly<Record<string, string>>): string | undefined =>
    Object.keys(versions).find((version) => isContained(versions[version]));
  const [served, fed] = [of(aliased), of(again)];
  if (served !== undefined)
    return failed(
      `an alias sends traffic to version ${served}, whose code was contained: point it elsewhere`,
    );
  return fed !== undefined
    ? failed(
        `the release would feed, open or provision version ${fed} again, whose code was contained: point its event source elsewhere, or delete the version`,
      )
    : passed(`${judged} was never contained in this incident`);
};
