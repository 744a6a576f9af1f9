import {
  type EventSourceMappingConfiguration,
  GetEventSourceMappingCommand,
  paginateListAliases,
  paginateListEventSourceMappings,
  paginateListVersionsByFunction,
  ResourceConflictException,
  ResourceInUseException,
  ResourceNotFoundException,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import type { Suspect } from '../../suspect/describe';
import { awsCli } from '../awsCli';
import { type ControlTools, defineControl } from '../control';
import { EVENT_SOURCES, type Mapping, type MappingsBefore } from '../mappings';

// One that is being updated may be on: switching off what is off does no harm, missing one that is on does.
const ON = new Set(['Enabled', 'Enabling', 'Creating', 'Updating']);

/** Mappings belong to the function or to one alias or version, and each is listed under its own name alone. */
const listMappings = async (
  suspect: Suspect,
  { lambda }: ControlTools,
): Promise<readonly EventSourceMappingConfiguration[]> => {
  const names = [suspect.arn];
  for await (const page of paginateListAliases({ client: lambda }, { FunctionName: suspect.arn })) {
    names.push(
      ...(page.Aliases ?? []).flatMap(({ Name }) => (Name === undefined ? [] : [`${suspect.arn}:${Name}`])),
    );
  }
  for await (const page of paginateListVersionsByFunction(
    { client: lambda },
    { FunctionName: suspect.arn },
  )) {
    names.push(
      ...(page.Versions ?? []).flatMap(({ Version }) =>
        Version === undefined || Version === '$LATEST' ? [] : [`${suspect.arn}:${Version}`],
      ),
    );
  }
  const byId = new Map<string, EventSourceMappingConfiguration>();
  for (const name of names) {
    for await (const page of paginateListEventSourceMappings({ client: lambda }, { FunctionName: name })) {
      for (const mapping of page.EventSourceMappings ?? []) byId.set(mapping.UUID ?? '', mapping);
    }
  }
  return [...byId.values()];
};

/** A mapping's state, or null when it was deleted. */
const stateOf = async (uuid: string, { lambda }: ControlTools): Promise<string | null> => {
  try {
    return (await lambda.send(new GetEventSourceMappingCommand({ UUID: uuid }))).State ?? 'Unknown';
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  }
};

/** Changes are asynchronous (`Disabling`, `Enabling`, `Updating`): polled for up to a minute. */
const settled = async (uuid: string, tools: ControlTools): Promise<string | null> => {
  let state = await stateOf(uuid, tools);
  for (let attempt = 0; attempt < 60 && state !== null && state.endsWith('ing'); attempt++) {
    await tools.pause(1000);
    state = await stateOf(uuid, tools);
  }
  return state;
};

/** A mapping that is still changing refuses the next change: wait for it and try again, a bounded number of times. */
const switchTo = async (
  uuid: string,
  enabled: boolean,
  tools: ControlTools,
  attemptsLeft = 5,
): Promise<void> => {
  try {
    await tools.lambda.send(new UpdateEventSourceMappingCommand({ UUID: uuid, Enabled: enabled }));
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return;
    const busy = error instanceof ResourceInUseException || error instanceof ResourceConflictException;
    if (!busy || attemptsLeft === 0) throw error;
    await settled(uuid, tools);
    await switchTo(uuid, enabled, tools, attemptsLeft - 1);
  }
};

/** Event source mappings off: throttled polls would otherwise use up the receive counts of queued messages. */
export const eventSources = defineControl<MappingsBefore>({
  id: EVENT_SOURCES,
  title: 'Event source mappings',
  permissions: {
    contain: [
      'lambda:ListEventSourceMappings',
      'lambda:ListAliases',
      'lambda:ListVersionsByFunction',
      'lambda:GetEventSourceMapping',
      'lambda:UpdateEventSourceMapping',
    ],
    release: ['lambda:GetEventSourceMapping', 'lambda:UpdateEventSourceMapping'],
  },

  capture: async (suspect, tools) => {
    const mappings = await listMappings(suspect, tools);
    const enabled = mappings.flatMap(({ UUID, State, EventSourceArn }) =>
      UUID !== undefined && ON.has(State ?? '')
        ? [{ uuid: UUID, source: EventSourceArn ?? 'a self-managed source' }]
        : [],
    );
    if (enabled.length === 0) {
      return {
        applies: false,
        why:
          mappings.length === 0
            ? 'the function has no event source mapping'
            : 'every mapping was off already',
      };
    }
    return { applies: true, before: { enabled }, found: `${enabled.length} of ${mappings.length} on` };
  },

  apply: async (_suspect, { enabled }, tools) => {
    await Promise.all(enabled.map(({ uuid }) => switchTo(uuid, false, tools)));
  },

  verify: async (_suspect, { enabled }, tools) => {
    const states = await Promise.all(enabled.map(({ uuid }) => settled(uuid, tools)));
    const off = states.filter((state) => state === null || state === 'Disabled').length;
    return {
      held: off === enabled.length,
      found: `${off} of ${enabled.length} off: ${enabled.map(({ source }) => source).join(', ')}`,
    };
  },

  revert: async (_suspect, { enabled }, tools) => {
    const details = await Promise.all(enabled.map((mapping) => putBack(mapping, tools)));
    const drifted = details.flatMap(({ drift, detail }) => (drift ? [detail] : []));
    if (drifted.length > 0) return { outcome: 'drift', detail: drifted.join('; ') };
    return { outcome: 'restored', detail: `${enabled.length} switched on again` };
  },

  describe: (_suspect, { enabled }) => ({
    does: `switch off ${enabled.length} event source mapping(s): ${enabled.map(({ source }) => source).join(', ')}`,
    inverse: `switch on ${enabled.map(({ uuid }) => uuid).join(', ')} again`,
    cautions: ['what the sources deliver waits in them, and is lost when they expire it'],
  }),

  undo: ({ region }, { enabled }) =>
    enabled.map(({ uuid }) =>
      awsCli(region, 'lambda', 'update-event-source-mapping', '--uuid', uuid, '--enabled'),
    ),
});

const putBack = async (
  { uuid, source }: Mapping,
  tools: ControlTools,
): Promise<{ drift: boolean; detail: string }> => {
  const live = await settled(uuid, tools);
  if (live === null)
    return { drift: true, detail: `the mapping ${uuid} (${source}) was deleted while contained` };
  if (live === 'Enabled') return { drift: false, detail: 'on' };
  if (live !== 'Disabled')
    return { drift: true, detail: `the mapping ${uuid} (${source}) is in state ${live}` };
  await switchTo(uuid, true, tools);
  const after = await settled(uuid, tools);
  // Lambda takes a mapping down again when the role is not yet allowed to poll: IAM takes seconds to be effective.
  if (after !== 'Enabled') throw new MappingNotRestoredError(uuid, after);
  return { drift: false, detail: 'on' };
};

/** Switches some on before the rest; tells of those that somebody changed, which the release itself settles. */
export const switchOn = async (
  mappings: readonly Mapping[],
  tools: ControlTools,
): Promise<readonly string[]> => {
  const details = await Promise.all(mappings.map((mapping) => putBack(mapping, tools)));
  return details.flatMap(({ drift, detail }) => (drift ? [`DRIFT: ${detail}`] : []));
};

/** Retried by the playbook: the usual cause is an IAM change that is not effective yet. */
export class MappingNotRestoredError extends Error {
  override readonly name = 'MappingNotRestoredError';
  constructor(uuid: string, state: string | null) {
    super(`the event source mapping ${uuid} was enabled and is ${state ?? 'gone'}`);
  }
}
