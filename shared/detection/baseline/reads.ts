import type { Call } from '../call';
import { at, numberOf } from '../fields';

/** Calls that hand out data, by service: what a bulk read is made of. */
const READS: Readonly<Record<string, RegExp>> = {
  s3: /^(?:GetObject|GetObjectVersion|SelectObjectContent|GetObjectTorrent)$/,
  dynamodb:
    /^(?:GetItem|BatchGetItem|TransactGetItems|Query|Scan|ExecuteStatement|BatchExecuteStatement|GetRecords)$/,
  secretsmanager: /^(?:GetSecretValue|BatchGetSecretValue)$/,
  ssm: /^GetParameter(?:s|sByPath|History)?$/,
  'rds-data': /^(?:ExecuteStatement|BatchExecuteStatement|ExecuteSql)$/,
  'redshift-data': /^(?:ExecuteStatement|BatchExecuteStatement|GetStatementResult)$/,
  athena: /^(?:StartQueryExecution|GetQueryResults)$/,
  kinesis: /^GetRecords$/,
  sqs: /^ReceiveMessage$/,
  kms: /^Decrypt$/,
};

export const isRead = ({ service, name, error }: Pick<Call, 'service' | 'name' | 'error'>): boolean =>
  error === null && Object.hasOwn(READS, service) && READS[service]?.test(name) === true;

/** Bytes that S3 says it handed out (data events: `additionalEventData.bytesTransferredOut`). */
export const bytesOf = (call: Call): number => {
  const bytes = call.service === 's3' ? numberOf(at(call.more, 'bytesTransferredOut')) : null;
  return bytes !== null && bytes > 0 ? bytes : 0;
};
