import type { Incident } from '../incident/incident';
import type { Suspect } from '../suspect/describe';
import { type Control, type ControlTools, NotPossibleHereError } from './control';
import { STAGES } from './controls';
import { type LedgerRecord, readLedger, recordBefore, settle } from './ledger';

export type ControlOutcome = {
  readonly control: string;
  readonly title: string;
  readonly state: 'held' | 'not-needed' | 'not-possible' | 'failed';
  readonly detail: string;
};

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

/** The ledger's record of what was there before; captured and made durable now if it is the first time. */
const remember = async (
  control: Control,
  suspect: Suspect,
  incident: Incident,
  tools: ControlTools,
): Promise<LedgerRecord> => {
  const known = await readLedger(tools.records, incident, control.id);
  if (known !== null) return known;
  const capture = await control.capture(suspect, tools);
  return recordBefore(
    tools.records,
    incident,
    control.id,
    capture.applies
      ? { before: capture.before, state: 'captured', detail: capture.found }
      : { before: null, state: 'not-needed', detail: capture.why },
  );
};

/** Captures, records, applies and verifies one control. */
const putOn = async (
  control: Control,
  suspect: Suspect,
  incident: Incident,
  tools: ControlTools,
): Promise<ControlOutcome> => {
  const { id, title } = control;
  const record = await remember(control, suspect, incident, tools);
  if (record.state === 'not-needed')
    return { control: id, title, state: 'not-needed', detail: record.detail };
  try {
    await control.apply(suspect, record.before, tools);
  } catch (error) {
    if (!(error instanceof NotPossibleHereError)) throw error;
    await settle(tools.records, incident, id, 'not-possible', error.message);
    return { control: id, title, state: 'not-possible', detail: error.message };
  }
  const { held, found } = await control.verify(suspect, record.before, tools);
  await settle(tools.records, incident, id, held ? 'held' : 'failed', found);
  return { control: id, title, state: held ? 'held' : 'failed', detail: found };
};

/**
 * Contains a suspect: every control in its order, ledger first, verified after. One that fails stops no other; when
 * any did, throws {@link ContainmentIncompleteError} after all were tried.
 * `onHeld` is called as soon as a control is seen to hold.
 */
export const contain = async (
  suspect: Suspect,
  incident: Incident,
  tools: ControlTools,
  onHeld: (outcome: ControlOutcome) => Promise<void>,
): Promise<readonly ControlOutcome[]> => {
  const outcomes: ControlOutcome[] = [];
  const causes: unknown[] = [];
  for (const stage of STAGES) {
    const results = await Promise.allSettled(
      stage.map(async (control) => {
        const outcome = await putOn(control, suspect, incident, tools);
        if (outcome.state === 'held') await onHeld(outcome);
        return outcome;
      }),
    );
    results.forEach((result, index) => {
      const control = stage[index];
      if (result.status === 'fulfilled') outcomes.push(result.value);
      else if (control !== undefined) {
        causes.push(result.reason);
        outcomes.push({
          control: control.id,
          title: control.title,
          state: 'failed',
          detail: explain(result.reason),
        });
      }
    });
  }
  if (outcomes.some(({ state }) => state === 'failed'))
    throw new ContainmentIncompleteError(suspect.arn, outcomes, causes);
  return outcomes;
};
