import {
  DeleteResourcePolicyCommand,
  DescribeTableCommand,
  GetResourcePolicyCommand,
  PolicyNotFoundException,
  PutResourcePolicyCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import type { CutClients } from '../cut';
import { cutOffOf } from '../cutOffStatement';
import { reachedOf } from '../reached';
import { type Live, orNull, type PolicyHolder } from './holder';
import { untilSeen } from './untilSeen';

/** DynamoDB's own word for the revision of a policy that is not there (API reference, PutResourcePolicy). */
const NO_POLICY = 'NO_POLICY';

/** DynamoDB says the same of a table that is being made or changed: that is not gone, and is an error. */
const isGone = async (TableName: string, { tables }: CutClients): Promise<boolean> => {
  try {
    await tables.send(new DescribeTableCommand({ TableName }));
    return false;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return true;
    throw error;
  }
};

const read = async (arn: string, clients: CutClients): Promise<Live | 'gone'> => {
  try {
    const found = await clients.tables.send(new GetResourcePolicyCommand({ ResourceArn: arn }));
    return { policy: orNull(found.Policy), revision: found.RevisionId };
  } catch (error) {
    if (error instanceof PolicyNotFoundException) return { policy: null, revision: NO_POLICY };
    if (error instanceof ResourceNotFoundException && (await isGone(arn, clients))) return 'gone';
    throw error;
  }
};

/**
 * Writes only over what it has read (`ExpectedRevisionId`): of what was read late, or written meanwhile by somebody, it
 * throws DynamoDB's PolicyNotFoundException, and whoever asked tries again. Two writes within 15 seconds are refused too
 * (DynamoDB developer guide, "Resource-based policy considerations"). A policy is read as it was for some seconds (API
 * reference, PutResourcePolicy).
 */
export const table: PolicyHolder = {
  kind: 'table',
  permissions: [
    'dynamodb:GetResourcePolicy',
    'dynamodb:PutResourcePolicy',
    'dynamodb:DeleteResourcePolicy',
    'dynamodb:DescribeTable',
  ],
  list: async (reach, clients) => reachedOf(reach, 'table', clients),
  // Its indexes are under its policy, its stream is not: that has one of its own.
  statement: (arn, roleArn) => cutOffOf(roleArn, 'dynamodb:*', [arn, `${arn}/index/*`]),
  read,
  put: async (arn, Policy, clients, { revision }) => {
    const { RevisionId } = await clients.tables.send(
      new PutResourcePolicyCommand({ ResourceArn: arn, Policy, ExpectedRevisionId: revision }),
    );
    await untilSeen(async () => {
      const seen = await read(arn, clients);
      return seen === 'gone' || seen.revision === RevisionId;
    });
  },
  remove: async (arn, { tables }, { revision }) => {
    await tables.send(new DeleteResourcePolicyCommand({ ResourceArn: arn, ExpectedRevisionId: revision }));
  },
  putWords: (arn, policy) => [
    ...['dynamodb', 'put-resource-policy', '--resource-arn', arn],
    ...['--policy', policy],
  ],
  removeWords: (arn) => ['dynamodb', 'delete-resource-policy', '--resource-arn', arn],
};
