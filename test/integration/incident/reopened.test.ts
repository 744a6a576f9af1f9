import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { incidentKey } from '../../../shared/incident/keys';
import { keepReopened } from '../../../shared/incident/reopened';
import { getIncident, listEntries, type Records } from '../../../shared/incident/store';
import { anIncident } from '../../fixtures/incident';
import { type Stage, startStage } from '../containment/stage';

const EARLIER = 'inc-20261120-0123456789ab';

describe('an incident that was opened again after its close, under the permissions of announce', () => {
  let stage: Stage;
  let records: Records;
  beforeAll(async () => {
    stage = await startStage('reopened');
    const Item = { ...incidentKey(EARLIER), ...anIncident({ id: EARLIER, status: 'closed' }) };
    await stage.records.db.send(new PutCommand({ TableName: stage.records.table, Item }));
    records = { ...stage.records, db: (await stage.as('announce')).db };
  });
  afterAll(() => stage.stop());

  it('names what it was opened as, once, however many announcements say so at once', async () => {
    const again = { id: 'inc-20261121-ba9876543210', reopens: EARLIER };
    const first = await Promise.all([1, 2, 3, 4].map(() => keepReopened(records, again)));
    expect(first.filter(Boolean)).toHaveLength(1);
    expect(await keepReopened(records, again)).toBe(false);
    expect(await keepReopened(records, { id: 'inc-20261122-000000000000', reopens: EARLIER })).toBe(true);

    expect(await getIncident(stage.records, EARLIER)).toMatchObject({
      status: 'closed',
      reopenedAs: [again.id, 'inc-20261122-000000000000'],
    });
    const history = (await listEntries(stage.records, EARLIER)).map(({ kind, text }) => `${kind}: ${text}`);
    expect(history).toEqual([
      `reopened: open again as ${again.id}`,
      'reopened: open again as inc-20261122-000000000000',
    ]);
  });

  it('does not grow for ever, and nothing is kept on one that is not there', async () => {
    for (let number = 0; number < 30; number++)
      await keepReopened(records, {
        id: `inc-20261123-${String(number).padStart(12, '0')}`,
        reopens: EARLIER,
      });
    expect((await getIncident(stage.records, EARLIER)).reopenedAs).toHaveLength(20);

    expect(await keepReopened(records, { id: 'inc-1', reopens: 'inc-20261124-000000000000' })).toBe(false);
    expect(await keepReopened(records, { id: 'inc-1' })).toBe(false);
  });
});
