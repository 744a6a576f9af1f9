import { setTimeout as pause } from 'node:timers/promises';
import {
  GetEventSourceMappingCommand,
  paginateListEventSourceMappings,
  ResourceConflictException,
  ResourceInUseException,
  ResourceNotFoundException,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { awsCli } from '../../containment/awsCli';
import { resourceOf } from '../../exposure/abilities';
import { parseFunctionArn } from '../../suspect/functionArn';
import { type CutClients, defineCut, type Reach } from '../cut';

type Before = { readonly uuid: string; readonly functionArn: string; readonly source: string };

/** What functions poll. A mapping's source is the queue, the stream, or the stream of a table. */
const POLLED: readonly string[] = ['queue', 'stream', 'table'];

const sourcesOf = ({ resources }: Reach): ReadonlySet<string> =>
  new Set(
    resources.flatMap((arn) => {
      const resource = resourceOf(arn);
      return resource !== null && POLLED.includes(resource.kind) ? [resource.arn] : [];
    }),
  );

/** A mapping's state, or null when it was deleted. */
const stateOf = async (uuid: string, { lambda }: CutClients): Promise<string | null> => {
  try {
    return (await lambda.send(new GetEventSourceMappingCommand({ UUID: uuid }))).State ?? 'Unknown';
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  }
};

/** Changes are asynchronous (`Disabling`, `Enabling`, `Updating`): polled for up to half a minute. */
const settled = async (uuid: string, clients: CutClients): Promise<string | null> => {
  let state = await stateOf(uuid, clients);
  for (let looks = 0; looks < 30 && state?.endsWith('ing') === true; looks++) {
    await pause(1000);
    state = await stateOf(uuid, clients);
  }
  return state;
};

/** A mapping that is still changing refuses the next change: it is tried again when it has settled, and no more. */
const switchTo = async (uuid: string, Enabled: boolean, clients: CutClients): Promise<void> => {
  const write = () => clients.lambda.send(new UpdateEventSourceMappingCommand({ UUID: uuid, Enabled }));
  try {
    await write();
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return;
    if (!(error instanceof ResourceInUseException || error instanceof ResourceConflictException)) throw error;
    await settled(uuid, clients);
    await write();
  }
};

/** Functions that are fed by what the suspect writes to: what it put there would run in them (MITRE ATT&CK T1080). */
export const consumers = defineCut<Before>({
  kind: 'consumers',
  title: 'Functions that read what it writes to',
  permissions: [
    'lambda:ListEventSourceMappings',
    'lambda:GetEventSourceMapping',
    'lambda:UpdateEventSourceMapping',
  ],

  find: async (reach, { lambda }) => {
    const sources = sourcesOf(reach);
    if (sources.size === 0) return [];
    const found = [];
    // All at once: the stream of a table cannot be asked for by the table.
    for await (const { EventSourceMappings = [] } of paginateListEventSourceMappings(
      { client: lambda },
      {},
    )) {
      for (const { UUID = '', FunctionArn = '', EventSourceArn = '' } of EventSourceMappings) {
        const source = resourceOf(EventSourceArn)?.arn;
        const own = parseFunctionArn(FunctionArn)?.arn === reach.suspectArn;
        if (source === undefined || !sources.has(source) || own) continue;
        found.push({
          id: `${FunctionArn}#${UUID}`,
          before: { uuid: UUID, functionArn: FunctionArn, source: EventSourceArn },
          breaks: `${FunctionArn.split(':').slice(6).join(':')} no longer reads ${EventSourceArn}`,
        });
      }
    }
    return found;
  },

  cut: async ({ before }, _reach, clients) => {
    const state = await settled(before.uuid, clients);
    if (state !== null && state !== 'Disabled') await switchTo(before.uuid, false, clients);
  },

  isCut: async ({ before }, _reach, clients) => {
    const state = await settled(before.uuid, clients);
    return state === null || state === 'Disabled';
  },

  mend: async ({ before: { uuid, functionArn, source } }, _reach, clients) => {
    const name = parseFunctionArn(functionArn)?.functionName ?? functionArn;
    const state = await settled(uuid, clients);
    if (state === null)
      return { outcome: 'drift', detail: `the mapping ${uuid} of ${name} no longer exists` };
    if (state !== 'Disabled' && state !== 'Enabled')
      return { outcome: 'drift', detail: `the mapping ${uuid} of ${name} is in state ${state}` };
    if (state === 'Disabled') await switchTo(uuid, true, clients);
    return { outcome: 'restored', detail: `${name} reads ${source} again` };
  },

  does: 'switch off the event source mapping of',
  cautions: [
    'messages wait as long as their source keeps them, and are lost after that',
    'what it has written before is read when the mapping is on again: look at it before the release',
  ],
  undo: ({ before }, { region }) => [
    awsCli(region, 'lambda', 'update-event-source-mapping', '--uuid', before.uuid, '--enabled'),
  ],
});
