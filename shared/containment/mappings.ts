/** An event source mapping: its id, and what it reads. */
export type Mapping = { readonly uuid: string; readonly source: string };

/** What the control of event source mappings found. */
export type MappingsBefore = {
  /** The mappings that were on: the ones that were off are none of ours. */
  readonly enabled: readonly Mapping[];
};

/** The control's name in plans and ledgers. */
export const EVENT_SOURCES = 'event-sources';

/** The ids of the mappings in what the control captured; none where it captured nothing. */
export const mappingIdsIn = (before: unknown): readonly string[] =>
  (before as MappingsBefore | null)?.enabled.map(({ uuid }) => uuid) ?? [];
