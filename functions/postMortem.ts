import { s3Client, sqsClient, tableClient } from '../shared/aws/clients';
import { readSettings } from '../shared/aws/settings';
import { readLedgers } from '../shared/containment/ledger';
import { json } from '../shared/evidence/collector';
import { seal } from '../shared/evidence/seal';
import { stepInput } from '../shared/incident/stepInput';
import {
  appendEntry,
  closeIncident,
  getIncident,
  listEntries,
  type Records,
  updateIncident,
} from '../shared/incident/store';
import { deleteHeldQueue } from '../shared/recovery/replay';
import { postMortem } from '../shared/report/postMortem';

const settings = readSettings();
const s3 = s3Client();
const sqs = sqsClient();
const records: Records = { db: tableClient(), table: settings.table, now: () => new Date() };

/** Writes the post-mortem beside the evidence and closes the incident, unless a relapse came in between. */
export const handler = async (
  input: unknown,
): Promise<{ readonly incidentId: string; readonly closed: boolean }> => {
  const { incidentId } = stepInput.parse(input);
  const incident = await getIncident(records, incidentId);
  // Closed by an attempt that died before it had tidied up.
  if (incident.status === 'closed') {
    await deleteHeldQueue(incident, { sqs, records });
    return { incidentId, closed: true };
  }
  const at = records.now();
  const [ledger, history] = await Promise.all([
    readLedgers(records, incident),
    listEntries(records, incidentId),
  ]);
  const vault = {
    s3,
    bucket: settings.evidenceBucket,
    lockMode: settings.lockMode,
    retentionDays: settings.retentionDays,
    now: records.now,
  };
  const folder = `incidents/${incidentId}`;
  const report = postMortem(incident, ledger, history, at);
  const { key } = await seal(vault, `${folder}/post-mortem.md`, 'text/markdown; charset=utf-8', report);
  await seal(vault, `${folder}/post-mortem.json`, 'application/json', json({ incident, ledger, history }));
  await updateIncident(records, incidentId, { postMortemKey: key });
  const closed = await closeIncident(records, incident);
  if (closed) {
    const kept = await deleteHeldQueue({ ...incident, status: 'closed' }, { sqs, records });
    await appendEntry(records, incidentId, 'closed', ['closed', ...kept].join('; '));
  }
  return { incidentId, closed };
};
