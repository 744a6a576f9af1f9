import { randomUUID } from 'node:crypto';
import { ResourceNotFoundException } from '@aws-sdk/client-lambda';
import type { Incident } from '../incident/incident';
import { appendEntry, getIncident, updateIncident } from '../incident/store';
import type { Act } from '../investigation/whoDid';
import { decideDrift } from '../policy/driftDecision';
import { type GuardSettings, refusal } from '../policy/guards';
import { type Deployed, readDeployed } from '../suspect/deployed';
import type { Suspect } from '../suspect/describe';
import { recordedSuspect, SuspectGoneError, suspectOf } from '../suspect/ofIncident';
import { actsOn, type CandidateTools, noteCandidate, sayAct, takeOverNetwork } from './candidate';
import { putOnAgain } from './contain';
import type { Control, ControlTools } from './control';
import { CONTROLS, chosen } from './controls';
import { type Keeper, keeperOf, leaveBook, type Message, saveBook, takeBook } from './driftBook';
import { extentOf } from './extent';
import { type LedgerRecord, readLedgers, recordFirstNeed, settle } from './ledger';
import type { LossTools } from './lossFacts';
import { noteHeld } from './noteHeld';
import { noteLosses } from './noteLosses';
import { readTrust } from './readTrust';

export type DriftTools = CandidateTools & {
  /** What controls work with, for an incident's present containment. */
  readonly controls: (incident: Incident) => ControlTools;
  readonly guards: GuardSettings;
  readonly losses: Pick<LossTools, 'kinesis' | 'metrics'>;
  readonly tell: (incidentId: string, message: Message) => Promise<void>;
};

/** Longer than a look takes: who takes the book and dies leaves it to others after that. */
const TAKEN_SECONDS = 300;

/** What a look at one incident works with. */
type Look = {
  readonly incident: Incident;
  readonly suspect: Suspect;
  readonly gone: boolean;
  /** Why a guard forbids any change, or null. */
  readonly refused: string | null;
  /** What others changed of late, looked up when it is first asked for. */
  readonly acts: () => Promise<readonly Act[]>;
  readonly keeper: Keeper;
  readonly controlTools: ControlTools;
  readonly tools: DriftTools;
};

const explain = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/** Some of an incident could not be looked at. What could be was, and people were told of the rest. */
export class DriftNotCheckedError extends Error {
  override readonly name = 'DriftNotCheckedError';
  constructor(incidentId: string, causes: readonly unknown[]) {
    super(`${incidentId}: ${causes.map(explain).join('; ')}`, {
      cause: causes.length === 1 ? causes[0] : causes,
    });
  }
}

/**
 * Looks whether a contained function is still contained: what no longer holds is put back or told, as policy says; what
 * never could be put on is tried again; what was deployed is recorded and left. `hint` is the call that gave rise to
 * the look, where there was one. `busy`: somebody else looks at it right now.
 */
export const checkDrift = async (
  seen: Incident,
  tools: DriftTools,
  hint: Act | null = null,
): Promise<'checked' | 'busy' | 'not-contained'> => {
  const { records } = tools;
  if (seen.status !== 'contained') return 'not-contained';
  const { id, containment } = seen;
  const taker = randomUUID();
  const book = await takeBook(records, id, containment, taker, TAKEN_SECONDS);
  if (book === null) return 'busy';
  try {
    // After the book was taken: a release that began meanwhile is seen here, or waits for us.
    const incident = await getIncident(records, id);
    if (incident.status !== 'contained' || incident.containment !== containment) return 'not-contained';
    const keeper = keeperOf(
      book,
      records.now,
      (next) => saveBook(records, id, taker, TAKEN_SECONDS, next),
      (message) => tools.tell(id, message),
    );
    await keeper.handOver();
    await lookAt(incident, keeper, tools, hint);
    return 'checked';
  } finally {
    await leaveBook(records, id, taker);
  }
};

const lookAt = async (
  incident: Incident,
  keeper: Keeper,
  tools: DriftTools,
  hint: Act | null,
): Promise<void> => {
  const controlTools = tools.controls(incident);
  const live = await liveOf(incident, controlTools, keeper);
  const suspect = live ?? recordedSuspect(incident);
  const refused = refusal(suspect, tools.guards);
  const look: Look = {
    incident,
    suspect,
    gone: live === null,
    refused,
    acts: actsOnce(incident, suspect, tools, hint),
    keeper,
    controlTools,
    tools,
  };
  const failures: unknown[] = [];
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | null> => {
    try {
      const result = await work();
      await keeper.forget(what);
      return result;
    } catch (error) {
      failures.push(error);
      const text = `${what} could not be looked at: ${explain(error)}`;
      await keeper.sayOnce(what, explain(error), { about: 'drift-escalated', detail: [text] });
      return null;
    }
  };
  // Before anything is put back: what we change ourselves is not what others deployed.
  const deployed = live === null ? null : await attempt('What is deployed', () => deployedOf(look));
  const ledger = new Map(
    (await readLedgers(tools.records, incident)).map((record) => [record.control, record]),
  );
  let applied = false;
  for (const control of chosen(CONTROLS, controlTools.choices)) {
    const changed = await attempt(`Whether this holds: ${control.title}`, () =>
      lookAtControl(control, ledger.get(control.id), look),
    );
    applied = applied || changed === true;
  }
  await attempt('The role', () => lookAtRole(look, deployed));
  await attempt('What is lost', () => noteLosses(incident, suspect, keeper, controlTools, tools.losses));
  if (deployed !== null) {
    await attempt('What was deployed while it was contained', () =>
      noteCandidate(incident, suspect, deployed, tools, keeper, hint),
    );
    if (applied) {
      const now = await getIncident(tools.records, incident.id);
      await takeOverNetwork(now, await deployedOf(look), tools.records);
    }
  }
  await noteExtent(incident, controlTools, tools);
  if (failures.length > 0) throw new DriftNotCheckedError(incident.id, failures);
};

/** What holds by now: people read it without the ledger. */
const noteExtent = async (
  incident: Incident,
  { choices }: ControlTools,
  { records }: DriftTools,
): Promise<void> => {
  const holds = extentOf(
    await readLedgers(records, incident),
    chosen(CONTROLS, choices).map(({ id }) => id),
  );
  if (holds !== incident.holds)
    await updateIncident(records, incident.id, { holds }, { from: ['contained'] });
};

/** CloudTrail admits two look-ups a second: asked once a look, and not before it is needed. */
const actsOnce = (incident: Incident, suspect: Suspect, tools: DriftTools, hint: Act | null) => {
  let acts: Promise<readonly Act[]> | undefined;
  return (): Promise<readonly Act[]> => {
    acts ??=
      hint === null
        ? actsOn(suspect, incident.containedAt ?? incident.openedAt, tools)
        : Promise.resolve([hint]);
    return acts;
  };
};

const deployedOf = ({ incident, suspect, controlTools }: Look): Promise<Deployed> =>
  readDeployed(suspect, incident.id, incident.containedDigest ?? '', controlTools.lambda);

/** The function as it is now; null when it was deleted, which is said once. What cannot be known changes nothing. */
const liveOf = async (
  incident: Incident,
  { lambda }: ControlTools,
  keeper: Keeper,
): Promise<Suspect | null> => {
  try {
    const live = await suspectOf(incident, lambda);
    await keeper.forget('function');
    return live;
  } catch (error) {
    if (error instanceof SuspectGoneError) {
      const text = 'The function was deleted while it was contained';
      await keeper.sayOnce('function', text, { about: 'drift-escalated', detail: [text] }, 'never');
      return null;
    }
    const text = `Whether it is still contained could not be looked at, and nothing was changed: ${explain(error)}`;
    await keeper.sayOnce('function', 'not read', { about: 'drift-escalated', detail: [text] });
    throw error;
  }
};

/** Looks at one control. Gives whether something was changed. */
const lookAtControl = async (
  control: Control,
  record: LedgerRecord | undefined,
  look: Look,
): Promise<boolean> => {
  try {
    // What held once is compared with what we set; what was restored, people have decided.
    if (record?.state === 'held' || (record?.state === 'failed' && record.heldAt !== undefined))
      return await lookAtHeld(control, record, look);
    if (record === undefined || record.state === 'captured' || record.state === 'failed')
      return await tryAgain(control, look);
    if (record.state !== 'not-needed') return false;
    return isAdded(control, look) || control.mayComeLater === true
      ? await addNow(control, look)
      : await lookAtUnneeded(control, look);
  } catch (error) {
    // Of a function that is gone nothing but its role is left to be looked at.
    if (look.gone && error instanceof ResourceNotFoundException) return false;
    throw error;
  }
};

/** What is told of a control is told under this. */
const subjectOf = ({ id }: Control): string => `control ${id}`;

const lookAtHeld = async (control: Control, record: LedgerRecord, look: Look): Promise<boolean> => {
  const { incident, suspect, keeper, controlTools, tools } = look;
  const { held, found } = await control.verify(suspect, record.before, controlTools);
  if (held) {
    await keeper.forget(subjectOf(control));
    if (record.state === 'failed') await settle(tools.records, incident, control.id, 'held', found);
    return false;
  }
  const changed = await onDrift(control, found, look, () => Promise.resolve(record));
  if (control.id === 'concurrency') await noteRan(look);
  return changed;
};

/** It may have run until now, and what runs may go on and be given sessions: that is when their time begins anew. */
const noteRan = async ({ incident, suspect, tools }: Look): Promise<void> => {
  const { records } = tools;
  const lastInFlightAt = new Date(records.now().getTime() + suspect.timeoutSeconds * 1000).toISOString();
  await updateIncident(records, incident.id, { lastInFlightAt }, { from: ['contained'] });
};

/** It had nothing to do at containment: a way in that was opened since is as one that was open then. */
const lookAtUnneeded = async (control: Control, look: Look): Promise<boolean> => {
  const { incident, suspect, keeper, controlTools, tools } = look;
  const capture = await control.capture(suspect, controlTools);
  if (!capture.applies) {
    await keeper.forget(subjectOf(control));
    return false;
  }
  const { before, found } = capture;
  return onDrift(control, `new since containment: ${found}`, look, () =>
    recordFirstNeed(tools.records, incident, control.id, { before, detail: found }),
  );
};

/** What an approver added to the containment, which had nothing to do before that. */
const isAdded = ({ id }: Control, { incident }: Look): boolean => incident.added?.includes(id) === true;

/** What an approver added, or could not be known before, is put on whatever policy says of drift: it is none. */
const addNow = async (control: Control, look: Look): Promise<boolean> => {
  const { incident, suspect, keeper, controlTools, tools } = look;
  const capture = await control.capture(suspect, controlTools);
  if (!capture.applies) {
    // Policy has it on, and nobody waits for it.
    if (!isAdded(control, look)) return false;
    const text = `${control.title} was added, and has nothing to do: ${capture.why}`;
    await keeper.sayOnce(subjectOf(control), capture.why, { about: 'drift', detail: [text] }, 'never');
    return false;
  }
  const { before, found } = capture;
  const record = await recordFirstNeed(tools.records, incident, control.id, { before, detail: found });
  return record === null ? false : tryAgain(control, look);
};

/** What could not be put on at containment: nobody undid it, so that policy has nothing to say but to go on trying. */
const tryAgain = async (control: Control, look: Look): Promise<boolean> => {
  const { incident, suspect, refused, gone, keeper, controlTools, tools } = look;
  if (gone) return false;
  const { id, title } = control;
  const still = async (why: string): Promise<void> => {
    const text = `${title} is still NOT in place: ${why}`;
    await keeper.sayOnce(subjectOf(control), why, { about: 'drift-escalated', detail: [text] });
  };
  if (refused !== null) {
    await still(`a guard refuses: ${refused}`);
    return false;
  }
  try {
    // Takes the book for longer, before anything is changed. Not counted with what others undid.
    await keeper.notePutBack(`${id}, tried again`);
    const outcome = await putOnAgain(control, suspect, incident, controlTools);
    if ('heldAt' in outcome) {
      await noteHeld(tools.records, incident, suspect, outcome);
      const added = isAdded(control, look) ? `${title} was added, and is in place` : `${title}: in place now`;
      const text =
        isAdded(control, look) || control.mayComeLater === true
          ? `${added}: ${outcome.detail}`
          : `${title} could not be put on at containment, and is in place now: ${outcome.detail}`;
      await keeper.say({ about: 'drift', detail: [text] });
      await keeper.forget(subjectOf(control));
    } else if (outcome.state === 'failed') await still(outcome.detail);
    return outcome.state !== 'not-needed';
  } catch (error) {
    await still(explain(error));
    return true;
  }
};

/**
 * A control does not hold. `recordOf` makes what was there before durable, or finds it: nothing is changed before that
 * (invariant 1). A record that is there already is never replaced.
 */
const onDrift = async (
  control: Control,
  found: string,
  look: Look,
  recordOf: () => Promise<LedgerRecord | null>,
): Promise<boolean> => {
  const { incident, refused, keeper, controlTools, tools } = look;
  const decision = decideDrift(
    { action: controlTools.choices.driftAction, refused, putBacks: keeper.putBacks(control.id) },
    tools.records.now(),
  );
  if (decision.act === 'leave') {
    await leave(control, `${found}; left as it is: ${decision.because}`, look);
    return false;
  }
  const record = await recordOf();
  // Somebody has written the ledger meanwhile: the next look sees what.
  if (record === null) return false;
  await keeper.notePutBack(control.id);
  const after = await putBack(control, record, look);
  if (!after.held) {
    await leave(control, `${found}; it was tried to put it back: ${after.found}`, look);
    return true;
  }
  const { heldAt = tools.records.now().toISOString() } =
    record.state === 'held' ? record : await settle(tools.records, incident, control.id, 'held', after.found);
  if (record.heldAt === undefined)
    await noteHeld(tools.records, incident, look.suspect, {
      control: control.id,
      title: control.title,
      state: 'held',
      detail: after.found,
      heldAt,
    });
  const text = `${control.title} was changed while contained (${found}). Put back: ${after.found}. ${await sayWho(look)}`;
  await appendEntry(tools.records, incident.id, `drift-${control.id}`, text);
  await keeper.say({ about: 'drift', detail: [text] });
  await keeper.forget(subjectOf(control));
  return true;
};

const putBack = async (
  control: Control,
  { before }: LedgerRecord,
  { suspect, controlTools }: Look,
): Promise<{ readonly held: boolean; readonly found: string }> => {
  try {
    await control.apply(suspect, before, controlTools);
    return await control.verify(suspect, before, controlTools);
  } catch (error) {
    return { held: false, found: explain(error) };
  }
};

/** What does not hold and stays so: the ledger says it, so that nobody is shown a function as contained that is not. */
const leave = async (control: Control, what: string, look: Look): Promise<void> => {
  const { incident, keeper, tools } = look;
  const text = `${control.title} does NOT hold: ${what}. ${await sayWho(look)}`;
  if (await isHeldOnRecord(control, look))
    await settle(tools.records, incident, control.id, 'failed', `changed while contained: ${what}`);
  const said = await keeper.sayOnce(subjectOf(control), what, { about: 'drift-escalated', detail: [text] });
  if (said) await appendEntry(tools.records, incident.id, `drift-${control.id}`, text);
};

const isHeldOnRecord = async (control: Control, { incident, tools }: Look): Promise<boolean> =>
  (await readLedgers(tools.records, incident)).some(
    ({ control: id, state }) => id === control.id && (state === 'held' || state === 'captured'),
  );

/** How many calls of others are named: the newest. */
const MOST_ACTS = 3;

const sayWho = async ({ acts }: Look): Promise<string> => {
  const known = await acts();
  return known.length === 0
    ? 'CloudTrail does not show yet who did it'
    : `Changes by others since: ${known.slice(0, MOST_ACTS).map(sayAct).join('; ')}`;
};

/** The role that is denied, and the one that the function has now. */
const lookAtRole = async (
  { incident, keeper, controlTools }: Look,
  deployed: Deployed | null,
): Promise<void> => {
  const { roleArn } = incident;
  if (roleArn === null) return;
  if ((await readTrust(controlTools.iam, roleArn)) === null) {
    const text = `The role ${roleArn} was deleted while the function was contained`;
    await keeper.sayOnce('role deleted', text, { about: 'drift-escalated', detail: [text] }, 'never');
  } else await keeper.forget('role deleted');
  if (deployed === null || deployed.role === roleArn) {
    await keeper.forget('role changed');
    return;
  }
  const detail = [
    `Its role was changed from ${roleArn} to ${deployed.role}, which is NOT denied: what starts the function again starts it with that role`,
    `Set the role back, or attach ${controlTools.denyPolicyArn} to it by hand and take it off after the release`,
  ];
  await keeper.sayOnce('role changed', deployed.role, { about: 'drift-escalated', detail });
};
