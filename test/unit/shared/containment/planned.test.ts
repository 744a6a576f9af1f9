import {
  blastLine,
  type Plan,
  type PlannedStep,
  RECEIPT_BYTES,
  receiptOf,
} from '../../../../shared/containment/planned';
import { aPlan } from '../../../fixtures/plan';

const sizeOf = (plan: Plan): number => Buffer.byteLength(JSON.stringify(plan));

describe('a receipt', () => {
  it('leaves out what only putting back needs', () => {
    const [first] = receiptOf(aPlan()).steps;

    expect(first).toMatchObject({
      applies: true,
      found: 'no reservation',
      inverse: 'remove the reservation',
    });
    expect(first).not.toHaveProperty('before');
    expect(first).not.toHaveProperty('undo');
  });

  it('is small whatever the function has, and says how much was left out; counts stay whole', () => {
    const long = '\u{1f4a3}'.repeat(5000);
    const many = Array.from({ length: 3000 }, (_, index) => `${index} ${long}`);
    const step: PlannedStep = {
      control: 'c',
      title: 'A control',
      stage: 0,
      applies: true,
      found: long,
      does: long,
      inverse: long,
      cautions: many,
    };
    const receipt = receiptOf(
      aPlan({
        standing: many,
        losses: many,
        cannotContain: many,
        steps: Array.from({ length: 15 }, () => step),
        blastRadius: Array.from({ length: 10 }, (_, index) => ({
          id: `p${index}`,
          title: 'A part',
          count: 3000,
          lines: many,
          notKnown: long,
        })),
      }),
    );

    expect(sizeOf(receipt)).toBeLessThanOrEqual(RECEIPT_BYTES);
    expect(receipt.blastRadius[0]?.count).toBe(3000);
    expect(receipt.blastRadius[0]?.lines.at(-1)).toMatch(/^and \d+ more$/);
    // Half a pair of surrogates would be no text.
    expect(JSON.stringify(receipt)).not.toMatch(/\\ud[89ab]/);
  });

  it('keeps a small plan as it is', () => {
    expect(receiptOf(aPlan()).blastRadius).toEqual(aPlan().blastRadius);
  });
});

describe('a part of the blast radius in a line', () => {
  const part = (count: number | null, notKnown?: string) =>
    blastLine({ id: 'a', title: 'Rules', count, lines: [], ...(notKnown === undefined ? {} : { notKnown }) });

  it('tells none from not known', () => {
    expect(part(0)).toBeNull();
    expect(part(null, 'denied')).toBe('Rules: not known');
    expect(part(0, 'some could not be read')).toBe('Rules: at least 0');
    expect(part(2)).toBe('Rules: 2');
  });
});
