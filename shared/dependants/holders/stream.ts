import {
  DeleteResourcePolicyCommand,
  GetResourcePolicyCommand,
  PutResourcePolicyCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-kinesis';
import { cutOffOf } from '../cutOffStatement';
import { reachedOf } from '../reached';
import { orNull, type PolicyHolder } from './holder';

/**
 * All that Kinesis takes in the policy of a stream; it refuses every other action, and wildcards (Kinesis developer guide,
 * "Controlling access": "Kinesis Data Streams actions that can be shared" and "Policy limits"; DescribeStream: "Share
 * access using resource-based policies").
 */
const ACTIONS = [
  'kinesis:DescribeStream',
  'kinesis:DescribeStreamSummary',
  'kinesis:GetRecords',
  'kinesis:GetShardIterator',
  'kinesis:ListShards',
  'kinesis:PutRecord',
  'kinesis:PutRecords',
];

export const stream: PolicyHolder = {
  kind: 'stream',
  permissions: ['kinesis:GetResourcePolicy', 'kinesis:PutResourcePolicy', 'kinesis:DeleteResourcePolicy'],
  list: async (reach, clients) => reachedOf(reach, 'stream', clients),
  statement: (arn, roleArn) => cutOffOf(roleArn, ACTIONS, arn),
  read: async (arn, { kinesis }) => {
    try {
      const { Policy } = await kinesis.send(new GetResourcePolicyCommand({ ResourceARN: arn }));
      return { policy: orNull(Policy) };
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return 'gone';
      throw error;
    }
  },
  put: async (arn, Policy, { kinesis }) => {
    await kinesis.send(new PutResourcePolicyCommand({ ResourceARN: arn, Policy }));
  },
  remove: async (arn, { kinesis }) => {
    await kinesis.send(new DeleteResourcePolicyCommand({ ResourceARN: arn }));
  },
  putWords: (arn, policy) => [
    ...['kinesis', 'put-resource-policy', '--resource-arn', arn],
    ...['--policy', policy],
  ],
  removeWords: (arn) => ['kinesis', 'delete-resource-policy', '--resource-arn', arn],
};
