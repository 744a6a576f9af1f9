import {
  type EventSourceMappingConfiguration,
  paginateListAliases,
  paginateListEventSourceMappings,
} from '@aws-sdk/client-lambda';
import { type Artifact, type Collector, json } from '../collector';

/** What fed the function: its event source mappings and aliases, as they are now. The ledger has what they were. */
export const eventSources: Collector = {
  id: 'event-sources',
  title: 'Event sources',
  permissions: ['lambda:ListEventSourceMappings', 'lambda:ListAliases'],
  async *collect({ suspect }, { lambda }): AsyncIterable<Artifact> {
    const mappings: EventSourceMappingConfiguration[] = [];
    for await (const page of paginateListEventSourceMappings(
      { client: lambda },
      { FunctionName: suspect.arn },
    )) {
      mappings.push(...(page.EventSourceMappings ?? []));
    }
    const aliases: unknown[] = [];
    for await (const page of paginateListAliases({ client: lambda }, { FunctionName: suspect.arn })) {
      aliases.push(...(page.Aliases ?? []));
    }
    yield {
      name: 'configuration/event-sources.json',
      contentType: 'application/json',
      source: 'lambda:ListEventSourceMappings, lambda:ListAliases',
      body: json({ mappings, aliases }),
    };
  },
};
