import { randomBytes } from 'node:crypto';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { LocalClients } from '../clients';

export type FindingOptions = {
  readonly functionArn: string;
  readonly role: string;
  readonly type?: string;
  readonly severity?: number;
  readonly sample?: boolean;
  readonly id?: string;
};

/**
 * The `detail` of a GuardDuty finding about a function, in the shape of EventBridge: fields as the GuardDuty API
 * reference describes them (LambdaDetails, Service), values written for this project.
 */
export const findingDetail = (options: FindingOptions): Record<string, unknown> => {
  const { functionArn, role, severity = 8, sample = false } = options;
  const { type = 'CryptoCurrency:Lambda/BitcoinTool.B', id = randomBytes(16).toString('hex') } = options;
  const [, , , region = '', accountId = '', , functionName = ''] = functionArn.split(':');
  const now = new Date().toISOString();
  return {
    schemaVersion: '2.0',
    accountId,
    region,
    partition: 'aws',
    id,
    arn: `arn:aws:guardduty:${region}:${accountId}:detector/0000000000000000000000000000000f/finding/${id}`,
    type,
    resource: {
      resourceType: 'Lambda',
      lambdaDetails: {
        functionArn,
        functionName,
        functionVersion: '$LATEST',
        lastModifiedAt: now,
        revisionId: '00000000-0000-4000-8000-000000000000',
        role,
        tags: [],
        vpcConfig: { subnetIds: [], vpcId: '', securityGroups: [] },
      },
    },
    service: {
      serviceName: 'guardduty',
      detectorId: '0000000000000000000000000000000f',
      action: {
        actionType: 'NETWORK_CONNECTION',
        networkConnectionAction: {
          connectionDirection: 'OUTBOUND',
          protocol: 'TCP',
          blocked: false,
          remoteIpDetails: { ipAddressV4: '198.51.100.23' },
          remotePortDetails: { port: 3333, portName: 'Unknown' },
        },
      },
      resourceRole: 'ACTOR',
      additionalInfo: sample ? { sample: true } : {},
      eventFirstSeen: now,
      eventLastSeen: now,
      archived: false,
      count: 1,
    },
    severity,
    createdAt: now,
    updatedAt: now,
    title: `The Lambda function ${functionName} is querying a network address that is associated with Bitcoin-related activity.`,
    description: `The Lambda function ${functionName} is communicating with an IP address on a list of addresses that mine cryptocurrency.`,
  };
};

/** Puts a GuardDuty event on the default bus, as GuardDuty would. On the local AWS its administrator may. */
export const putGuardDutyEvent = async ({ events }: LocalClients, detail: unknown): Promise<void> => {
  const { FailedEntryCount, Entries } = await events.send(
    new PutEventsCommand({
      Entries: [{ Source: 'aws.guardduty', DetailType: 'GuardDuty Finding', Detail: JSON.stringify(detail) }],
    }),
  );
  if (FailedEntryCount)
    throw new Error(`the event was not taken: ${Entries?.[0]?.ErrorMessage ?? 'no reason given'}`);
};
