import {
  type CloudWatchLogsClient,
  GetDataProtectionPolicyCommand,
  PutDataProtectionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { bold, dim, tame } from '../local/print';
import { awsCli } from '../shared/containment/awsCli';

/** The log group has another data protection policy, which would be replaced. */
export class AlreadyProtectedError extends Error {
  override readonly name = 'AlreadyProtectedError';
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL-managed-data-identifiers.html */
const IDENTIFIERS = [
  'AwsSecretKey',
  'OpenSshPrivateKey',
  'PgpPrivateKey',
  'PkcsPrivateKey',
  'PuttyPrivateKey',
  'EmailAddress',
  'CreditCardNumber',
  'Ssn-US',
] as const;

const NAME = 'tourniquet';

/**
 * A data protection policy of CloudWatch Logs: what it finds in new events is counted in a metric
 * (`LogEventsWithFindings`) and masked for everybody without `logs:Unmask`. Each identifier must be in both statements.
 */
export const protectionPolicy = (partition: string): string => {
  const DataIdentifier = IDENTIFIERS.map(
    (identifier) => `arn:${partition}:dataprotection::aws:data-identifier/${identifier}`,
  );
  return JSON.stringify({
    Name: NAME,
    Description: 'Masks credentials and personal data in the logs of a guarded function',
    Version: '2021-06-01',
    Statement: [
      { Sid: 'audit', DataIdentifier, Operation: { Audit: { FindingsDestination: {} } } },
      { Sid: 'redact', DataIdentifier, Operation: { Deidentify: { MaskConfig: {} } } },
    ],
  });
};

/** What is offered for a log group, to read and to run. */
export const protectionPage = (logGroup: string, region: string, partition: string): string =>
  [
    bold(`Data protection for ${tame(logGroup)}`),
    `Masks in what is logged from now on: ${IDENTIFIERS.join(', ')}`,
    dim('Nobody sees what is masked without logs:Unmask: the evidence that is gathered has it masked too.'),
    dim(
      'CloudWatch Logs bills each gigabyte that it looks through. Nothing was changed; with --apply it is.',
    ),
    '',
    awsCli(
      region,
      'logs',
      'put-data-protection-policy',
      '--log-group-identifier',
      logGroup,
      '--policy-document',
      protectionPolicy(partition),
    ),
  ].join('\n');

/**
 * Puts the policy on a log group with the caller's own credentials. One that is there is somebody else's decision: throws
 * {@link AlreadyProtectedError}, unless it is this one.
 */
export const protectLogs = async (
  logs: CloudWatchLogsClient,
  logGroup: string,
  partition: string,
): Promise<'protected' | 'was protected'> => {
  const wanted = protectionPolicy(partition);
  const { policyDocument } = await logs.send(
    new GetDataProtectionPolicyCommand({ logGroupIdentifier: logGroup }),
  );
  if (policyDocument !== undefined && policyDocument !== '') {
    const { Name } = JSON.parse(policyDocument) as { readonly Name?: unknown };
    if (Name !== NAME)
      throw new AlreadyProtectedError(
        `${logGroup} has a data protection policy already (${String(Name)}): add the identifiers to it yourself`,
      );
    if (JSON.stringify(JSON.parse(policyDocument)) === wanted) return 'was protected';
  }
  await logs.send(
    new PutDataProtectionPolicyCommand({ logGroupIdentifier: logGroup, policyDocument: wanted }),
  );
  return 'protected';
};
