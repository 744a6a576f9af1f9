import {
  type EventSourceMappingConfiguration,
  paginateListEventSourceMappings,
} from '@aws-sdk/client-lambda';
import { attempt, type Gaps, inBatches, sayGaps } from '../attempt';
import { type Artifact, type Collector, json } from '../collector';
import { aliasesOf, versionsOf } from '../versions';

/** What fed the function: its event source mappings, as they are now. The ledger has what they were. */
export const eventSources: Collector = {
  id: 'event-sources',
  title: 'Event sources',
  first: true,
  permissions: ['lambda:ListEventSourceMappings', 'lambda:ListAliases', 'lambda:ListVersionsByFunction'],
  async *collect({ suspect }, tools): AsyncIterable<Artifact> {
    const { lambda, signal } = tools;
    // A mapping belongs to the function or to one alias or version, and is listed under that name alone.
    const names = [
      suspect.arn,
      ...(await aliasesOf(suspect.arn, tools)).map(({ Name }) => `${suspect.arn}:${Name}`),
      ...(await versionsOf(suspect.arn, tools))
        .filter(({ Version }) => Version !== '$LATEST')
        .map(({ Version }) => `${suspect.arn}:${Version}`),
    ];
    const gaps: Gaps = [];
    const mappings = new Map<string, EventSourceMappingConfiguration>();
    await inBatches(names, (FunctionName) =>
      attempt(FunctionName, gaps, signal, async () => {
        for await (const page of paginateListEventSourceMappings(
          { client: lambda },
          { FunctionName },
          { abortSignal: signal },
        ))
          for (const mapping of page.EventSourceMappings ?? []) mappings.set(mapping.UUID ?? '', mapping);
      }),
    );
    yield {
      name: 'configuration/event-sources.json',
      contentType: 'application/json',
      source: 'lambda:ListEventSourceMappings',
      body: json({ mappings: [...mappings.values()] }),
      completeness: () => sayGaps(gaps),
    };
  },
};
