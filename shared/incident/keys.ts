import { createHash } from 'node:crypto';

/** Keys of the incident table: one partition per incident, one lock per suspect, one hold per shared resource. */
export const incidentKey = (id: string) => ({ pk: `incident#${id}`, sk: 'incident' });
export const eventKey = (id: string) => ({ pk: `incident#${id}`, sk: 'event' });
export const ledgerKey = (id: string, containment: number, control: string) => ({
  pk: `incident#${id}`,
  sk: `ledger#${String(containment).padStart(4, '0')}#${control}`,
});
/** A held event that was replayed, or a message that cannot be: `what` is a digest, never a sender's own text. */
export const replayKey = (id: string, containment: number, what: string) => ({
  pk: `incident#${id}`,
  sk: `replay#${String(containment).padStart(4, '0')}#${what}`,
});
export const tokenKey = (id: string) => ({ pk: `incident#${id}`, sk: 'token' });
export const lockKey = (functionArn: string) => ({ pk: `suspect#${functionArn}`, sk: 'open' });
/** The last incident of a function that was closed, and when. */
export const lastKey = (functionArn: string) => ({ pk: `suspect#${functionArn}`, sk: 'last' });
/** What the drift watch keeps of an incident, and who is looking at it now. */
export const driftKey = (id: string) => ({ pk: `incident#${id}`, sk: 'drift' });
export const holdKey = (resource: string) => ({ pk: `hold#${resource}`, sk: 'hold' });
/** The denies of old sessions that are on roles, until they are moot. */
export const SESSION_DENIES = 'session-denies';
export const sessionDenyKey = (roleArn: string) => ({ pk: SESSION_DENIES, sk: roleArn });

/** That an incident has open actions: in the index of what is open, beside the locks, also after it is closed. */
export const actionsKey = (id: string) => ({ pk: `incident#${id}`, sk: 'actions' });
export const ACTIONS_PARTITION = 'actions';

/** What caps and breaker count. */
export const ADMISSION_KEY = { pk: 'guard#admission', sk: 'book' } as const;

/**
 * The table of the histories, beside that of the incidents: in it nothing can be changed (infrastructure/tables.yml). As
 * serverless.yml names the two (custom.names).
 */
export const historyTableOf = (table: string): string => `${table.replace(/-incidents$/, '')}-history`;
export const ENTRIES = 'entry#';
export const entryKey = (id: string, number: number) => ({
  pk: `incident#${id}`,
  sk: `${ENTRIES}${String(number).padStart(8, '0')}`,
});

/** The index that lists incidents, newest first. */
export const BY_OPENED = 'by-opened';
export const LIST_PARTITION = 'incident';

/** The index that lists the locks of suspects: there are as many as incidents are open, however many there ever were. */
export const OPEN = 'open';
export const OPEN_PARTITION = 'open';

/**
 * An incident's id: the day, and a digest of what opened it, so that a step that runs twice opens one incident.
 * 48 bits of digest: a million incidents in one day collide with a probability of about 0.2 %, and a collision is
 * caught by the conditional write.
 */
export const incidentId = (openedAt: Date, opener: string): string =>
  `inc-${openedAt.toISOString().slice(0, 10).replaceAll('-', '')}-${createHash('sha256').update(opener).digest('hex').slice(0, 12)}`;
