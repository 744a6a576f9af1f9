import type { Incident } from '../incident/incident';
import type { Suspect } from '../suspect/describe';
import { type Capture, type Control, type ControlTools, NotPossibleHereError } from './control';
import { BEFORE_THE_REST, chosen, THE_REST } from './controls';
import { type LedgerRecord, readLedgers, recordBefore, settle } from './ledger';

export type ControlOutcome = {
  readonly control: string;
  readonly title: string;
  readonly state: 'held' | 'not-needed' | 'not-possible' | 'failed';
  readonly detail: string;
  readonly observed?: boolean;
};

/** A control that was seen to hold, and when that was first so. */
export type Held = ControlOutcome & { readonly heldAt: string };

/** Some controls could not be put on. The playbook retries; what holds stays on. */
export class ContainmentIncompleteError extends Error {
  override readonly name = 'ContainmentIncompleteError';
  constructor(
    functionArn: string,
    readonly outcomes: readonly ControlOutcome[],
    causes: readonly unknown[],
  ) {
    const failed = outcomes.filter(({ state }) => state === 'failed');
    super(
      `${functionArn} is not wholly contained: ${failed.map(({ title, detail }) => `${title}: ${detail}`).join('; ')}`,
      { cause: causes.length === 1 ? causes[0] : causes },
    );
  }
}

const explain = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/** What is known of a control before anything is done: its ledger record, or what was found just now. */
type Found = { readonly known: LedgerRecord } | { readonly capture: Capture<unknown> };
export type Look = ReadonlyMap<string, Promise<Found>>;

const foundOf = async (
  control: Control,
  known: Promise<ReadonlyMap<string, LedgerRecord>>,
  suspect: Suspect,
  tools: ControlTools,
): Promise<Found> => {
  // The capture does not wait for the ledger: both are reads, and the first record wins either way.
  const [records, capture] = await Promise.allSettled([known, control.capture(suspect, tools)]);
  if (records.status === 'rejected') throw records.reason;
  const record = records.value.get(control.id);
  if (record !== undefined) return { known: record };
  if (capture.status === 'rejected') throw capture.reason;
  return { capture: capture.value };
};

/**
 * Reads what the controls would change, side by side, and writes nothing: it can begin before the guards have spoken.
 * A failure belongs to its control, and is thrown where that is put on.
 */
export const look = (
  controls: readonly Control[],
  suspect: Suspect,
  incident: Incident,
  tools: ControlTools,
): Look => {
  const known = readLedgers(tools.records, incident).then(
    (records) => new Map(records.map((record) => [record.control, record])),
  );
  return new Map(
    controls.map((control) => {
      const found = foundOf(control, known, suspect, tools);
      // Awaited later, or never when a guard refuses: not an unhandled rejection in between.
      found.catch(() => undefined);
      return [control.id, found];
    }),
  );
};

/** The ledger's record of what was there before, made durable now if it is the first time (invariant 1). */
const remember = async (
  control: Control,
  look: Look,
  incident: Incident,
  tools: ControlTools,
): Promise<LedgerRecord> => {
  const found = await look.get(control.id);
  if (found === undefined) throw new RangeError(`${control.id} was not looked at`);
  if ('known' in found) return found.known;
  const { capture } = found;
  return recordBefore(
    tools.records,
    incident,
    control.id,
    capture.applies
      ? { before: capture.before, state: 'captured', detail: capture.found }
      : { before: null, state: 'not-needed', detail: capture.why },
  );
};

/** Applies and verifies one control whose record is durable. */
const putOn = async (
  control: Control,
  record: LedgerRecord,
  suspect: Suspect,
  incident: Incident,
  tools: ControlTools,
): Promise<ControlOutcome | Held> => {
  const { id, title } = control;
  if (record.state === 'not-needed')
    return { control: id, title, state: 'not-needed', detail: record.detail };
  try {
    await control.apply(suspect, record.before, tools);
  } catch (error) {
    if (!(error instanceof NotPossibleHereError)) throw error;
    await settle(tools.records, incident, id, 'not-possible', error.message);
    return { control: id, title, state: 'not-possible', detail: error.message };
  }
  const { held, found, observed } = await control.verify(suspect, record.before, tools);
  const { heldAt } = await settle(tools.records, incident, id, held ? 'held' : 'failed', found);
  const outcome = { control: id, title, detail: found, observed };
  return held && heldAt !== undefined
    ? { ...outcome, state: 'held', heldAt }
    : { ...outcome, state: 'failed' };
};

/** One control again, long after the rest: what could not be put on then may be possible now. */
export const putOnAgain = async (
  control: Control,
  suspect: Suspect,
  incident: Incident,
  tools: ControlTools,
): Promise<ControlOutcome | Held> => {
  const found = look([control], suspect, incident, tools);
  return putOn(control, await remember(control, found, incident, tools), suspect, incident, tools);
};

/**
 * Contains a suspect: ledger first, verified after. What starts the function is stopped first, one control after the
 * other; the rest is put on side by side. One that fails stops no other; when any did, throws
 * {@link ContainmentIncompleteError} after all were tried.
 *
 * `first` is what {@link look} found for the controls that come before the rest. `onHeld` is called as soon as a
 * control is seen to hold; containment does not wait for it before it goes on.
 */
export const contain = async (
  suspect: Suspect,
  incident: Incident,
  tools: ControlTools,
  onHeld: (held: Held) => Promise<void>,
  first: Look = look(BEFORE_THE_REST, suspect, incident, tools),
): Promise<readonly ControlOutcome[]> => {
  const causes: unknown[] = [];
  const told: Promise<void>[] = [];
  const one = async (control: Control, record: Promise<LedgerRecord>): Promise<ControlOutcome> => {
    try {
      const outcome = await putOn(control, await record, suspect, incident, tools);
      if ('heldAt' in outcome) {
        const telling = onHeld(outcome);
        telling.catch(() => undefined);
        told.push(telling);
      }
      return outcome;
    } catch (error) {
      causes.push(error);
      return { control: control.id, title: control.title, state: 'failed', detail: explain(error) };
    }
  };
  const remembered = (controls: readonly Control[], found: Look) =>
    controls.map((control) => {
      const record = remember(control, found, incident, tools);
      record.catch(() => undefined);
      return { control, record };
    });

  const outcomes: ControlOutcome[] = [];
  for (const { control, record } of remembered(BEFORE_THE_REST, first)) {
    outcomes.push(await one(control, record));
  }
  const others = chosen(THE_REST, tools.choices);
  const rest = remembered(others, look(others, suspect, incident, tools));
  outcomes.push(...(await Promise.all(rest.map(({ control, record }) => one(control, record)))));
  await Promise.all(told);
  if (outcomes.some(({ state }) => state === 'failed'))
    throw new ContainmentIncompleteError(suspect.arn, outcomes, causes);
  return outcomes;
};
