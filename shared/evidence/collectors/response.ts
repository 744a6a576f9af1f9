import { readLedgers } from '../../containment/ledger';
import { getEvent, listEntries } from '../../incident/store';
import { type Artifact, type Collector, json } from '../collector';

/** What was reported and what we changed, so that our own changes can be told from the attacker's. */
export const response: Collector = {
  id: 'response',
  title: 'Finding and ledger',
  permissions: ['dynamodb:GetItem', 'dynamodb:Query'],
  async *collect({ incident }, { records }): AsyncIterable<Artifact> {
    yield {
      name: 'response/event.json',
      contentType: 'application/json',
      source: 'EventBridge',
      body: json(await getEvent(records, incident.id)),
    };
    yield {
      name: 'response/ledger.json',
      contentType: 'application/json',
      source: 'Tourniquet ledger',
      body: json({ witnesses: incident.witnesses, ledger: await readLedgers(records, incident) }),
    };
    yield {
      name: 'response/history.json',
      contentType: 'application/json',
      source: 'Tourniquet history',
      body: json(await listEntries(records, incident.id)),
    };
  },
};
