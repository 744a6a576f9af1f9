/** The controls that auditors ask for by name, whatever the standard. */
export const CONTROL_IDS = [
  'access-control',
  'encryption',
  'audit-logging',
  'monitoring',
  'incident-response',
  'data-protection',
  'change-management',
] as const;
export type ControlId = (typeof CONTROL_IDS)[number];

/** A requirement as its document names it: the section that a reader looks up, and a few words of what it is about. */
export type Requirement = { readonly id: string; readonly about: string };

/** What a control of this product means for a standard. */
export type Mapping =
  | {
      readonly requirements: readonly [Requirement, ...Requirement[]];
      /** What of these requirements the product serves, as far as it goes. */
      readonly serves: string;
    }
  /** The standard has no such requirement, or the product nothing for it. */
  | { readonly notCovered: string };

/** A text that ids, and the few words beside each, were compared with. */
export type Comparison = {
  readonly ids: readonly [string, ...string[]];
  /** What was read, by its edition. */
  readonly text: string;
  readonly url: string;
  /** `publisher`: its own words, also where a copy or its own data was read. `secondary`: somebody's account of them. */
  readonly source: 'publisher' | 'secondary';
};

export type Standard = {
  /** What `--standard` names it by. */
  readonly id: string;
  readonly title: string;
  /** The document that the ids are from, by its edition. */
  readonly document: string;
  readonly url: string;
  readonly mappings: Readonly<Record<ControlId, Mapping>>;
  /** Each id of the mappings in at least one of them: none is here from memory alone. */
  readonly compared: readonly [Comparison, ...Comparison[]];
  /** What of the standard this product does not do: said to whoever would take the map for more than it is. */
  readonly leaves: readonly [string, ...string[]];
};

export const isCovered = (mapping: Mapping): mapping is Exclude<Mapping, { notCovered: string }> =>
  'requirements' in mapping;
