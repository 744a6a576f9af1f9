import { isDeepStrictEqual } from 'node:util';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  type FunctionConfiguration,
  GetFunctionConfigurationCommand,
  type LambdaClient,
  paginateListAliases,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { ControlTools } from '../containment/control';
import { admitsInline } from '../containment/denyDocuments';
import { readHold } from '../containment/hold';
import { readLedger, recordBefore, SESSIONS, settle } from '../containment/ledger';
import {
  hoursAfter,
  MOOT_HOURS,
  SESSION_HOURS,
  type Stop,
  sessionsLiveUntil,
} from '../containment/sessionTimes';
import type { Incident } from '../incident/incident';
import { SESSION_DENIES, sessionDenyKey } from '../incident/keys';
import { appendEntry, queryAll, type Records } from '../incident/store';
import type { Suspect } from '../suspect/describe';
import { siblingsOf } from '../suspect/siblings';
import type { RecycleRequest } from './recycle';

/** What was decided about the sessions from before a release; in the ledger before anything is changed. */
export type SessionsBefore =
  | {
      readonly deny: true;
      readonly issuedBefore: string;
      /** Whose environments have to be renewed, with the description that each has. */
      readonly recycle: readonly RecycleRequest[];
    }
  | { readonly deny: false; readonly why: string };

/** A function that uses the role, as far as its environments may hold old sessions. */
export type Holder = {
  readonly arn: string;
  readonly name: string;
  readonly description: string;
  /** Whether `$LATEST` was deployed since the containment: no environment of it is older. */
  readonly renewed: boolean;
  /** Aliases to versions that may have environments from before: a version cannot be changed. */
  readonly oldAliases: readonly OldAlias[];
};

export type OldAlias = {
  readonly name: string;
  readonly version: string;
  /** Whether the version is what `$LATEST` is, and alone behind the alias: published again it is the same. */
  readonly same: boolean;
};

export type SessionFacts = {
  readonly admitted: boolean;
  readonly suspect: Holder;
  readonly siblings: readonly Holder[];
  readonly choices: Pick<ControlTools['choices'], 'recycleSiblings' | 'aliasSessions'>;
  readonly now: string;
} & Stop;

/**
 * Whether the sessions from before the release are denied, and whose environments are renewed for it: a deny also hits
 * whoever still works with an old session. Where it cannot be done, says until when stolen sessions live. Pure.
 */
export const decideSessions = (facts: SessionFacts): SessionsBefore => {
  const { admitted, suspect, siblings, choices, now } = facts;
  const until = sessionsLiveUntil(facts);
  const leave = (why: string): SessionsBefore => ({
    deny: false,
    why:
      until <= now
        ? `sessions from before the containment have expired at ${until} (taken to live ${SESSION_HOURS} hours from the end of the last invocation)`
        : `STOLEN SESSIONS ARE GOOD AGAIN, until ${until} at the latest: ${why}`,
  });
  if (!admitted) return leave("the deployment's inlineRoles do not list the role");
  const named = ({ name, oldAliases }: Holder) => oldAliases.map((alias) => `${name}:${alias.name}`);
  const publishes = choices.aliasSessions === 'publish';
  const unlike = suspect.oldAliases.filter(({ same }) => !same).map(({ name }) => `${suspect.name}:${name}`);
  if (suspect.oldAliases.length > 0 && !publishes)
    return leave(`environments behind ${named(suspect).join(', ')} still work with old sessions`);
  if (unlike.length > 0)
    return leave(
      `environments behind ${unlike.join(', ')} still work with old sessions, and cannot be published again, since $LATEST is another code or configuration`,
    );
  if (siblings.length > 0 && !choices.recycleSiblings)
    return leave(
      `${siblings.map(({ name }) => name).join(', ')} share(s) the role and would be denied with them (recycleSiblings is off)`,
    );
  const aliased = siblings.flatMap(named);
  if (aliased.length > 0)
    return leave(`environments behind ${aliased.join(', ')}, which share(s) the role, cannot be renewed`);
  return {
    deny: true,
    // Whole seconds, as in a session's time of issue: none that is new is older than this.
    issuedBefore: `${now.slice(0, 19)}.000Z`,
    recycle: [...(suspect.renewed && suspect.oldAliases.length === 0 ? [] : [suspect]), ...siblings].map(
      ({ arn, description, oldAliases }) => ({
        functionArn: arn,
        description,
        aliases: oldAliases.map(({ name, version }) => ({ name, version })),
      }),
    ),
  };
};

/**
 * Why a release has to wait under `aliasSessions: wait`, or null: a function whose aliases serve what was there before
 * the containment stays contained until sessions from then have expired. It waits for nothing where every alias serves
 * a version that was published since: no environment of that is older.
 */
export const waitsForSessions = (
  suspect: Pick<Holder, 'oldAliases'>,
  stop: Stop,
  now: string,
): string | null => {
  const until = sessionsLiveUntil(stop);
  return suspect.oldAliases.length > 0 && now < until
    ? `environments behind ${suspect.oldAliases.map(({ name }) => name).join(', ')} may hold sessions from before the containment: they have expired at ${until}`
    : null;
};

/** LastModified of Lambda is ISO 8601 with `+0000`, which not every parser takes. */
const timeOf = (text: string | undefined): number =>
  Date.parse((text ?? '').replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));

/** What of a configuration decides what runs. */
const running = (configuration: FunctionConfiguration): unknown => {
  const { CodeSha256, Role, Runtime, Handler, Timeout, MemorySize, Environment, Layers, VpcConfig } =
    configuration;
  const { Architectures, KMSKeyArn, TracingConfig, DeadLetterConfig, FileSystemConfigs } = configuration;
  const { ImageConfigResponse, EphemeralStorage, LoggingConfig, SnapStart } = configuration;
  return [
    [CodeSha256, Role, Runtime, Handler, Timeout, MemorySize, Environment, Layers, VpcConfig],
    [Architectures, KMSKeyArn, TracingConfig, DeadLetterConfig, FileSystemConfigs],
    [ImageConfigResponse, EphemeralStorage, LoggingConfig, SnapStart?.ApplyOn],
  ];
};
const isSame = (one: FunctionConfiguration, other: FunctionConfiguration): boolean =>
  isDeepStrictEqual(running(one), running(other));

/** Null when there is no such function (any more). */
export const holderOf = async (
  arn: string,
  containedAt: string | null,
  lambda: LambdaClient,
): Promise<Holder | null> => {
  // Behind an alias of a function that was never stopped, environments are always taken to be old.
  const isNew = (modified: string | undefined) =>
    containedAt !== null && timeOf(modified) > Date.parse(containedAt);
  try {
    const live = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: arn }));
    const oldAliases: OldAlias[] = [];
    for await (const page of paginateListAliases({ client: lambda }, { FunctionName: arn })) {
      for (const { Name = '', FunctionVersion = '', RoutingConfig } of page.Aliases ?? []) {
        const versions = [FunctionVersion, ...Object.keys(RoutingConfig?.AdditionalVersionWeights ?? {})];
        const published = await Promise.all(
          versions
            .filter((version) => version !== '$LATEST')
            .map((version) =>
              lambda.send(new GetFunctionConfigurationCommand({ FunctionName: `${arn}:${version}` })),
            ),
        );
        if (published.every(({ LastModified }) => isNew(LastModified))) continue;
        const same = versions.length === 1 && published.every((version) => isSame(version, live));
        oldAliases.push({ name: Name, version: FunctionVersion, same });
      }
    }
    return {
      arn,
      name: live.FunctionName ?? arn,
      description: live.Description ?? '',
      renewed: isNew(live.LastModified),
      oldAliases,
    };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  }
};

const decide = async (suspect: Suspect, incident: Incident, tools: ControlTools): Promise<SessionsBefore> => {
  const { lambda, choices, prefix, records } = tools;
  const now = records.now().toISOString();
  const containedAt = incident.containedAt ?? now;
  const { roleArn } = suspect;
  const nobody: Holder = {
    arn: suspect.arn,
    name: suspect.functionName,
    description: '',
    renewed: true,
    oldAliases: [],
  };
  const hold = await readHold(records, roleArn);
  if (hold !== null && hold.holders > 1)
    return { deny: false, why: 'the role stays denied, since other contained functions use it' };
  const facts = {
    choices,
    containedAt,
    lastInFlightAt: incident.lastInFlightAt,
    now,
    suspect: nobody,
    siblings: [],
  };
  if (!admitsInline(roleArn, choices.inlineRoles, prefix))
    return decideSessions({ ...facts, admitted: false });
  const names = await siblingsOf(suspect, lambda);
  const arnOf = (name: string) => suspect.arn.replace(/[^:]+$/, name);
  const [own, ...others] = await Promise.all([
    holderOf(suspect.arn, incident.containedAt ?? null, lambda),
    ...names.map((name) => holderOf(arnOf(name), null, lambda)),
  ]);
  return decideSessions({
    ...facts,
    admitted: true,
    suspect: own ?? nobody,
    siblings: others.filter((other) => other !== null),
  });
};

export type SessionsOutcome = { readonly detail: string };

/**
 * Ends the sessions from before a release, where that can be done: environments first, so that whoever works on has a
 * new session, then the deny; and both while the role's own deny is still on, so that no stolen session is good for a
 * moment. Twice is once: what was decided is in the ledger. Where it fails, the suspect stays contained; `leftBy`: the
 * approver who has decided that the sessions be left.
 */
export const endOldSessions = async (
  suspect: Suspect,
  incident: Incident,
  roleArn: string,
  tools: ControlTools,
  leftBy: string | null,
): Promise<SessionsOutcome> => {
  const { records } = tools;
  // The role that was denied: the function may have another one by now.
  const denied = { ...suspect, roleArn };
  const known = await readLedger(records, incident, SESSIONS);
  if (known !== null && known.state !== 'captured') return { detail: known.detail };
  if (leftBy !== null) {
    const { lastInFlightAt } = incident;
    const until = sessionsLiveUntil({
      containedAt: incident.containedAt ?? records.now().toISOString(),
      lastInFlightAt,
    });
    const detail = `STOLEN SESSIONS ARE GOOD AGAIN, until ${until} at the latest: ${leftBy} decided to leave them`;
    await appendEntry(records, incident.id, 'forced', detail, { by: leftBy });
    if (known === null)
      await recordBefore(records, incident, SESSIONS, {
        before: { deny: false, why: detail } satisfies SessionsBefore,
        state: 'not-needed',
        detail,
      });
    else await settle(records, incident, SESSIONS, 'failed', detail);
    return { detail };
  }
  const before = (known?.before ?? (await decide(denied, incident, tools))) as SessionsBefore;
  if (known === null)
    await recordBefore(records, incident, SESSIONS, { before, state: 'captured', detail: 'decided' });
  if (!before.deny) {
    await settle(records, incident, SESSIONS, 'not-needed', before.why);
    return { detail: before.why };
  }
  const renewed: string[] = [];
  for (const request of before.recycle) {
    await tools.recycle(request);
    const name = request.functionArn.slice(request.functionArn.lastIndexOf(':') + 1);
    const moved = request.aliases?.map((alias) => alias.name) ?? [];
    renewed.push(
      moved.length === 0
        ? name
        : `${name} (NOT exactly as before: ${moved.join(', ')} moved to a new version of the same code)`,
    );
  }
  const { issuedBefore } = before;
  // Known to the sweep before it is on: one that nobody takes off would be there for ever.
  await remember(records, roleArn, issuedBefore);
  await tools.inlineDeny({ kind: 'sessions', action: 'put', roleArn, issuedBefore });
  const detail = `sessions of the role from before ${issuedBefore} stay denied until they have expired${renewed.length > 0 ? `; environments renewed: ${renewed.join(', ')}` : ''}`;
  await settle(records, incident, SESSIONS, 'held', detail);
  return { detail };
};

/** A later release has denied more than this one: its date stays. */
const remember = async ({ db, table }: Records, roleArn: string, issuedBefore: string): Promise<void> => {
  try {
    await db.send(
      new PutCommand({
        TableName: table,
        Item: { ...sessionDenyKey(roleArn), issuedBefore },
        ConditionExpression: 'attribute_not_exists(pk) OR issuedBefore <= :date',
        ExpressionAttributeValues: { ':date': issuedBefore },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
};

/**
 * Takes off the denies of sessions that have all expired. For a schedule. What somebody changed is left, and forgotten.
 * Gives the roles.
 */
export const expireSessionDenies = async (
  records: Records,
  inlineDeny: ControlTools['inlineDeny'],
): Promise<readonly { readonly roleArn: string; readonly outcome: string }[]> => {
  const items = await queryAll(records, {
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': SESSION_DENIES },
    ConsistentRead: true,
  });
  const now = records.now().toISOString();
  const ended: { roleArn: string; outcome: string }[] = [];
  for (const { sk, issuedBefore } of items) {
    const [roleArn, date] = [String(sk), String(issuedBefore)];
    if (hoursAfter(date, MOOT_HOURS) > now) continue;
    const outcome = await inlineDeny({ kind: 'sessions', action: 'remove', roleArn, issuedBefore: date });
    ended.push({ roleArn, outcome });
    await forget(records, roleArn, date);
  }
  return ended;
};

/** Not when a later release has put a new one meanwhile. */
const forget = async ({ db, table }: Records, roleArn: string, issuedBefore: string): Promise<void> => {
  try {
    await db.send(
      new DeleteCommand({
        TableName: table,
        Key: sessionDenyKey(roleArn),
        ConditionExpression: 'issuedBefore = :date',
        ExpressionAttributeValues: { ':date': issuedBefore },
      }),
    );
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
};
