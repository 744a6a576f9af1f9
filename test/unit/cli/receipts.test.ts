import { receiptsOf, receiptsPage } from '../../../cli/receipts';
import { receiptOf } from '../../../shared/containment/planned';
import type { Incident } from '../../../shared/incident/incident';
import { anIncident, aWitness, FUNCTION_ARN } from '../../fixtures/incident';
import { aPlan } from '../../fixtures/plan';

const NOW = new Date('2026-11-23T12:00:00.000Z');

let count = 0;
const observed = (
  openedAt: string,
  lastSeen: string,
  changes: Partial<Incident> = {},
  witness: Parameters<typeof aWitness>[0] = {},
): Incident => {
  count += 1;
  return anIncident({
    id: `inc-20261120-${String(count).padStart(12, '0')}`,
    status: 'observed',
    openedAt,
    witnesses: { [`f-${count}`]: aWitness({ id: `f-${count}`, lastSeen, ...witness }) },
    receipt: receiptOf(aPlan()),
    ...changes,
  });
};

const OTHER = 'arn:aws:lambda:eu-west-1:123456789012:function:mailer';

describe('receipts', () => {
  it('says so when nothing was observed', () => {
    expect(receiptsPage(receiptsOf([], NOW, 14))).toBe('No finding was observed since 2026-11-09 12:00 UTC.');
    expect(receiptsOf([anIncident()], NOW, 14).groups).toEqual([]);
  });

  it('count no change of the mode tag: it contains nothing in any mode', () => {
    const told = observed(
      '2026-11-20T10:00:00.000Z',
      '2026-11-20T10:00:00.000Z',
      { receipt: undefined },
      { source: 'mode-tag', rule: 'ModeTagChanged' },
    );

    expect(receiptsOf([told], NOW, 14)).toMatchObject({ groups: [], totals: { findings: 0, samples: 0 } });
  });

  it('measures from the finding to the last sighting, and folds what comes meanwhile', () => {
    const { groups, totals } = receiptsOf(
      [
        observed('2026-11-20T00:00:00.000Z', '2026-11-20T06:00:00.000Z'),
        observed('2026-11-21T00:00:00.000Z', '2026-11-21T12:00:00.000Z'),
      ],
      NOW,
      14,
    );

    expect(groups).toHaveLength(1);
    expect(groups[0]).toMatchObject({
      findings: 2,
      from: '2026-11-20T00:00:00.000Z',
      to: '2026-11-21T12:00:00.000Z',
      hours: 36,
      // 240 a day, for a day and a half.
      invocations: 360,
    });
    expect(totals).toMatchObject({ functions: 1, findings: 2, hours: 36, invocations: 360 });
  });

  it('groups by function and rule, and counts a function once in the totals', () => {
    const { groups, totals } = receiptsOf(
      [
        observed('2026-11-20T00:00:00.000Z', '2026-11-20T10:00:00.000Z'),
        observed('2026-11-20T05:00:00.000Z', '2026-11-20T12:00:00.000Z', {}, { rule: 'Another' }),
        observed('2026-11-20T00:00:00.000Z', '2026-11-20T01:00:00.000Z', { functionArn: OTHER }),
      ],
      NOW,
      14,
    );

    expect(groups.map(({ functionArn, rule, hours }) => [functionArn, rule, hours])).toEqual([
      [OTHER, 'CryptoCurrency:Lambda/BitcoinTool.B', 1],
      [FUNCTION_ARN, 'CryptoCurrency:Lambda/BitcoinTool.B', 10],
      [FUNCTION_ARN, 'Another', 7],
    ]);
    expect(totals).toMatchObject({ functions: 2, findings: 3, hours: 13 });
  });

  it('never measures less than nothing, whatever a finding claims of its times', () => {
    const { groups } = receiptsOf(
      [
        observed('2026-11-20T00:00:00.000Z', '2020-01-01T00:00:00.000Z'),
        observed('2026-11-20T00:00:00.000Z', 'soon'),
      ],
      NOW,
      14,
    );

    expect(groups[0]?.hours).toBe(0);
  });

  it('never measures beyond now', () => {
    const { groups } = receiptsOf(
      [observed('2026-11-23T10:00:00.000Z', '2030-01-01T00:00:00.000Z')],
      NOW,
      14,
    );

    expect(groups[0]?.hours).toBe(2);
  });

  it('leaves out what is older, and counts samples apart', () => {
    const { totals } = receiptsOf(
      [
        observed('2026-11-01T00:00:00.000Z', '2026-11-20T06:00:00.000Z'),
        observed('2026-11-22T00:00:00.000Z', '2026-11-22T00:00:00.000Z', {}, { sample: true }),
      ],
      NOW,
      14,
    );

    expect(totals).toMatchObject({ findings: 0, samples: 1, functions: 0 });
  });

  it('says what is not known instead of counting it as nothing (invariant 8)', () => {
    const { receipt: _receipt, ...without } = observed(
      '2026-11-20T00:00:00.000Z',
      '2026-11-20T06:00:00.000Z',
    );
    const receipts = receiptsOf([without], NOW, 14);

    expect(receipts.groups[0]).toMatchObject({ invocations: null, withoutReceipt: 1 });
    expect(receipts.totals).toMatchObject({ invocations: 0, invocationsNotKnown: 1 });
    expect(receiptsPage(receipts)).toContain('not known for 1 function(s)');
  });

  it('tells what would have been done and reached, and lets no name speak for us', () => {
    const page = receiptsPage(
      receiptsOf(
        [observed('2026-11-20T00:00:00.000Z', '2026-11-20T06:00:00.000Z', {}, { rule: 'x\u001b[2J\nTotal' })],
        NOW,
        14,
      ),
    );

    expect(page).toContain('would be done: Reserved concurrency: reserve 0');
    expect(page).toContain('Execution role: not known whether it applies: AccessDenied');
    expect(page).toContain('reaches: EventBridge rules: 2; Callers with permissions of their own: not known');
    expect(page).toContain('contained for at least 6 h');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
    expect(page).not.toMatch(/\u001b\[2J|\nTotal\n.*severity/);
    expect(page.split('\n').filter((line) => line === 'Total')).toHaveLength(1);
  });
});
