/** Times here are whole hours, or days, since 1970, UTC. */
export const HOUR = 3_600_000;
export const DAY_HOURS = 24;
export const WEEK_HOURS = 168;

export const hourOf = (time: number): number => Math.floor(time / HOUR);
export const dayOf = (hour: number): number => Math.floor(hour / DAY_HOURS);

/** 0 is Monday; 1 January 1970 was a Thursday. */
export const weekdayOf = (day: number): number => (((day + 3) % 7) + 7) % 7;

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;
const two = (number: number): string => String(number).padStart(2, '0');

/** `Monday 14:00 UTC`, for people. */
export const nameOfHour = (hour: number): string =>
  `${WEEKDAYS[weekdayOf(dayOf(hour))]} ${two(hour - dayOf(hour) * DAY_HOURS)}:00 UTC`;

/** `2026-03-02`. */
export const dateOf = (day: number): string => new Date(day * DAY_HOURS * HOUR).toISOString().slice(0, 10);

/** `2026-03-02T14`. */
export const stampOf = (hour: number): string => new Date(hour * HOUR).toISOString().slice(0, 13);
