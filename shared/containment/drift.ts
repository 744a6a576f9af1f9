import type { Incident } from '../incident/incident';
import { appendEntry, listEntries } from '../incident/store';
import type { Suspect } from '../suspect/describe';
import type { Control, ControlTools } from './control';
import { CONTROLS } from './controls';
import { type LedgerRecord, readLedgers } from './ledger';

/** What is no longer as containment set it, and what was done about it. */
export type Drift = {
  readonly control: string;
  readonly title: string;
  readonly found: string;
  readonly outcome: 'put-back' | 'left';
  readonly because: string;
};

/** What policy wants done: put it back, or leave it and tell people. */
export type DriftAction = 'put-back' | 'escalate';

/** So often an hour: whoever changes it again and again is not answered for ever, but told of. */
const MOST_PUT_BACK = 3;
const HOUR_MS = 3_600_000;

const kindOf = (control: string): string => `put-back-${control}`;

const explain = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

const putBackLately = async (control: string, incident: Incident, tools: ControlTools): Promise<number> => {
  const since = new Date(tools.records.now().getTime() - HOUR_MS).toISOString();
  const entries = await listEntries(tools.records, incident.id);
  return entries.filter(({ kind, at }) => kind === kindOf(control) && at > since).length;
};

const answer = async (
  control: Control,
  record: LedgerRecord,
  found: string,
  suspect: Suspect,
  incident: Incident,
  tools: ControlTools,
  action: DriftAction,
): Promise<Drift> => {
  const drift = { control: control.id, title: control.title, found };
  if (action === 'escalate')
    return { ...drift, outcome: 'left', because: 'policy leaves it (driftAction: escalate)' };
  if ((await putBackLately(control.id, incident, tools)) >= MOST_PUT_BACK) {
    return {
      ...drift,
      outcome: 'left',
      because: `put back ${MOST_PUT_BACK} times within an hour: somebody changes it again and again`,
    };
  }
  // Before it is done: one that dies in between has used up a try, and none is made without being counted.
  await appendEntry(tools.records, incident.id, kindOf(control.id), found);
  // The ledger stays as it is: what was there before the containment is what a release puts back (invariant 1).
  await control.apply(suspect, record.before, tools);
  const after = await control.verify(suspect, record.before, tools);
  return after.held
    ? { ...drift, outcome: 'put-back', because: after.found }
    : { ...drift, outcome: 'left', because: `it could not be put back: ${after.found}` };
};

const check = async (
  control: Control,
  record: LedgerRecord,
  suspect: Suspect,
  incident: Incident,
  tools: ControlTools,
  action: DriftAction,
): Promise<Drift | null> => {
  try {
    const { held, found } = await control.verify(suspect, record.before, tools);
    return held ? null : await answer(control, record, found, suspect, incident, tools, action);
  } catch (error) {
    return {
      control: control.id,
      title: control.title,
      found: explain(error),
      outcome: 'left',
      because: 'it could not be looked at, or not be put back',
    };
  }
};

/**
 * Looks whether every control that holds, or should, still does, and answers what does not as policy says. Only
 * containment's own settings: code and configuration are never put back (invariant 2).
 */
export const checkDrift = async (
  suspect: Suspect,
  incident: Incident,
  tools: ControlTools,
  action: DriftAction,
): Promise<readonly Drift[]> => {
  const ledger = new Map(
    (await readLedgers(tools.records, incident)).map((record) => [record.control, record]),
  );
  const drifts: Drift[] = [];
  for (const control of CONTROLS) {
    const record = ledger.get(control.id);
    if (record?.state !== 'held' && record?.state !== 'failed') continue;
    const drift = await check(control, record, suspect, incident, tools, action);
    if (drift !== null) drifts.push(drift);
  }
  return drifts;
};
