import { matches } from '../../policy/wildcard';
import type { GateFacts } from './facts';
import { type Found, failed, passed } from './found';

/** Where functions of some name have run before: in a function or alias of this account and Region. */
export type StagedIn = {
  /** A function's name, in which `*` stands for anything. */
  readonly functions: string;
  /** `function` or `function:alias`; `{name}` stands for the name of the function that is released. */
  readonly in: string;
};

/** Where policy has code come from (`releaseFrom`); what is empty asks for nothing. */
export type ReleaseFrom = {
  /** Names or ARNs of principals; `*` is a wildcard. */
  readonly deployers: readonly string[];
  /** ARNs of signing profile versions; `*` is a wildcard. */
  readonly signers: readonly string[];
  /** SHA-256 digests of packages, in base64 as Lambda gives them. */
  readonly digests: readonly string[];
  /** Tags that the function has, by key; `*` is a wildcard in a value. */
  readonly tags: Readonly<Record<string, string>>;
  /** The first that fits decides. */
  readonly stagedIn: readonly StagedIn[];
};

export const FROM_ANYWHERE: ReleaseFrom = { deployers: [], signers: [], digests: [], tags: {}, stagedIn: [] };

/** The code comes from where policy says that code comes from. Pure. */
export const source = ({
  incident: { candidate },
  started: { judged },
  live,
  from: { deployers, signers, digests, tags },
}: GateFacts): Found => {
  const said: string[] = [];
  if (digests.length > 0) {
    if (!digests.includes(judged)) return failed(`${judged} is not among the approved digests`);
    said.push('its digest is approved');
  }
  if (signers.length > 0) {
    const { signer } = live;
    if (signer === null || !signers.some((pattern) => matches(pattern, signer)))
      return failed(`it is signed by ${signer ?? 'nobody'}`);
    said.push(`signed by ${signer}`);
  }
  if (deployers.length > 0) {
    const by = candidate?.codeSha256 === judged ? candidate.by : null;
    if (by === null)
      return failed(
        'who deployed it is not known: CloudTrail shows that some minutes later, release again then',
      );
    if (!deployers.some((pattern) => matches(pattern, by))) return failed(`it was deployed by ${by}`);
    said.push(`deployed by ${by}`);
  }
  for (const [key, pattern] of Object.entries(tags)) {
    const value = Object.hasOwn(live.tags, key) ? live.tags[key] : undefined;
    if (value === undefined || !matches(pattern, value))
      return failed(value === undefined ? `it has no tag ${key}` : `its tag ${key} is ${value}`);
    said.push(`its tag ${key} is ${value}`);
  }
  return passed(said.length === 0 ? 'policy asks for no source' : said.join(', '));
};
