import fc from 'fast-check';
import { canonical, NotCanonicalError } from '../../../../shared/evidence/canonical';

describe('canonical', () => {
  it('sorts keys by their UTF-16 code units, as RFC 8785 (3.2.3) does in its example', () => {
    const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 };

    expect(Object.values(JSON.parse(canonical(value)))).toHaveLength(7);
    expect([...canonical(value).matchAll(/:(\d)/g)].map(([, digit]) => digit).join('')).toBe('2467153');
  });

  it('writes the same bytes for the same value, in whatever order it was made (property)', () => {
    const json = fc.anything({
      maxDepth: 4,
      values: [fc.string({ unit: 'binary' }), fc.maxSafeInteger(), fc.boolean(), fc.constant(null)],
    });

    fc.assert(
      fc.property(json, (value) => {
        const text = canonical(value);
        const backwards = JSON.parse(text, (_key, held: unknown) =>
          held !== null && typeof held === 'object' && !Array.isArray(held)
            ? Object.fromEntries(Object.entries(held).reverse())
            : held,
        );
        expect(canonical(backwards)).toBe(text);
        expect(JSON.parse(text)).toEqual(value);
      }),
    );
  });

  it.each([0.5, -0, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, () => 1, 1n])(
    'refuses %p, of which there is more than one reading',
    (value) => {
      expect(() => canonical({ value })).toThrow(NotCanonicalError);
    },
  );
});
