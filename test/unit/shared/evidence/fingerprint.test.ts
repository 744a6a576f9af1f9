import fc from 'fast-check';
import { fingerprint } from '../../../../shared/evidence/fingerprint';

describe('fingerprint', () => {
  it('tells whether two values were the same, and nothing else', () => {
    expect(fingerprint('inc-1', 'hunter2')).toBe(fingerprint('inc-1', 'hunter2'));
    expect(fingerprint('inc-1', 'hunter2')).not.toBe(fingerprint('inc-1', 'hunter3'));
  });

  it('is another in another incident, so that no table made beforehand helps', () => {
    expect(fingerprint('inc-1', 'hunter2')).not.toBe(fingerprint('inc-2', 'hunter2'));
  });

  it('keeps salt and value apart', () => {
    expect(fingerprint('a', 'bc')).not.toBe(fingerprint('ab', 'c'));
  });

  it('never contains the value (property)', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ unit: 'binary', minLength: 8 }), (salt, value) => {
        const shown = fingerprint(salt, value);
        return /^sha256:[0-9a-f]{16}$/.test(shown) && !shown.includes(value);
      }),
    );
  });
});
