/**
 * One thing to detect in a line of a log. Whatever stands in a log may have been written by a caller whose request the
 * function logged: no sign is ever more than a question to people (invariant 11).
 */
export type LogRule = {
  readonly id: string;
  /** Its row of the coverage table in docs/detections.md. */
  readonly row: number;
  readonly title: string;
  readonly techniques: readonly string[];
  /** 0 to 10 in GuardDuty's scale. */
  readonly severity: number;
  readonly rationale: string;
  readonly references: readonly string[];
  /** Lower-case pieces of text of which a line has at least one: most lines are done with after these. */
  readonly hints: readonly string[];
  /** Looked at where a hint was found; the line is decoded and in lower case. */
  readonly patterns: readonly RegExp[];
};

export type LineExamples = { readonly fires: readonly string[]; readonly silent: readonly string[] };
