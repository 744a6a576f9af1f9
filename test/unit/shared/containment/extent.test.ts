import { extentOf } from '../../../../shared/containment/extent';
import type { LedgerRecord } from '../../../../shared/containment/ledger';

const record = (control: string, state: LedgerRecord['state']): LedgerRecord => ({
  control,
  before: null,
  state,
  detail: 'why',
  capturedAt: '2026-11-20T10:05:02.000Z',
});

describe('how much of a containment holds', () => {
  it.each([
    ['whole', [record('concurrency', 'held'), record('trust', 'not-needed')]],
    ['whole', [record('concurrency', 'held'), record('held-events', 'not-possible')]],
    ['part', [record('concurrency', 'held'), record('role', 'failed')]],
    ['part', [record('concurrency', 'held'), record('role', 'captured')]],
    ['nothing', [record('concurrency', 'failed'), record('role', 'captured')]],
    ['nothing', [record('trust', 'not-needed')]],
    ['nothing', []],
  ] as const)('is %s for %j', (extent, ledger) => {
    expect(extentOf(ledger)).toBe(extent);
  });

  it('is a part where a control has no record: it was never put on', () => {
    expect(extentOf([record('concurrency', 'held')], ['concurrency', 'role'])).toBe('part');
    expect(extentOf([record('concurrency', 'held'), record('role', 'held')], ['concurrency', 'role'])).toBe(
      'whole',
    );
  });
});
