import {
  cutClients,
  eventsClient,
  iamClient,
  kinesisClient,
  lambdaClient,
  metricsClient,
  scalingClient,
  sqsClient,
  ssmClient,
  tableClient,
} from '../shared/aws/clients';
import { listEnv } from '../shared/aws/environment';
import { readSettings } from '../shared/aws/settings';
import { planContainment } from '../shared/containment/plan';
import { receiptOf, stepLine } from '../shared/containment/planned';
import { controlTools } from '../shared/containment/tools';
import { findOnly } from '../shared/dependants/findOnly';
import { stepInput } from '../shared/incident/stepInput';
import { appendEntry, getIncident, type Records, updateIncident } from '../shared/incident/store';
import { refusal } from '../shared/policy/guards';
import { suspectOf } from '../shared/suspect/ofIncident';

const settings = readSettings();
const lambda = lambdaClient();
const iam = iamClient();
const sqs = sqsClient();
const scaling = scalingClient();
const events = eventsClient();
const metrics = metricsClient();
const kinesis = kinesisClient();
const dependants = findOnly(settings, listEnv('TOURNIQUET_MEMBER_ACCOUNTS'), {
  ...cutClients(),
  ssm: ssmClient(),
});
const records: Records = { db: tableClient(), table: settings.table, now: () => new Date() };

/** In the mode `observe`: what would have been done, as a receipt. Reads, and changes nothing. */
export const handler = async (input: unknown): Promise<{ readonly incidentId: string }> => {
  const { incidentId } = stepInput.parse(input);
  const incident = await getIncident(records, incidentId);
  const tools = {
    ...controlTools({ lambda, iam, sqs, scaling, records }, settings, incident),
    dependants,
  };
  const suspect = await suspectOf(incident, lambda);
  const refused = refusal(suspect, settings);
  const receipt = receiptOf(await planContainment(suspect, tools, { events, metrics, kinesis, refused }));
  await updateIncident(records, incidentId, { receipt });
  await appendEntry(records, incidentId, 'receipt', receipt.steps.map(stepLine).join('; '));
  return { incidentId };
};
