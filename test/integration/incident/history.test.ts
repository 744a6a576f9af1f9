import { DeleteCommand, ExecuteStatementCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { LocalClients } from '../../../local/clients';
import { faultsInHistory } from '../../../shared/incident/history';
import type { Incident } from '../../../shared/incident/incident';
import { entryKey, historyTableOf } from '../../../shared/incident/keys';
import { appendEntry, listEntries, openIncident, type Records } from '../../../shared/incident/store';
import { type DeployedRoles, deployedRoles } from '../../fixtures/deployedRoles';
import { historyTableArn } from '../../fixtures/historyTable';
import { aSuspect } from '../../fixtures/suspect';
import { incidentOf, type Stage, startStage } from '../containment/stage';

describe('the history of an incident, under the permissions of a role', () => {
  let stage: Stage;
  let clients: LocalClients;
  let records: Records;
  let table: string;
  let attempts: DeployedRoles;
  beforeAll(async () => {
    stage = await startStage('history');
    clients = await stage.as('assess');
    records = { ...stage.records, db: clients.db };
    table = historyTableOf(records.table);
    attempts = deployedRoles(stage.aws, 'attempts', {
      IncidentTable: `arn:aws:dynamodb:${stage.aws.region}:${stage.aws.accountId}:table/${records.table}`,
      HistoryTable: historyTableArn(stage.aws, records.table),
    });
  });
  afterAll(() => stage.stop());

  const open = async (): Promise<Incident> => {
    const name = `victim-${Math.random().toString(36).slice(2)}`;
    const arn = `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
    const incident = incidentOf(aSuspect({ functionName: name, arn }));
    await openIncident(records, { ...incident, functionArn: arn }, {}, 'a rule: a title');
    return incident;
  };

  it('begins when it is opened, once, however often the step runs', async () => {
    const incident = await open();
    const again = { ...incident, functionArn: incident.functionArn ?? '' };
    await openIncident(records, again, {}, 'a rule: a title');

    expect(await listEntries(records, incident.id)).toMatchObject([
      { number: 1, kind: 'opened', text: 'a rule: a title', at: incident.openedAt, previous: '' },
    ]);
  });

  it('keeps every line of many that write at once, in one chain', async () => {
    const { id } = await open();
    const lines = Array.from({ length: 12 }, (_, index) => `line ${index}`);
    await Promise.all(lines.map((line) => appendEntry(records, id, 'told', line, { by: 'U0ONCALL' })));
    const entries = await listEntries(records, id);

    expect(entries.map(({ text }) => text).toSorted()).toEqual(['a rule: a title', ...lines].toSorted());
    expect(faultsInHistory(id, entries)).toEqual([]);
  });

  it('does not say twice what says when it was, nor the same refusal again and again', async () => {
    const { id } = await open();
    for (let times = 0; times < 3; times++) {
      await appendEntry(records, id, 'contain-role', 'denied', { at: '2026-11-20T10:00:00.000Z' });
      await appendEntry(records, id, 'decision-refused', 'no approver', { by: 'U0', unlessLast: true });
    }
    const kinds = (await listEntries(records, id)).map(({ kind }) => kind);

    expect(kinds.toSorted()).toEqual(['contain-role', 'decision-refused', 'opened']);
  });

  it('is read by time where a line says when it was, and is whole by number', async () => {
    const { id, openedAt } = await open();
    await appendEntry(records, id, 'later', 'b');
    const before = new Date(Date.parse(openedAt) + 1).toISOString();
    await appendEntry(records, id, 'contain-role', 'denied', { at: before });
    const entries = await listEntries(records, id);

    expect(entries.map(({ kind }) => kind)).toEqual(['opened', 'contain-role', 'later']);
    expect(faultsInHistory(id, entries)).toEqual([]);
  });

  it('cannot be changed with what the role may', async () => {
    const { id } = await open();
    // The same permissions under another name: what is tried here is nothing that the role wants.
    const { db } = stage.fresh(await attempts.as('assess'));
    const Key = entryKey(id, 1);
    const before = await listEntries(records, id);
    const partiQl = (Statement: string) =>
      new ExecuteStatementCommand({ Statement, Parameters: [Key.pk, Key.sk] });
    for (const attempt of [
      db.send(new PutCommand({ TableName: table, Item: { ...Key, text: 'forged' } })),
      db.send(
        new UpdateCommand({
          TableName: table,
          Key,
          UpdateExpression: 'SET kind = :kind',
          ExpressionAttributeValues: { ':kind': 'forged' },
        }),
      ),
      db.send(new DeleteCommand({ TableName: table, Key })),
      db.send(partiQl(`UPDATE "${table}" SET kind = 'forged' WHERE pk = ? AND sk = ?`)),
      db.send(partiQl(`DELETE FROM "${table}" WHERE pk = ? AND sk = ?`)),
    ])
      await expect(attempt).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(
      db.send(partiQl(`INSERT INTO "${table}" VALUE {'pk': ?, 'sk': ?, 'text': 'forged'}`)),
    ).rejects.toMatchObject({ name: 'DuplicateItemException' });

    expect(await listEntries(records, id)).toEqual(before);
  });

  it('shows what somebody changed who may', async () => {
    const { id } = await open();
    await appendEntry(records, id, 'decision', 'keep');
    await stage.clients.db.send(
      new UpdateCommand({
        TableName: table,
        Key: entryKey(id, 2),
        UpdateExpression: 'SET #text = :text',
        ExpressionAttributeNames: { '#text': 'text' },
        ExpressionAttributeValues: { ':text': 'release' },
      }),
    );
    expect(faultsInHistory(id, await listEntries(records, id))).toEqual([
      'entry 2 was changed: its digest does not fit',
    ]);
  });
});
