import { staging } from '../../../../../shared/recovery/checks/staging';
import { stagedFor } from '../../../../../shared/recovery/facts/staged';

const ran = { where: 'orders-staging', codeSha256: 'fixed', since: '2026-11-20', invocations: 3, errors: 0 };

describe('where policy has code run first', () => {
  it.each([
    ['ran there without an error', ran, 'passed', '3 time'],
    ['is asked of no function but those that policy names', null, 'passed', 'asks for none'],
    ['never ran there', { ...ran, invocations: 0 }, 'failed', 'did not run'],
    ['failed there', { ...ran, errors: 1 }, 'failed', '1 failed'],
    ['is other code than there', { ...ran, codeSha256: 'other' }, 'failed', 'has other code'],
    ['has no such place', { ...ran, codeSha256: null }, 'failed', 'there is no orders-staging'],
    ['cannot be looked at', { where: 'orders-staging', error: 'Denied' }, 'failed', 'Denied'],
  ])('what %s', (_what, facts, outcome, said) => {
    expect(staging(facts, 'fixed')).toEqual({ outcome, because: expect.stringContaining(said) });
  });

  it('is by the name of the function, the first rule that fits', () => {
    const rules = [
      { functions: 'payments-*', in: '{name}:staging' },
      { functions: '*', in: 'staging-{name}' },
    ];
    expect(stagedFor('payments-api', rules)).toBe('payments-api:staging');
    expect(stagedFor('orders', rules)).toBe('staging-orders');
    expect(stagedFor('orders', [])).toBeNull();
  });
});
