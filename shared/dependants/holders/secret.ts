import {
  DeleteResourcePolicyCommand,
  GetResourcePolicyCommand,
  InvalidRequestException,
  PutResourcePolicyCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-secrets-manager';
import { cutOffOf } from '../cutOffStatement';
import { reachedOf } from '../reached';
import { orNull, type PolicyHolder } from './holder';

export const secret: PolicyHolder = {
  kind: 'secret',
  permissions: [
    'secretsmanager:GetResourcePolicy',
    'secretsmanager:PutResourcePolicy',
    'secretsmanager:DeleteResourcePolicy',
  ],
  list: async (reach, clients) => reachedOf(reach, 'secret', clients),
  // In a secret's own policy every resource is the secret (Secrets Manager user guide, "Resource-based policies").
  statement: (_arn, roleArn) => cutOffOf(roleArn, 'secretsmanager:*', '*'),
  read: async (arn, { secrets }) => {
    try {
      const { ResourcePolicy } = await secrets.send(new GetResourcePolicyCommand({ SecretId: arn }));
      return { policy: orNull(ResourcePolicy) };
    } catch (error) {
      // The latter: it is to be deleted, and nobody reads it any more.
      if (error instanceof ResourceNotFoundException || error instanceof InvalidRequestException)
        return 'gone';
      throw error;
    }
  },
  put: async (arn, ResourcePolicy, { secrets }) => {
    await secrets.send(new PutResourcePolicyCommand({ SecretId: arn, ResourcePolicy }));
  },
  remove: async (arn, { secrets }) => {
    await secrets.send(new DeleteResourcePolicyCommand({ SecretId: arn }));
  },
  putWords: (arn, policy) => [
    ...['secretsmanager', 'put-resource-policy', '--secret-id', arn],
    ...['--resource-policy', policy],
  ],
  removeWords: (arn) => ['secretsmanager', 'delete-resource-policy', '--secret-id', arn],
};
