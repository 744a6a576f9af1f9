import { kmsClient, s3Client, sqsClient, stsClient, tableClient } from '../shared/aws/clients';
import { requireEnv } from '../shared/aws/environment';
import { readSettings } from '../shared/aws/settings';
import { readLedgers } from '../shared/containment/ledger';
import { json } from '../shared/evidence/collector';
import type { Piece } from '../shared/evidence/manifest';
import { seal } from '../shared/evidence/seal';
import { sealManifest } from '../shared/evidence/sealManifest';
import { vaultOf } from '../shared/evidence/vault';
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
const sqs = sqsClient();
const records: Records = { db: tableClient(), table: settings.table, now: () => new Date() };
const aws = { s3: s3Client(), kms: kmsClient(), sts: stsClient() };
const vault = vaultOf(settings, requireEnv('TOURNIQUET_SIGNING_KEY_ARN'), aws, records.now);

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
  const folder = `incidents/${incidentId}`;
  const report = postMortem(incident, ledger, history, at);
  const piece = async (name: string, contentType: string, text: string): Promise<Piece> => ({
    ...(await seal(vault, `${folder}/${name}`, contentType, text, { kept: 'record' })),
    artifact: name,
    source: 'Tourniquet record, ledger and history',
    collectedAt: records.now().toISOString(),
    completeness: 'complete',
  });
  const page = await piece('post-mortem.md', 'text/markdown; charset=utf-8', report);
  const data = await piece('post-mortem.json', 'application/json', json({ incident, ledger, history }));
  await sealManifest(vault, records, incident, {
    kind: 'post-mortem',
    key: `${folder}/post-mortem.manifest.json`,
    entries: [page, data],
  });
  const { versionId, sha256 } = page;
  await updateIncident(records, incidentId, {
    postMortemKey: page.key,
    postMortemSeal: { versionId, sha256 },
  });
  const closed = await closeIncident(records, incident);
  if (closed) {
    const kept = await deleteHeldQueue({ ...incident, status: 'closed' }, { sqs, records });
    await appendEntry(records, incidentId, 'closed', ['closed', ...kept].join('; '));
  }
  return { incidentId, closed };
};
