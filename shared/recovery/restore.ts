import type { ControlTools, Reversal } from '../containment/control';
import { RESTORE_ORDER } from '../containment/controls';
import { readLedgers, SESSIONS, settle } from '../containment/ledger';
import type { Incident } from '../incident/incident';
import { appendEntry } from '../incident/store';
import type { Suspect } from '../suspect/describe';
import { endOldSessions } from './sessions';

/** What was put back, one by one. */
export type Restored = {
  readonly control: string;
  readonly title: string;
  readonly outcome: 'restored' | 'drift';
  readonly detail: string;
};

/** A control could not be put back yet. What comes after it stays on; the playbook tries again from here. */
export class RestoreIncompleteError extends Error {
  override readonly name = 'RestoreIncompleteError';
  constructor(incident: Incident, title: string, done: readonly Restored[], cause: unknown) {
    const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    const back = done.length === 0 ? 'nothing' : done.map((restored) => restored.title).join(', ');
    super(
      `${incident.id}: ${title} cannot be put back yet (${why}). Back so far: ${back}; the rest stays on`,
      {
        cause,
      },
    );
  }
}

/**
 * Puts back what the ledger says was there, in the order back, and only where the live value is still what we set
 * (invariant 2). Steps that are done are skipped, so a release that died half-way goes on where it was.
 * `force` names controls whose drift an approver (`by`) has decided to overwrite, and `sessions` where old ones cannot be
 * ended. What is there then is written into the history before it is overwritten.
 * What AWS refuses stops it there, in a {@link RestoreIncompleteError} that says what is back and what is not: the
 * playbook retries, and the suspect stays contained by the rest.
 */
export const restore = async (
  suspect: Suspect,
  incident: Incident,
  tools: ControlTools,
  force: readonly string[] = [],
  by: string = incident.decision?.by ?? 'an approver',
  /** These alone, where it is released in steps; the others stay on. */
  only?: readonly string[],
): Promise<readonly Restored[]> => {
  const ledger = new Map(
    (await readLedgers(tools.records, incident)).map((record) => [record.control, record]),
  );
  const results: Restored[] = [];
  const denied = ledger.get('role');
  if (denied !== undefined && denied.state !== 'not-needed') {
    const { roleArn } = denied.before as { readonly roleArn: string };
    const title = 'Sessions from before the release';
    const { detail } = await endOldSessions(
      suspect,
      incident,
      roleArn,
      tools,
      force.includes(SESSIONS) ? by : null,
    ).catch((error: unknown) => {
      throw new RestoreIncompleteError(incident, title, results, error);
    });
    results.push({ control: SESSIONS, title, outcome: 'restored', detail });
  }
  for (const control of RESTORE_ORDER) {
    if (only?.includes(control.id) === false) continue;
    const record = ledger.get(control.id);
    if (record === undefined || record.state === 'not-needed') continue;
    const { id, title } = control;
    if (record.state === 'restored' || (record.state === 'drift' && !force.includes(id))) {
      results.push({ control: id, title, outcome: record.state, detail: record.detail });
      continue;
    }
    const revert = (forced: boolean): Promise<Reversal> =>
      control.revert(suspect, record.before, tools, forced).catch((error: unknown) => {
        throw new RestoreIncompleteError(incident, title, results, error);
      });
    // Compared first, also where it is forced: the history then says what was there.
    const compared = await revert(false);
    const forced = compared.outcome === 'drift' && force.includes(id);
    if (forced) {
      const text = `${by} had ${title} (${id}) put back although changed; before that: ${compared.detail}`;
      await appendEntry(tools.records, incident.id, 'forced', text, { by });
    }
    const { outcome, detail } = forced ? await revert(true) : compared;
    await settle(tools.records, incident, id, outcome, detail);
    results.push({ control: id, title, outcome, detail });
  }
  return results;
};
