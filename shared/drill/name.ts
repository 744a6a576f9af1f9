/** What the name of every function that a drill makes begins with, as infrastructure/drill.cjs has it. */
const DRILLED = 'drill-of-tourniquet-';

export const drillName = (suffix: string): string => `${DRILLED}${suffix}`;

/** Whether a function is a drill's: nothing was wrong with it. */
export const isDrill = (functionName: string | null): boolean => functionName?.startsWith(DRILLED) === true;
