import type { Incident } from '../incident/incident';

/** A false positive is looked at again after a quarter of a year; whoever wants more says so. */
const DAYS = 90;
const DAY_MS = 24 * 3_600_000;

/**
 * What to put into the policy file so that what an approver called a false positive is expected from now on, as lines of
 * YAML; empty where nobody did. It is proposed, and a human puts it there: a press in a chat does not blind a rule. Every
 * value is quoted as JSON, which YAML reads as it is (YAML 1.2, 10.2).
 */
export const proposedSuppression = ({
  decision,
  functionName,
  witnesses,
}: Pick<Incident, 'decision' | 'functionName' | 'witnesses'>): readonly string[] => {
  if (decision?.action !== 'false_positive' || functionName === null) return [];
  const rules = [...new Set(Object.values(witnesses).map(({ rule }) => rule))]
    // As the policy file admits them; what has other characters is reported by no rule of ours or GuardDuty's.
    .filter((rule) => /^[\w*:./!&-]{1,200}$/.test(rule));
  const until = new Date(Date.parse(decision.at) + DAYS * DAY_MS).toISOString().slice(0, 10);
  return rules.flatMap((rule) => [
    `  - rule: ${JSON.stringify(rule)}`,
    `    functions: ${JSON.stringify(functionName)}`,
    `    owner: ${JSON.stringify(decision.by)}`,
    `    reason: ${JSON.stringify(decision.reason.trim().slice(0, 300) || 'called a false positive')}`,
    `    until: ${until}`,
  ]);
};
