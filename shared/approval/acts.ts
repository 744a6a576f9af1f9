import { readLedger } from '../containment/ledger';
import { type Act, type Incident, isOpen } from '../incident/incident';
import { appendEntry, type Records, updateIncident } from '../incident/store';
import { change } from '../incident/swap';
import { closeTask, openTasks } from '../incident/tasks';
import { ADDABLE, type Addable } from '../policy/addable';
import { GATE, WAIVABLE } from '../recovery/gate';
import { type Answer, type Asked, type Deciding, notNow, refuse } from './answer';
import { wake } from './token';

/** What is no answer to a question, and one approver may do. */
export const act = async (
  action: Act,
  { incidentId, by, via, reason, hours = 0, control, task, check }: Asked,
  incident: Incident,
  { records, stepFunctions, addable = [], putOn = unable }: Deciding,
): Promise<Answer> => {
  const because = reason.trim() === '' ? '' : `, because: ${reason.trim()}`;
  const note = async (text: string): Promise<Answer> => {
    await appendEntry(records, incidentId, action, `${by} (${via}) ${text}${because}`, { by });
    return { accepted: true, note: `${by} ${text}` };
  };
  switch (action) {
    case 'recontain': {
      const { status, stage } = incident;
      // Of a release in steps too: it is taken back.
      const isOut = status === 'watching' || (status === 'releasing' && stage !== undefined);
      if (!isOut || incident.relapse !== undefined) return notNow(incident, action);
      const relapse = `${by} (${via}) has it contained again${because}`;
      const changed = await updateIncident(
        records,
        incidentId,
        { relapse, triggeredBy: [by] },
        { from: [status], remove: ['press'] },
      );
      if (changed === null) return notNow(incident, action);
      const answer = await note('has it contained again');
      await wake(records, stepFunctions, incidentId);
      return answer;
    }
    case 'extend': {
      if (incident.status !== 'contained' && incident.status !== 'asking') return notNow(incident, action);
      const until = new Date(records.now().getTime() + hours * HOUR_MS).toISOString();
      const { status, round } = incident;
      const remind = { after: until, round, status };
      if ((await updateIncident(records, incidentId, { remind }, { from: [status] })) === null)
        return notNow(incident, action);
      return note(`asks for time until ${until}: nobody is asked again before`);
    }
    case 'take': {
      if (!isOpen(incident.status)) return notNow(incident, action);
      if ((await updateIncident(records, incidentId, { owner: by }, { from: [incident.status] })) === null)
        return notNow(incident, action);
      return note(
        incident.owner === undefined || incident.owner === by
          ? 'looks after it'
          : `looks after it, in place of ${incident.owner}`,
      );
    }
    case 'add': {
      if (control === undefined) return refuse('control-needed', 'add needs a control');
      const found = await mayAdd(incident, control, records, addable);
      if (found !== null) return found;
      const isAdded = await change(records, incidentId, 'added', 'contained', (before = []) =>
        [...new Set([...before, control])].toSorted(),
      );
      if (!isAdded) return notNow(incident, action);
      const answer = await note(`adds to the containment: ${ADDABLE[control]}`);
      await putOn(incidentId);
      return answer;
    }
    case 'waive': {
      if (check === undefined) return refuse('check-needed', `waive needs one of ${WAIVABLE.join(', ')}`);
      if (reason.trim() === '')
        return refuse(
          'reason-needed',
          'say why it may be released all the same: it is kept in the post-mortem',
        );
      const { containment } = incident;
      const waiver = { by, at: records.now().toISOString(), because: reason.trim(), containment };
      const isWaived = await change(records, incidentId, 'waivers', 'contained', (before) => ({
        ...before,
        [check]: waiver,
      }));
      return isWaived
        ? note(`waives the check for the release that there is ${GATE[check]}`)
        : notNow(incident, action);
    }
    case 'done': {
      const found = openTasks(incident).find(([id]) => id === task);
      const how = reason.trim();
      if (found === undefined) return refuse('task-needed', noSuchTask(incident));
      if (how === '') return refuse('reason-needed', 'say how it was done: it is kept in the post-mortem');
      const [id, { what }] = found;
      const at = records.now().toISOString();
      if (!(await closeTask(records, incidentId, id, { by, at, how })))
        return refuse('task-needed', 'somebody closed that task before');
      return note(`says that task ${id} is done (${what})`);
    }
  }
};

const noSuchTask = (incident: Incident): string => {
  const open = openTasks(incident).map(([id]) => id);
  return open.length === 0
    ? 'no task is open'
    : `done needs the id of an open task: ${open.slice(0, 10).join(', ')}`;
};

/** Why a control cannot be added now, or null. */
const mayAdd = async (
  incident: Incident,
  control: Addable,
  records: Records,
  addable: readonly Addable[],
): Promise<Answer | null> => {
  if (incident.status !== 'contained') return notNow(incident, 'add');
  if (!addable.includes(control))
    return refuse(
      'control-needed',
      `policy does not leave ${control} to approvers: set it to ask, and deploy`,
    );
  const state = (await readLedger(records, incident, control))?.state;
  return state === 'held' ? refuse('not-now', `${control} is in place already`) : null;
};

/** Without anybody to put it on, nothing is added. */
const unable = (): Promise<never> =>
  Promise.reject(new RangeError('nobody was given that puts a control on'));

const HOUR_MS = 3_600_000;
