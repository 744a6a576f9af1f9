import * as z from 'zod';
import { meaningOf, parsePolicy, type Statement, sameStatement, sidOf } from '../containment/statements';
import { narrowedTrust } from '../containment/trust';
import {
  type Documents,
  type Grants,
  grantsOf,
  resourceDocument,
  statementDigests,
  TRUST,
} from '../fleet/documents';

const doors = z.object({
  removed: z.array(
    z.object({ qualifier: z.nullable(z.string()), statement: z.record(z.string(), z.unknown()) }),
  ),
});
const narrowed = z.object({ document: z.unknown() });

const statementsIn = (documents: Documents, name: string): readonly Statement[] => {
  const document = documents[name];
  return document === undefined || 'word' in document ? [] : parsePolicy(document.text);
};

const meanings = (policy: unknown): string =>
  JSON.stringify(
    parsePolicy(typeof policy === 'string' ? policy : JSON.stringify(policy))
      .map(meaningOf)
      .toSorted(),
  );

/**
 * What the release itself would put back into policies, from what the ledger says was taken out of them. As the
 * controls do: where somebody has put another statement under the same name, or changed the trust policy, that stays,
 * unless an approver has it put back all the same (`force`: the controls).
 */
export const putBackBy = (
  live: Documents,
  ledger: { readonly resourcePolicy: unknown; readonly trust: unknown },
  force: readonly string[],
): Grants => {
  const back: Record<string, readonly string[]> = {};
  for (const { qualifier, statement } of doors.safeParse(ledger.resourcePolicy).data?.removed ?? []) {
    const name = resourceDocument(qualifier);
    const there = statementsIn(live, name).find((one) => sidOf(one) === sidOf(statement));
    if (there !== undefined && !sameStatement(there, statement) && !force.includes('resource-policy'))
      continue;
    back[name] = [...(back[name] ?? []), ...statementDigests(JSON.stringify({ Statement: [statement] }))];
  }
  const original = narrowed.safeParse(ledger.trust).data?.document;
  const trust = live[TRUST];
  if (original !== undefined && trust !== undefined && 'text' in trust) {
    const now = trust.text.startsWith('%') ? decodeURIComponent(trust.text) : trust.text;
    if (force.includes('trust') || meanings(now) === meanings(narrowedTrust(original)))
      back[TRUST] = grantsOf({ [TRUST]: { text: JSON.stringify(original) } })[TRUST] ?? [];
  }
  return back;
};
