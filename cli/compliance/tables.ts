import { DescribeContinuousBackupsCommand, DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { TableState } from '../../shared/compliance/facts';
import { historyTableOf } from '../../shared/incident/keys';

const stateOf = async (db: DynamoDBDocumentClient, table: string): Promise<TableState> => {
  const [{ Table }, { ContinuousBackupsDescription }] = await Promise.all([
    db.send(new DescribeTableCommand({ TableName: table })),
    db.send(new DescribeContinuousBackupsCommand({ TableName: table })),
  ]);
  return {
    table,
    deletionProtected: Table?.DeletionProtectionEnabled === true,
    recoverable:
      ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus === 'ENABLED',
    kms: Table?.SSEDescription?.Status === 'ENABLED',
  };
};

/** The table of the incidents, and that of their histories. */
export const tablesOf = (db: DynamoDBDocumentClient, table: string): Promise<readonly TableState[]> =>
  Promise.all([table, historyTableOf(table)].map((name) => stateOf(db, name)));
