import {
  AddPermissionCommand,
  GetPolicyCommand,
  InvalidParameterValueException,
  PolicyLengthExceededException,
  PreconditionFailedException,
  PublicPolicyException,
  RemovePermissionCommand,
  ResourceConflictException,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import type { Suspect } from '../../suspect/describe';
import { awsCli } from '../awsCli';
import { type ControlTools, defineControl } from '../control';
import { listAliases, listVersions } from '../qualifiers';
import {
  letsIn,
  type Permission,
  parsePolicy,
  permissionOf,
  type Statement,
  sameStatement,
  sidOf,
} from '../statements';

/** A statement that lets somebody in from outside, and whose policy it is in: the function's, an alias's, a version's. */
type Door = { readonly qualifier: string | null; readonly statement: Statement; readonly letsIn: string };
type Before = {
  readonly removed: readonly Door[];
  /** What AddPermission could not make again exactly: never removed. */
  readonly left: readonly Door[];
  /** Published versions whose policy was not read, as there are too many. */
  readonly unread: number;
};

/**
 * Each version has a policy of its own, and GetPolicy answers 15 times a second, a quota that AWS does not raise: a
 * hundred versions take some seven seconds. Of older ones it is said that they were not read.
 */
const VERSIONS = 100;
/** How many are asked for at once. */
const AT_ONCE = 5;

type Policy = { readonly statements: readonly Statement[]; readonly revision: string | undefined };
const NONE: Policy = { statements: [], revision: undefined };

const named = ({ arn }: Suspect, qualifier: string | null) => ({
  FunctionName: arn,
  ...(qualifier === null ? {} : { Qualifier: qualifier }),
});

/** A policy as it is; without statements where there is none, or nothing (any more) that could have one. */
const read = async (
  suspect: Suspect,
  qualifier: string | null,
  { lambda }: ControlTools,
): Promise<Policy> => {
  try {
    const answer = await lambda.send(new GetPolicyCommand(named(suspect, qualifier)));
    return { statements: parsePolicy(answer.Policy), revision: answer.RevisionId };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return NONE;
    throw error;
  }
};

/** The doors in the policies of the given qualifiers. */
const findDoors = async (
  suspect: Suspect,
  qualifiers: readonly (string | null)[],
  tools: ControlTools,
): Promise<readonly Door[]> => {
  const doors: Door[] = [];
  for (let start = 0; start < qualifiers.length; start += AT_ONCE) {
    const some = qualifiers.slice(start, start + AT_ONCE);
    const policies = await Promise.all(some.map((qualifier) => read(suspect, qualifier, tools)));
    policies.forEach(({ statements }, index) => {
      for (const statement of statements) {
        const who = letsIn(statement, suspect.accountId);
        if (who !== null) doors.push({ qualifier: some[index] ?? null, statement, letsIn: who });
      }
    });
  }
  return doors;
};

const resourceOf = ({ arn }: Suspect, { qualifier }: Door): string =>
  qualifier === null ? arn : `${arn}:${qualifier}`;

const permission = (suspect: Suspect, door: Door): Permission | null =>
  permissionOf(door.statement, resourceOf(suspect, door));

const nameOf = ({ qualifier, statement }: Door): string =>
  `${sidOf(statement) ?? 'a statement without a name'}${qualifier === null ? '' : ` of ${qualifier}`}`;

const say = (door: Door): string => `${nameOf(door)} (${door.letsIn})`;

const sameDoor = (one: Door, other: Door): boolean =>
  one.qualifier === other.qualifier && sameStatement(one.statement, other.statement);

/** The statement that lives under a door's name. */
const liveOf = ({ statements }: Policy, { statement }: Door): Statement | undefined =>
  statements.find((live) => sidOf(live) === sidOf(statement));

const mayRetry = (error: unknown): boolean =>
  error instanceof PreconditionFailedException || error instanceof ResourceConflictException;

/** Runs a step that reads and then writes; somebody who wrote in between makes it begin again, a few times. */
const untilUndisturbed = async <T>(tools: ControlTools, step: () => Promise<T>): Promise<T> => {
  for (let attemptsLeft = 5; ; attemptsLeft--) {
    try {
      return await step();
    } catch (error) {
      if (!mayRetry(error) || attemptsLeft === 0) throw error;
      await tools.pause(1000);
    }
  }
};

/** Removes by name, but only from the policy that was read. */
const remove = async (
  suspect: Suspect,
  { qualifier, statement }: Door,
  { revision }: Policy,
  { lambda }: ControlTools,
): Promise<void> => {
  try {
    await lambda.send(
      new RemovePermissionCommand({
        ...named(suspect, qualifier),
        StatementId: sidOf(statement) ?? undefined,
        ...(revision === undefined ? {} : { RevisionId: revision }),
      }),
    );
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
};

/**
 * Statements that let in the public or another account are removed, and made again one by one. What the account
 * itself and the services that act for it may do is kept: reserved concurrency 0 holds that, and whoever asks sees
 * what is meant to call the function. Adding gives permission to somebody, so only what was captured is ever added.
 */
export const resourcePolicy = defineControl<Before>({
  id: 'resource-policy',
  title: 'Resource policy',
  permissions: {
    contain: [
      'lambda:GetPolicy',
      'lambda:ListAliases',
      'lambda:ListVersionsByFunction',
      'lambda:RemovePermission',
    ],
    release: ['lambda:GetPolicy', 'lambda:RemovePermission', 'lambda:AddPermission'],
  },

  capture: async (suspect, tools) => {
    const [aliases, versions] = await Promise.all([
      listAliases(suspect.arn, tools.lambda),
      listVersions(suspect.arn, tools.lambda),
    ]);
    const doors = await findDoors(suspect, [null, ...aliases, ...versions.slice(0, VERSIONS)], tools);
    const removed = doors.filter((door) => permission(suspect, door) !== null);
    const left = doors.filter((door) => permission(suspect, door) === null);
    const unread = Math.max(0, versions.length - VERSIONS);
    const not = cautionsOf(left, unread);
    if (removed.length === 0) {
      return { applies: false, why: ['no statement that can be removed and made again', ...not].join('; ') };
    }
    return {
      applies: true,
      before: { removed, left, unread },
      found: [`open to others: ${removed.map(say).join(', ')}`, ...not].join('; '),
    };
  },

  apply: async (suspect, { removed }, tools) => {
    // One after the other: two writes to one policy at once are a conflict.
    for (const door of removed) {
      await untilUndisturbed(tools, async () => {
        const policy = await read(suspect, door.qualifier, tools);
        const live = liveOf(policy, door);
        // What is there under that name now was not recorded: `verify` tells of it.
        if (live !== undefined && sameStatement(live, door.statement))
          await remove(suspect, door, policy, tools);
      });
    }
  },

  verify: async (suspect, { removed, left }, tools) => {
    const qualifiers = [...new Set(removed.map(({ qualifier }) => qualifier))];
    const doors = await findDoors(suspect, qualifiers, tools);
    const open = doors.filter((door) => !left.some((known) => sameDoor(known, door)));
    const gone = removed.filter((door) => !open.some((live) => sameDoor(live, door)));
    return {
      held: open.length === 0,
      found: [
        `${gone.length} of ${removed.length} removed: ${gone.map(say).join(', ')}`,
        ...(open.length > 0 ? [`open: ${open.map(say).join(', ')}`] : []),
        ...left.map((door) => `left: ${say(door)}`),
      ].join('; '),
    };
  },

  revert: async (suspect, { removed }, tools, force) => {
    const drifted: string[] = [];
    for (const door of removed) {
      const drift = await untilUndisturbed(tools, () => putBack(suspect, door, tools, force));
      if (drift !== null) drifted.push(`${nameOf(door)}: ${drift}`);
    }
    if (drifted.length > 0) return { outcome: 'drift', detail: drifted.join('; ') };
    return {
      outcome: 'restored',
      detail: `${removed.length} statement(s) back: ${removed.map(nameOf).join(', ')}`,
    };
  },

  describe: (_suspect, { removed, left, unread }) => ({
    does: `remove ${removed.length} statement(s) that let others in: ${removed.map(say).join(', ')}`,
    inverse: `add ${removed.map(nameOf).join(', ')} again, conditions included`,
    cautions: [
      ...cautionsOf(left, unread),
      'a statement for a user or role that is deleted meanwhile cannot be added again',
      'what the account itself and its services may do is kept: reserved concurrency 0 holds it',
    ],
  }),

  undo: (suspect, { removed }) =>
    removed.flatMap((door) => {
      const wanted = permission(suspect, door);
      return wanted === null ? [] : [addCommand(suspect, door, wanted)];
    }),
});

const cautionsOf = (left: readonly Door[], unread: number): readonly string[] => [
  ...left.map(
    (door) => `left, as it could not be made again exactly: ${say(door)}; reserved concurrency 0 holds it`,
  ),
  ...(unread > 0
    ? [`the policies of the ${unread} oldest versions were not read; reserved concurrency 0 holds them`]
    : []),
];

/** Puts one statement back; gives the drift that stands in the way, or null when it is back. */
const putBack = async (
  suspect: Suspect,
  door: Door,
  tools: ControlTools,
  force: boolean,
): Promise<string | null> => {
  const wanted = permission(suspect, door);
  if (wanted === null) return 'cannot be made again exactly: left out';
  const policy = await read(suspect, door.qualifier, tools);
  const live = liveOf(policy, door);
  if (live !== undefined && sameStatement(live, door.statement)) return null;
  if (live !== undefined && !force)
    return 'somebody put another statement in its place while contained: left as it is';
  if (live !== undefined) await remove(suspect, door, policy, tools);
  return add(suspect, door, wanted, tools);
};

/** Adds one statement; gives what AWS has against it for good, or null. A name that is taken flies, and is read again. */
const add = async (
  suspect: Suspect,
  door: Door,
  wanted: Permission,
  { lambda }: ControlTools,
): Promise<string | null> => {
  try {
    const { Statement: made } = await lambda.send(
      new AddPermissionCommand({ ...named(suspect, door.qualifier), ...wanted }),
    );
    return made === undefined || sameStatement(JSON.parse(made) as Statement, door.statement)
      ? null
      : 'AWS made another statement of it than there was';
  } catch (error) {
    if (error instanceof ResourceNotFoundException)
      return 'the function, alias or version was deleted while contained';
    if (
      error instanceof InvalidParameterValueException ||
      error instanceof PolicyLengthExceededException ||
      error instanceof PublicPolicyException
    )
      return `AWS refuses to have it back (${error.name})`;
    throw error;
  }
};

const addCommand = ({ region, arn }: Suspect, { qualifier }: Door, wanted: Permission): string => {
  // As one word: a name may begin with a dash.
  const option = (name: string, value: string | undefined | null): readonly string[] =>
    value === undefined || value === null ? [] : [`${name}=${value}`];
  return awsCli(
    region,
    'lambda',
    'add-permission',
    '--function-name',
    arn,
    ...option('--qualifier', qualifier),
    ...option('--statement-id', wanted.StatementId),
    ...option('--action', wanted.Action),
    ...option('--principal', wanted.Principal),
    ...option('--source-arn', wanted.SourceArn),
    ...option('--source-account', wanted.SourceAccount),
    ...option('--event-source-token', wanted.EventSourceToken),
    ...option('--principal-org-id', wanted.PrincipalOrgID),
    ...option('--function-url-auth-type', wanted.FunctionUrlAuthType),
    ...(wanted.InvokedViaFunctionUrl ? ['--invoked-via-function-url'] : []),
  );
};
