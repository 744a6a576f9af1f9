import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Incident, Task } from '../../../shared/incident/incident';
import { actionsKey, incidentKey } from '../../../shared/incident/keys';
import { remindOfActions } from '../../../shared/incident/remindOfActions';
import { getIncident, listOpenIncidents, type Records } from '../../../shared/incident/store';
import { addTasks, closeTask } from '../../../shared/incident/tasks';
import { anIncident } from '../../fixtures/incident';
import { type Stage, startStage } from '../containment/stage';

const CADENCE = { hours: 24, most: 3 };
const OPENED = '2026-11-20T10:00:00.000Z';
const at = (hours: number): Date => new Date(Date.parse(OPENED) + hours * 3_600_000);
const TASK: Task = { about: 'PAYMENT_KEY', what: 'replace it', contact: null, at: OPENED };

describe('the reminders of open actions, under the permissions of the drift watch', () => {
  let stage: Stage;
  let db: Records['db'];
  beforeAll(async () => {
    stage = await startStage('open-actions');
    ({ db } = await stage.as('driftWatch'));
  });
  afterAll(() => stage.stop());

  /** An incident of which rotateSecrets opened a task, which keeps that there is one. */
  const begin = async (id: string, changes: Partial<Incident> = {}): Promise<string> => {
    const incident = anIncident({ id, status: 'closed', ...changes });
    await stage.records.db.send(
      new PutCommand({ TableName: stage.records.table, Item: { ...incidentKey(id), ...incident } }),
    );
    const records = { ...stage.records, db: (await stage.as('rotateSecrets')).db };
    await addTasks(records, id, { '0123abcd': TASK });
    return id;
  };
  const sweep = async (hours: number, fails: readonly string[] = []) => {
    const told: string[] = [];
    const outcome = await remindOfActions({
      records: { ...stage.records, db, now: () => at(hours) },
      cadence: CADENCE,
      tell: async ({ id }, { count }) => {
        if (fails.includes(id)) throw new Error('nobody there');
        told.push(`${id} ${count}`);
      },
    });
    return { told, outcome };
  };
  const isMarked = async (id: string): Promise<boolean> =>
    (await db.send(new GetCommand({ TableName: stage.records.table, Key: actionsKey(id) }))).Item !==
    undefined;

  it('come once from any number of sweeps at once, of a closed incident too', async () => {
    const id = await begin('inc-once');
    expect((await sweep(23)).told).toEqual([]);

    const sweeps = await Promise.all([sweep(24), sweep(24), sweep(24), sweep(24)]);
    expect(sweeps.flatMap(({ told }) => told)).toEqual([`${id} 1`]);
    expect((await sweep(47)).told).toEqual([]);
    expect((await sweep(48)).told).toEqual([`${id} 2`]);

    await closeTask(stage.records, id, '0123abcd', { by: 'U0ONCALL', at: OPENED, how: 'replaced' });
    expect((await sweep(72)).told).toEqual([]);
    expect(await isMarked(id)).toBe(false);
  });

  it('end after as many as policy says, and cost nothing from then on', async () => {
    const id = await begin('inc-tired');
    const told = [];
    for (const hours of [24, 48, 72, 96, 120]) told.push(...(await sweep(hours)).told);

    expect(told).toEqual([`${id} 1`, `${id} 2`, `${id} 3`]);
    expect(await isMarked(id)).toBe(false);
    expect((await getIncident(stage.records, id)).tasks?.['0123abcd']?.done).toBeUndefined();
  });

  it('are kept up for an incident that is open, which may have more tomorrow', async () => {
    const id = await begin('inc-open', { status: 'contained' });
    await closeTask(stage.records, id, '0123abcd', { by: 'U0ONCALL', at: OPENED, how: 'replaced' });
    expect((await sweep(24)).told).toEqual([]);
    expect(await isMarked(id)).toBe(true);

    await addTasks(stage.records, id, { '89abcdef': { ...TASK, at: at(30).toISOString() } });
    expect((await sweep(54)).told).toEqual([`${id} 1`]);
    // The mark is no lock of a suspect: it opens nothing.
    expect(await listOpenIncidents(stage.records)).toEqual([]);
    await closeTask(stage.records, id, '89abcdef', { by: 'U0ONCALL', at: OPENED, how: 'replaced' });
  });

  it('of others come although one cannot be told, and that one is told a cadence later', async () => {
    const [broken, whole] = [await begin('inc-broken'), await begin('inc-whole')];
    const { told, outcome } = await sweep(24, [broken]);

    expect(told).toEqual([`${whole} 1`]);
    expect([...outcome.failed.keys()]).toEqual([broken]);
    expect((await sweep(25)).told).toEqual([]);
    expect(new Set((await sweep(48)).told)).toEqual(new Set([`${broken} 2`, `${whole} 2`]));
  });
});
