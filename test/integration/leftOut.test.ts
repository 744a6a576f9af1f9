import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateStackCommand, DescribeStackEventsCommand } from '@aws-sdk/client-cloudformation';
import { startLocalAws } from '../../local/aws/start';
import { root } from '../../local/aws/state';
import { stopLocalAws } from '../../local/aws/stop';
import { type LocalClients, localClients } from '../../local/clients';
import { until } from '../../local/until';

// The list is CommonJS, as the deployment tool loads it.
const LEFT_OUT = require('../../infrastructure/leftOut.cjs') as Readonly<Record<string, string>>;
const DIR = `.local/test-left-out-${process.pid}`;

/** What each entry of the list would be, at its smallest. */
const TRIES: Readonly<Record<string, object>> = {
  Trail: { Type: 'AWS::CloudTrail::Trail', Properties: { S3BucketName: 'anywhere', IsLogging: true } },
  EventBusPolicy: {
    Type: 'AWS::Events::EventBusPolicy',
    Properties: {
      StatementId: 'a',
      Statement: {
        Effect: 'Deny',
        Principal: '*',
        Action: 'events:PutEvents',
        Resource: 'arn:aws:events:us-east-1:000000000000:event-bus/default',
      },
    },
  },
};

const SAVED_QUERY = { Type: 'AWS::Logs::QueryDefinition', Properties: { Name: 'a', QueryString: 'limit 1' } };

describe('what the local stage leaves out', () => {
  let clients: LocalClients;
  beforeAll(async () => {
    clients = localClients(
      await startLocalAws({ dir: DIR, progress: () => undefined, owner: process.pid, environment: {} }),
    );
  });
  afterAll(async () => {
    await stopLocalAws(DIR);
    await rm(join(root, DIR), { recursive: true, force: true });
  });

  it.each(Object.entries(LEFT_OUT))('%s is still unknown to the local AWS', async (name) => {
    const { cloudFormation } = clients;
    const StackName = `try-${name}`;
    const TemplateBody = JSON.stringify({
      Resources: { [name]: name.endsWith('Query') ? SAVED_QUERY : TRIES[name] },
    });
    const refused = await cloudFormation.send(new CreateStackCommand({ StackName, TemplateBody })).then(
      () => false,
      () => true,
    );
    const failed =
      refused ||
      (await until('an outcome', 30, async () => {
        const { StackEvents = [] } = await cloudFormation.send(new DescribeStackEventsCommand({ StackName }));
        const states = StackEvents.map(({ ResourceStatus = '' }) => ResourceStatus);
        if (states.some((state) => state.includes('FAILED') || state.includes('ROLLBACK'))) return 'failed';
        return states.includes('CREATE_COMPLETE') ? 'created' : null;
      })) === 'failed';
    expect(failed).toBe(true);
  });
});
