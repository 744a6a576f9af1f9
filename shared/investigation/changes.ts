import { approvalsIn, type Tags, tagsAfter } from '../evidence/trail/approvalTags';
import type { Evidence, Recorded } from './evidenceOf';
import { diffPackages, type PackageDiff } from './packageDiff';
import { principalOf } from './who';

/** A change of the function or its role, with who made it and by which pipeline. */
export type Made = {
  readonly artifact: string;
  readonly at: string;
  readonly event: string;
  readonly by: string | null;
  /** The client, as it names itself. */
  readonly client: string;
  readonly from: string | null;
  /** Of a deployment, the tags of the function by then that name an approval; null of anything else. */
  readonly approval: Tags | null;
};

export type WhatChanged = {
  /** The package against the known-good one; null where there are not both. */
  readonly code: (PackageDiff & { readonly artifacts: readonly string[] }) | null;
  readonly made: readonly Made[];
};

const MOST_MADE = 200;
const MOST_FILES = 500;

/** Calls that only read, or run it. */
const CHANGES_NOTHING = /^(?:Get|List|Describe|Invoke|AssumeRole|Simulate|Generate)/;

const few = (paths: readonly string[]): readonly string[] => paths.slice(0, MOST_FILES);

/** Calls by which other code, or the same in another way, comes to run. */
const DEPLOYS =
  /^(?:CreateFunction|UpdateFunctionCode|UpdateFunctionConfiguration|PublishVersion|CreateAlias|UpdateAlias)$/;

/** Every change with the tags that spoke of an approval when it was made; oldest first. */
const withApprovals = (management: readonly Recorded[]): readonly Made[] => {
  let tags: Tags = {};
  return management
    .filter(({ call }) => call.error === null && !CHANGES_NOTHING.test(call.name))
    .map(({ artifact, at, call }) => {
      const isLambda = call.service === 'lambda';
      if (isLambda) tags = tagsAfter(tags, call.name, call.request);
      return {
        artifact,
        at,
        event: `${call.service}:${call.name}`,
        by: principalOf(call),
        client: call.agent.slice(0, 200),
        from: call.address,
        approval: isLambda && DEPLOYS.test(call.name) ? approvalsIn(tags) : null,
      };
    });
};

/** What changed: the package file by file, and everything that CloudTrail has of function and role, newest first. */
export const changesIn = ({ current, good, management }: Evidence): WhatChanged => {
  const diff = current === null || good === null ? null : diffPackages(good.inventory, current.inventory);
  return {
    code:
      diff === null || current === null || good === null
        ? null
        : {
            added: few(diff.added),
            removed: few(diff.removed),
            changed: few(diff.changed),
            own: few(diff.own),
            dependencies: diff.dependencies
              .slice(0, MOST_FILES)
              .map((one) => ({ ...one, files: few(one.files) })),
            artifacts: [current.artifact, good.artifact],
          },
    made: withApprovals(management ?? [])
      .toReversed()
      .slice(0, MOST_MADE),
  };
};
