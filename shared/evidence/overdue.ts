import type { CollectorTools } from './collector';

/** Whether a collector has to stop and say where it goes on. */
export const isOverdue = ({ deadline, records }: Pick<CollectorTools, 'deadline' | 'records'>): boolean =>
  records.now() >= deadline;
