import {
  DeleteFunctionEventInvokeConfigCommand,
  type FunctionEventInvokeConfig,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  InvalidParameterValueException,
  PutFunctionEventInvokeConfigCommand,
  paginateListAliases,
  paginateListFunctionEventInvokeConfigs,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import type { Suspect } from '../../suspect/describe';
import { parseFunctionArn } from '../../suspect/functionArn';
import { awsCli } from '../awsCli';
import { type ControlTools, defineControl, NotPossibleHereError } from '../control';
import {
  type AsyncSettings,
  HELD_DAYS,
  type HeldBefore,
  type HeldQueue,
  type HeldTarget,
  heldQueueFor,
  heldQueueUrl,
  makeHeldQueue,
} from '../heldQueue';

const settingsOf = ({
  MaximumRetryAttempts,
  MaximumEventAgeInSeconds,
  DestinationConfig,
}: FunctionEventInvokeConfig): AsyncSettings => ({
  ...(MaximumRetryAttempts === undefined ? {} : { MaximumRetryAttempts }),
  ...(MaximumEventAgeInSeconds === undefined ? {} : { MaximumEventAgeInSeconds }),
  ...(DestinationConfig === undefined ? {} : { DestinationConfig }),
});

const destinationOf = (settings: AsyncSettings | null): string | undefined =>
  settings?.DestinationConfig?.OnFailure?.Destination;

/** Everything kept but where failed events go. */
const holding = (settings: AsyncSettings | null, queue: HeldQueue): AsyncSettings => ({
  ...settings,
  DestinationConfig: { ...settings?.DestinationConfig, OnFailure: { Destination: queue.arn } },
});

/** What matters of settings, so that two can be compared: left out is the default (two retries, six hours). */
const asText = (settings: AsyncSettings | null): string =>
  settings === null
    ? 'none'
    : JSON.stringify([
        settings.MaximumRetryAttempts ?? 2,
        settings.MaximumEventAgeInSeconds ?? 6 * 3600,
        settings.DestinationConfig?.OnSuccess?.Destination ?? '',
        destinationOf(settings) ?? '',
      ]);

const nameOf = ({ functionName }: Suspect, qualifier: string | null): string =>
  qualifier === null ? functionName : `${functionName}:${qualifier}`;

// A call for `$LATEST` names no qualifier.
const addressOf = ({ arn }: Suspect, qualifier: string | null) => ({
  FunctionName: arn,
  ...(qualifier === null ? {} : { Qualifier: qualifier }),
});

const listSettings = async (
  suspect: Suspect,
  { lambda }: ControlTools,
): Promise<ReadonlyMap<string | null, AsyncSettings>> => {
  const found = new Map<string | null, AsyncSettings>();
  for await (const page of paginateListFunctionEventInvokeConfigs(
    { client: lambda },
    { FunctionName: suspect.arn },
  )) {
    for (const config of page.FunctionEventInvokeConfigs ?? [])
      found.set(parseFunctionArn(config.FunctionArn ?? '')?.qualifier ?? null, settingsOf(config));
  }
  return found;
};

const listAliasNames = async (suspect: Suspect, { lambda }: ControlTools): Promise<readonly string[]> => {
  const names: string[] = [];
  for await (const page of paginateListAliases({ client: lambda }, { FunctionName: suspect.arn }))
    names.push(...(page.Aliases ?? []).flatMap(({ Name }) => (Name === undefined ? [] : [Name])));
  return names;
};

const unlessGone = async <T>(call: Promise<T>): Promise<T | null> => {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  }
};

const readSettings = async (
  suspect: Suspect,
  qualifier: string | null,
  { lambda }: ControlTools,
): Promise<AsyncSettings | null> => {
  const found = await unlessGone(
    lambda.send(new GetFunctionEventInvokeConfigCommand(addressOf(suspect, qualifier))),
  );
  return found === null ? null : settingsOf(found);
};

const put = async (
  suspect: Suspect,
  qualifier: string | null,
  settings: AsyncSettings,
  { lambda }: ControlTools,
): Promise<'done' | 'gone'> => {
  const command = new PutFunctionEventInvokeConfigCommand({ ...addressOf(suspect, qualifier), ...settings });
  return (await unlessGone(lambda.send(command))) === null ? 'gone' : 'done';
};

const isRefusal = (error: unknown): error is Error =>
  error instanceof InvalidParameterValueException && /does not have permissions?/i.test(error.message);

/**
 * Sets one destination. Lambda asks first whether the role may send there, and what IAM was just told takes seconds
 * to be effective: five tries, two seconds apart. Gives the reason when Lambda still refuses.
 */
const hold = async (
  suspect: Suspect,
  { qualifier, settings }: HeldTarget,
  queue: HeldQueue,
  tools: ControlTools,
  triesLeft = 4,
): Promise<string | null> => {
  try {
    await put(suspect, qualifier, holding(settings, queue), tools);
    return null;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (triesLeft === 0) return error.message;
  }
  await tools.pause(2000);
  return hold(suspect, { qualifier, settings }, queue, tools, triesLeft - 1);
};

const makeQueue = async (suspect: Suspect, queue: HeldQueue, tools: ControlTools): Promise<void> => {
  try {
    await makeHeldQueue(tools.sqs, queue, suspect.roleArn, {
      'tourniquet:containment': tools.holder,
      'tourniquet:suspect': suspect.functionName,
    });
  } catch (error) {
    // A policy cannot name a role that does not exist.
    if (error instanceof Error && error.name === 'InvalidAttributeValue')
      throw new NotPossibleHereError(
        `${lost(suspect)}: the quarantine queue cannot admit the role (${error.message})`,
      );
    throw error;
  }
};

const lost = ({ functionName }: Suspect): string =>
  `asynchronous events of ${functionName} are LOST from the containment on`;

const listed = (suspect: Suspect, targets: readonly { readonly qualifier: string | null }[]): string =>
  targets.map(({ qualifier }) => nameOf(suspect, qualifier)).join(', ');

const shownSettings = (settings: AsyncSettings | null): string =>
  settings === null ? 'no asynchronous settings' : `failed events to ${destinationOf(settings) ?? 'nowhere'}`;

/**
 * Asynchronous invocations kept instead of lost. At reserved concurrency 0 Lambda sends new events at once to the
 * on-failure destination, and drops them where there is none (developer guide, "Capturing records of Lambda
 * asynchronous invocations"). So the destination becomes a quarantine queue of this containment's own. AsyncSettings belong
 * to a qualifier (PutFunctionEventInvokeConfig), and what is sent to an alias goes by the alias' own: `$LATEST`, every
 * alias, and every version that has settings or is the suspect get the destination; all else in them stays.
 *
 * Lambda delivers with the suspect's own role, which is denied: the deny excepts sending to quarantine queues. Nothing
 * is gained by it (invariant 12): the queue admits this role alone, for `sqs:SendMessage` alone, and nobody reads it
 * but a replay. Whoever has stolen the role's credentials can put records of his own into it all the same; so a replay
 * happens only when an approver asks for it, and to these qualifiers alone.
 *
 * Lambda refuses the destination of a role that may not send there. The suspect is contained then too, and what is
 * lost is said: {@link NotPossibleHereError}.
 */
export const heldEvents = defineControl<HeldBefore>({
  id: 'held-events',
  title: 'Held events',
  permissions: {
    contain: [
      'lambda:GetFunctionConfiguration',
      'lambda:ListAliases',
      'lambda:ListFunctionEventInvokeConfigs',
      'lambda:PutFunctionEventInvokeConfig',
      'sqs:GetQueueUrl',
      'sqs:CreateQueue',
      'sqs:TagQueue',
      'sqs:SetQueueAttributes',
    ],
    release: [
      'lambda:GetFunctionEventInvokeConfig',
      'lambda:PutFunctionEventInvokeConfig',
      'lambda:DeleteFunctionEventInvokeConfig',
    ],
  },

  capture: async (suspect, tools) => {
    const [configured, aliases, configuration] = await Promise.all([
      listSettings(suspect, tools),
      listAliasNames(suspect, tools),
      tools.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: suspect.arn })),
    ]);
    const qualifiers = new Set([null, ...aliases, ...configured.keys(), suspect.qualifier]);
    const targets = [...qualifiers].map((qualifier) => ({
      qualifier,
      settings: configured.get(qualifier) ?? null,
    }));
    const before = {
      queue: heldQueueFor(suspect.arn, tools.prefix, tools.holder),
      targets,
      deadLetters: configuration.DeadLetterConfig?.TargetArn ?? null,
    };
    const found = targets.map(
      ({ qualifier, settings }) => `${nameOf(suspect, qualifier)}: ${shownSettings(settings)}`,
    );
    return { applies: true, before, found: found.join('; ') };
  },

  apply: async (suspect, { queue, targets }, tools) => {
    // The queue admits the role before anything is sent to it.
    await makeQueue(suspect, queue, tools);
    const refusals = await Promise.all(targets.map((target) => hold(suspect, target, queue, tools)));
    const refused = refusals.find((refusal) => refusal !== null);
    if (refused !== undefined) throw new NotPossibleHereError(`${lost(suspect)}: ${refused}`);
  },

  verify: async (suspect, { queue, targets }, tools) => {
    const [live, url] = await Promise.all([
      listSettings(suspect, tools),
      heldQueueUrl(tools.sqs, queue.name),
    ]);
    const missing: HeldTarget[] = [];
    for (const target of targets) {
      if (destinationOf(live.get(target.qualifier) ?? null) === queue.arn) continue;
      // What was deleted since is sent nothing.
      if (
        (await unlessGone(
          tools.lambda.send(new GetFunctionConfigurationCommand(addressOf(suspect, target.qualifier))),
        )) !== null
      )
        missing.push(target);
    }
    if (url === null) return { held: false, found: `the quarantine queue ${queue.name} does not exist` };
    return missing.length > 0
      ? { held: false, found: `events of ${listed(suspect, missing)} do not go to ${queue.name}` }
      : {
          held: true,
          found: `events of ${listed(suspect, targets)} go to ${queue.name}, for ${HELD_DAYS} days`,
        };
  },

  revert: async (suspect, { queue, targets }, tools, force) => {
    const results = await Promise.all(targets.map((target) => putBack(suspect, target, queue, tools, force)));
    const drifted = results.flatMap((drift) => (drift === null ? [] : [drift]));
    return drifted.length > 0
      ? { outcome: 'drift', detail: drifted.join('; ') }
      : { outcome: 'restored', detail: `asynchronous settings of ${listed(suspect, targets)} as before` };
  },

  describe: (suspect, { queue, targets, deadLetters }) => ({
    does: `send asynchronous events of ${listed(suspect, targets)} to the quarantine queue ${queue.name}, which keeps them ${HELD_DAYS} days`,
    inverse: targets
      .map(({ qualifier, settings }) => `${nameOf(suspect, qualifier)}: ${shownSettings(settings)}`)
      .join('; '),
    cautions: [
      'events that come between concurrency 0 and the new destination are lost, unless a destination or dead-letter queue of its own takes them',
      'Lambda refuses the destination when the role may not send to the queue: then asynchronous events are lost',
      "whoever holds the role's credentials can put events of his own into the queue: a replay trusts what is in it",
      'events sent to a version by its number are held only where that version has asynchronous settings',
      ...(deadLetters === null
        ? []
        : [
            `its own dead-letter queue ${deadLetters} stays set and gets nothing while the role is denied: what would go there is in the quarantine queue`,
          ]),
    ],
  }),

  undo: (suspect, { targets }) =>
    targets.map(({ qualifier, settings }) =>
      awsCli(
        suspect.region,
        'lambda',
        settings === null ? 'delete-function-event-invoke-config' : 'put-function-event-invoke-config',
        '--function-name',
        suspect.arn,
        ...(qualifier === null ? [] : ['--qualifier', qualifier]),
        ...(settings === null ? [] : optionsOf(settings)),
      ),
    ),
});

const optionsOf = (settings: AsyncSettings): readonly string[] => [
  ...(settings.MaximumRetryAttempts === undefined
    ? []
    : ['--maximum-retry-attempts', String(settings.MaximumRetryAttempts)]),
  ...(settings.MaximumEventAgeInSeconds === undefined
    ? []
    : ['--maximum-event-age-in-seconds', String(settings.MaximumEventAgeInSeconds)]),
  ...(settings.DestinationConfig === undefined
    ? []
    : ['--destination-config', JSON.stringify(settings.DestinationConfig)]),
];

/** Writes what was captured, which may be that there was nothing. */
const write = async (
  suspect: Suspect,
  { qualifier, settings }: HeldTarget,
  tools: ControlTools,
): Promise<'done' | 'gone'> => {
  if (settings !== null) return put(suspect, qualifier, settings, tools);
  await unlessGone(
    tools.lambda.send(new DeleteFunctionEventInvokeConfigCommand(addressOf(suspect, qualifier))),
  );
  return 'done';
};

/** Puts one back and gives what had drifted, or null. */
const putBack = async (
  suspect: Suspect,
  target: HeldTarget,
  queue: HeldQueue,
  tools: ControlTools,
  force: boolean,
): Promise<string | null> => {
  const { qualifier, settings } = target;
  const name = nameOf(suspect, qualifier);
  const live = await readSettings(suspect, qualifier, tools);
  if (asText(live) === asText(settings)) return null;
  if (force || asText(live) === asText(holding(settings, queue)))
    return (await write(suspect, target, tools)) === 'gone' ? `${name} was deleted while contained` : null;
  if (live === null) return `the asynchronous settings of ${name} were removed while contained`;
  if (destinationOf(live) !== queue.arn)
    return `somebody changed the asynchronous settings of ${name} while contained: left as they are`;
  // Ours is the destination alone: it is taken back, and what somebody else set stays.
  const { OnFailure: _ours, ...others } = live.DestinationConfig ?? {};
  const own = settings?.DestinationConfig?.OnFailure;
  const DestinationConfig = own === undefined ? others : { ...others, OnFailure: own };
  await put(suspect, qualifier, { ...live, DestinationConfig }, tools);
  return `somebody changed other asynchronous settings of ${name} while contained: those are left, the destination is as before`;
};
