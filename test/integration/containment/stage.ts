import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { CreatePolicyCommand } from '@aws-sdk/client-iam';
import { startLocalAws } from '../../../local/aws/start';
import { type LocalAws, root } from '../../../local/aws/state';
import { stopLocalAws } from '../../../local/aws/stop';
import { type Credentials, type LocalClients, localClients } from '../../../local/clients';
import type { ControlTools } from '../../../shared/containment/control';
import type { Incident } from '../../../shared/incident/incident';
import type { Records } from '../../../shared/incident/store';
import type { Choices } from '../../../shared/policy/choices';
import type { Suspect } from '../../../shared/suspect/describe';
import { CHOICES } from '../../fixtures/choices';
import { deployedRoles } from '../../fixtures/deployedRoles';
import { historyTableArn, makeHistoryTable } from '../../fixtures/historyTable';
import { localQuarantine } from '../../fixtures/quarantine';

const TABLE = 'incidents';

/** A local AWS with an incident table and a deny policy, and nothing else of the stack. */
export type Stage = {
  readonly aws: LocalAws;
  /** The administrator's clients. */
  readonly clients: LocalClients;
  /** New clients, for tests that change them; the administrator's, or whoever's credentials are given. */
  readonly fresh: (credentials?: Credentials, maxAttempts?: number) => LocalClients;
  /**
   * Clients of one of the deployment's roles, with exactly the permissions that the template gives it. `names`: ARNs of
   * what a test has of the stack beside what is made here, by logical id, where the role is asked for the first time.
   */
  readonly as: (role: string, names?: Readonly<Record<string, string>>) => Promise<LocalClients>;
  /** What controls work with, on given clients. Nothing waits: the emulator settles at once. */
  readonly tools: (incident: Incident, clients?: LocalClients, choices?: Partial<Choices>) => ControlTools;
  readonly denyPolicyArn: string;
  readonly records: Records;
  readonly stop: () => Promise<void>;
};

/** Starts one of its own, so that test files can run side by side. */
export const startStage = async (name: string): Promise<Stage> => {
  const dir = `.local/test-${name}-${process.pid}`;
  const aws = await startLocalAws({ dir, progress: () => undefined, owner: process.pid });
  const fresh = (credentials?: Credentials, maxAttempts?: number) =>
    localClients(aws, credentials, maxAttempts);
  const clients = fresh();
  await clients.db.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
        { AttributeName: 'openPk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'open',
          KeySchema: [
            { AttributeName: 'openPk', KeyType: 'HASH' },
            { AttributeName: 'pk', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['incidentId'] },
        },
      ],
    }),
  );
  await makeHistoryTable(clients.db, TABLE);
  const { Policy } = await clients.iam.send(
    new CreatePolicyCommand({
      PolicyName: 'quarantine',
      PolicyDocument: localQuarantine('tourniquet-test'),
    }),
  );
  const denyPolicyArn = Policy?.Arn ?? '';
  const roles = deployedRoles(aws, 'tourniquet-test', {
    IncidentTable: `arn:aws:dynamodb:${aws.region}:${aws.accountId}:table/${TABLE}`,
    HistoryTable: historyTableArn(aws, TABLE),
    QuarantinePolicy: denyPolicyArn,
  });
  const recordsOf = (db: Records['db']): Records => ({ db, table: TABLE, now: () => new Date() });
  return {
    aws,
    clients,
    fresh,
    denyPolicyArn,
    records: recordsOf(clients.db),
    as: async (role, names) => fresh(await roles.as(role, names)),
    tools: (incident, { lambda, iam, sqs, scaling, db } = clients, choices = {}) => ({
      lambda,
      iam,
      sqs,
      scaling,
      records: recordsOf(db),
      denyPolicyArn,
      prefix: 'tourniquet-test',
      choices: { ...CHOICES, ...choices },
      inlineDeny: () => Promise.reject(new Error('no role is listed')),
      dependants: () => Promise.reject(new Error('every kind is off')),
      reach: null,
      reads: [],
      recycle: () => Promise.reject(new Error('no role is listed')),
      holder: `${incident.id}#${incident.containment}`,
      pause: () => Promise.resolve(),
    }),
    stop: async () => {
      await stopLocalAws(dir);
      await rm(join(root, dir), { recursive: true, force: true });
    },
  };
};

/** An incident about a suspect that is to be contained. */
export const incidentOf = (suspect: Suspect): Incident => ({
  id: `inc-20260101-${randomBytes(6).toString('hex')}`,
  status: 'containing',
  openedAt: new Date().toISOString(),
  executionArn: 'an-execution',
  functionArn: suspect.arn,
  functionName: suspect.functionName,
  accountId: suspect.accountId,
  region: suspect.region,
  qualifier: suspect.qualifier,
  roleArn: suspect.roleArn,
  logGroup: suspect.logGroup,
  timeoutSeconds: suspect.timeoutSeconds,
  mode: 'respond',
  disposition: 'respond',
  because: [],
  witnesses: {},
  containment: 1,
  round: 1,
});
