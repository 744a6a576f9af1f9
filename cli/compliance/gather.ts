import { CloudTrailClient } from '@aws-sdk/client-cloudtrail';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import {
  downloadClient,
  iamClient,
  kmsClient,
  lambdaClient,
  logsClient,
  metricsClient,
  s3Client,
  snsClient,
  stsClient,
  tableClient,
} from '../../shared/aws/clients';
import type { Facts } from '../../shared/compliance/facts';
import { listIncidents, type Records } from '../../shared/incident/store';
import { audit } from '../audit';
import { alarmsOf, subscriptionsOf } from '../doctor/channels';
import { gatherFacts } from '../doctor/facts';
import { keysOf } from '../doctor/sources';
import type { Target } from '../target';
import { ask } from './answer';
import { bucketFacts } from './bucket';
import {
  alarmsLook,
  functionsOf,
  keysLook,
  lastDrillOf,
  logGroupsOf,
  rulesLook,
  trailLook,
} from './deployment';
import { manifestsOf } from './manifests';
import { leastGiven, mostGiven } from './permissions';
import { roleStates } from './roles';
import { tablesOf } from './tables';

/** Where the deployment is: its settings name the bucket and the topic. */
const settingOf = (functions: Facts['functions'], name: string): string => {
  const value =
    'got' in functions ? functions.got.find(({ settings }) => settings[name])?.settings[name] : '';
  if (value === undefined || value === '') throw new Error(`the functions' settings do not name ${name}`);
  return value;
};

/** Asks the live deployment for everything that the checks judge. `step` is told as each answer is there. */
export const gatherFor = async (
  { prefix, region, table }: Target,
  policyFile: Facts['policyFile'],
  step: () => void,
): Promise<Facts> => {
  const asked = async <T>(work: () => Promise<T>) => ask(work()).finally(step);
  const records: Records = { db: tableClient(), table, now: () => new Date() };
  const functions = await asked(() => functionsOf(lambdaClient(), prefix));
  const cloudTrail = new CloudTrailClient({ region });
  const seen = gatherFacts(
    { prefix, region, cloudTrail, events: (of) => new EventBridgeClient({ region: of }) },
    { knownDeployers: [], defaultMode: '', dataEvents: [] },
  );
  const incidents = listIncidents(records);
  // Whoever waits for it says so; until then it must not end the process.
  incidents.catch(() => undefined);
  const bucketName = await ask((async () => settingOf(functions, 'TOURNIQUET_EVIDENCE_BUCKET'))());
  const [roles, bucket, tables, keys, logGroups, trail, rules, alarms, history, manifests, lastDrill] =
    await Promise.all([
      asked(async () => {
        const { Arn = '', Account = '' } = await stsClient().send(new GetCallerIdentityCommand({}));
        const place = {
          accountId: Account,
          partition: Arn.split(':')[1] ?? 'aws',
          rolePrefix: `${prefix}-${region}`,
        };
        return roleStates(iamClient(), place, leastGiven(prefix), mostGiven(prefix));
      }),
      'got' in bucketName
        ? bucketFacts(s3Client(), bucketName.got).finally(step)
        : {
            lock: bucketName,
            bucketEncryption: bucketName,
            publicAccessBlock: bucketName,
            versioning: bucketName,
          },
      asked(() => tablesOf(records.db, table)),
      asked(async () => keysLook(await keysOf(kmsClient(), prefix))),
      asked(() => logGroupsOf(logsClient(), prefix)),
      asked(async () => trailLook(await seen)),
      asked(async () => rulesLook(await seen)),
      asked(async () =>
        alarmsLook(
          await alarmsOf(metricsClient(), prefix),
          await subscriptionsOf(snsClient(), settingOf(functions, 'TOURNIQUET_ALERT_TOPIC_ARN')),
        ),
      ),
      asked(async () => {
        const { incidents: count, faults } = await audit(records, undefined, []);
        return {
          found: `${count} incident(s)`,
          problems: faults.map(({ incident, fault }) => `${incident}: ${fault}`),
        };
      }),
      asked(async () => manifestsOf(downloadClient(), kmsClient(), prefix, await incidents)),
      asked(async () => lastDrillOf(await incidents)),
    ]);
  return {
    now: records.now(),
    roles,
    functions,
    policyFile,
    ...bucket,
    tables,
    keys,
    logGroups,
    trail,
    rules,
    alarms,
    history,
    manifests,
    lastDrill,
  };
};

/** How often `step` is told at the most. */
export const STEPS = 12;
