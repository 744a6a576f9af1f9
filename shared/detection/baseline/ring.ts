import { WEEK_HOURS } from './time';

/** Five weeks: each hour of the week five times. A multiple of a week, so that a slot is always the same hour of the week. */
export const WEEKS = 5;
export const RING_HOURS = WEEKS * WEEK_HOURS;

/*
 * How much there was in each hour of five weeks: two bytes an hour, base64, 2,240 characters. 0 is unknown; else 1 more
 * than a thousand times the natural logarithm of the amount plus one, so that any amount is kept to 0.1 %.
 */
const STEPS = 1000;
const MOST = 65_535;

export const encode = (amount: number): number =>
  Math.min(MOST, 1 + Math.round(Math.log1p(Math.max(0, amount)) * STEPS));
export const decode = (code: number): number | null => (code === 0 ? null : Math.expm1((code - 1) / STEPS));

export const EMPTY_RING = Buffer.alloc(RING_HOURS * 2).toString('base64');
export const RING_LENGTH = EMPTY_RING.length;

export type Codes = Uint16Array;

export const readRing = (ring: string): Codes => {
  const bytes = Buffer.from(ring, 'base64');
  const codes = new Uint16Array(RING_HOURS);
  const whole = Math.min(RING_HOURS, bytes.length >> 1);
  for (let slot = 0; slot < whole; slot++) codes[slot] = bytes.readUInt16LE(slot * 2);
  return codes;
};

export const writeRing = (codes: Codes): string => {
  const bytes = Buffer.alloc(RING_HOURS * 2);
  for (let slot = 0; slot < RING_HOURS; slot++) bytes.writeUInt16LE(codes[slot] ?? 0, slot * 2);
  return bytes.toString('base64');
};

export const slotOf = (hour: number): number => ((hour % RING_HOURS) + RING_HOURS) % RING_HOURS;

/** What an hour holds, where `head` is the last that is closed; null where it is unknown or not held. */
export const amountAt = (codes: Codes, head: number, hour: number): number | null =>
  hour > head || hour <= head - RING_HOURS ? null : decode(codes[slotOf(hour)] ?? 0);
