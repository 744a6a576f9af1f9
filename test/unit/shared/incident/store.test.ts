import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Incident } from '../../../../shared/incident/incident';
import { closeIncident } from '../../../../shared/incident/store';
import { anIncident } from '../../../fixtures/incident';

/** A table whose transaction is cancelled, and that then reads so. */
const cancelling = (code: string, then: Incident) => {
  const db = {
    send: async (command: object) => {
      if (command.constructor.name === 'GetCommand') return { Item: { ...then } };
      throw new TransactionCanceledException({
        message: 'cancelled',
        $metadata: {},
        CancellationReasons: [{ Code: code }, { Code: 'None' }],
      });
    },
  } as unknown as DynamoDBDocumentClient;
  return { db, table: 'incidents', now: () => new Date('2026-11-20T12:00:00.000Z') };
};

describe('closeIncident', () => {
  const incident = anIncident({ status: 'watching' });

  it('is done when it was done before', async () => {
    const records = cancelling('ConditionalCheckFailed', { ...incident, status: 'closed' });

    expect(await closeIncident(records, incident)).toBe(true);
  });

  it('leaves an incident open whose function came back meanwhile', async () => {
    const records = cancelling('ConditionalCheckFailed', { ...incident, relapse: 'Trojan: again' });

    expect(await closeIncident(records, incident)).toBe(false);
  });

  it.each<[string, Incident['status']]>([
    ['TransactionConflict', 'watching'],
    ['TransactionConflict', 'asking'],
    ['ThrottlingError', 'watching'],
  ])('takes %s while it is %s for a reason to try again, not for a relapse', async (code, status) => {
    const records = cancelling(code, { ...incident, status });

    await expect(closeIncident(records, { ...incident, status })).rejects.toThrow('cancelled');
  });
});
