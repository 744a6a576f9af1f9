import { ABILITIES, type Ability, ARNS, ESCALATES, KINDS, type Kind } from './abilities';
import { covers, openVariables, overlaps, surelyCovers } from './glob';
import { actionFits, type RolePolicies } from './may';
import { isConditional, type Statement } from './statement';

/** What a role's policies let it do, by the patterns that they name: without a look at what there is. */
export type Could = {
  readonly kind: Kind;
  /** As a policy names it; `*` for all of the kind. */
  readonly pattern: string;
  readonly does: readonly Ability['does'][];
  readonly actions: readonly string[];
  /** `if`: under a condition, or within what a denial may take out. */
  readonly verdict: 'yes' | 'if';
  /** What NotResource leaves out of it. */
  readonly butFor: readonly string[];
};

const patternsFor = (
  { Resource, NotResource }: Statement,
  kind: Kind,
): readonly { readonly pattern: string; readonly butFor: readonly string[] }[] => {
  const arns = ARNS[kind];
  if (Resource === undefined) return [{ pattern: '*', butFor: NotResource ?? [] }];
  return (
    Resource.filter((pattern) => overlaps(openVariables(pattern), arns))
      // Whatever covers every ARN of the kind is all of them, however it is written.
      .map((pattern) => ({ pattern: covers(openVariables(pattern), arns) ? '*' : pattern, butFor: [] }))
  );
};

/** Whether a denial surely takes a pattern as a whole. */
const isTaken = (statements: readonly Statement[], action: string, pattern: string, kind: Kind): boolean =>
  statements.some((statement) => {
    if (statement.Effect !== 'Deny' || isConditional(statement) || !actionFits(statement, action))
      return false;
    const whole = pattern === '*' ? ARNS[kind] : openVariables(pattern);
    if (statement.Resource !== undefined)
      return statement.Resource.some((denied) => denied === '*' || surelyCovers(denied, whole));
    return !(statement.NotResource ?? []).some((spared) => overlaps(openVariables(spared), whole));
  });

/** Whether some of a pattern may be taken. */
const isTouched = (statements: readonly Statement[], action: string, pattern: string, kind: Kind): boolean =>
  statements.some(
    (statement) =>
      statement.Effect === 'Deny' &&
      actionFits(statement, action) &&
      (statement.Resource === undefined ||
        statement.Resource.some((denied) =>
          overlaps(openVariables(denied), pattern === '*' ? ARNS[kind] : openVariables(pattern)),
        )),
  );

const boundVerdict = (
  boundary: readonly Statement[] | null,
  action: string,
  pattern: string,
  kind: Kind,
): 'yes' | 'if' | 'no' => {
  if (boundary === null) return 'yes';
  const whole = pattern === '*' ? ARNS[kind] : openVariables(pattern);
  const fitting = boundary.filter(
    (statement) =>
      statement.Effect === 'Allow' &&
      actionFits(statement, action) &&
      (statement.Resource === undefined ||
        statement.Resource.some((allowed) => overlaps(openVariables(allowed), whole))),
  );
  if (fitting.length === 0) return 'no';
  // Only where a boundary admits all of it, and without conditions, does it take nothing.
  return fitting.some(
    (statement) =>
      !isConditional(statement) && (statement.Resource ?? []).some((allowed) => covers(allowed, whole)),
  )
    ? 'yes'
    : 'if';
};

/** Everything of the known kinds that a role's policies let it do. What is not in it, they do not let it do. */
export const couldReach = ({ identity, boundary }: RolePolicies): readonly Could[] => {
  const found = new Map<string, { -readonly [Key in keyof Could]: Could[Key] }>();
  const denials = [...identity, ...(boundary ?? [])];
  for (const { kind, does, action } of ABILITIES) {
    for (const statement of identity) {
      if (statement.Effect !== 'Allow' || !actionFits(statement, action)) continue;
      for (const { pattern, butFor } of patternsFor(statement, kind)) {
        if (isTaken(denials, action, pattern, kind)) continue;
        const bound = boundVerdict(boundary, action, pattern, kind);
        if (bound === 'no') continue;
        const isSure =
          bound === 'yes' &&
          !isConditional(statement) &&
          !pattern.includes('${') &&
          !isTouched(denials, action, pattern, kind);
        const key = JSON.stringify([kind, pattern, butFor]);
        const known = found.get(key);
        found.set(key, {
          kind,
          pattern,
          butFor,
          does: [...new Set([...(known?.does ?? []), does])],
          actions: [...new Set([...(known?.actions ?? []), action])],
          verdict: isSure || known?.verdict === 'yes' ? 'yes' : 'if',
        });
      }
    }
  }
  return [...found.values()].toSorted((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
};

/** Actions by which the role could give itself more: what {@link couldReach} finds is then no bound. */
export const escalationsOf = ({ identity, boundary }: RolePolicies): readonly string[] => {
  const denials = [...identity, ...(boundary ?? [])];
  return ESCALATES.filter(
    (action) =>
      identity.some((statement) => statement.Effect === 'Allow' && actionFits(statement, action)) &&
      (boundary === null ||
        boundary.some((statement) => statement.Effect === 'Allow' && actionFits(statement, action))) &&
      !denials.some(
        (statement) =>
          statement.Effect === 'Deny' &&
          !isConditional(statement) &&
          actionFits(statement, action) &&
          statement.Resource?.includes('*') === true,
      ),
  );
};
