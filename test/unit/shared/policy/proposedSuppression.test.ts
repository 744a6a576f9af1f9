import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { GUARDDUTY_LAMBDA_TYPES } from '../../../../shared/findings/guardDuty';
import { proposedSuppression } from '../../../../shared/policy/proposedSuppression';
import { aDecision, anIncident, aWitness } from '../../../fixtures/incident';

const { loadPolicy } = require('../../../../infrastructure/policyFile.cjs') as {
  loadPolicy: (file: string) => { policy: { suppressions: readonly Record<string, unknown>[] } };
};

const directory = mkdtempSync(join(tmpdir(), 'tourniquet-suppression-'));
afterAll(() => rmSync(directory, { recursive: true }));
const read = (lines: readonly string[]) => {
  const file = join(directory, 'policy.yml');
  writeFileSync(file, `suppressions:\n${lines.join('\n')}\n`);
  return loadPolicy(file).policy.suppressions;
};
const falsePositive = (rule: string, reason: string, by = 'U0ONCALL') =>
  anIncident({
    decision: aDecision({ action: 'false_positive', reason, by, at: new Date().toISOString() }),
    witnesses: { one: aWitness({ rule }) },
  });

describe('what a false positive proposes', () => {
  it.each(GUARDDUTY_LAMBDA_TYPES)('is an entry of the policy file that is admitted there: %s', (rule) => {
    const [entry, ...others] = read(proposedSuppression(falsePositive(rule, 'a load test')));

    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      rule,
      functions: 'order-worker',
      owner: 'U0ONCALL',
      reason: 'a load test',
    });
  });

  it('is what was written, whatever an approver wrote (property)', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 300 }), (reason) => {
        const [entry] = read(proposedSuppression(falsePositive('call.function-url-created', reason)));
        expect(entry?.reason).toBe(reason.trim() || 'called a false positive');
      }),
      { numRuns: 50 },
    );
  });

  it('is nothing for what nobody called one, and for a rule that no policy could name', () => {
    expect(proposedSuppression(anIncident())).toEqual([]);
    expect(proposedSuppression(anIncident({ decision: aDecision({ action: 'release' }) }))).toEqual([]);
    expect(proposedSuppression(falsePositive('a rule\n    functions: "*"', 'x'))).toEqual([]);
  });
});
