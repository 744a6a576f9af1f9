import {
  type CloudWatchLogsClient,
  GetDataProtectionPolicyCommand,
  PutDataProtectionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { protectionPage, protectionPolicy, protectLogs } from '../../../cli/protectLogs';

/** CloudWatch Logs with one log group, as the local AWS has no data protection: the shapes are those of the API reference. */
const logsWith = (policyDocument?: string) => {
  const put: string[] = [];
  const client = {
    send: async (command: unknown) => {
      if (command instanceof GetDataProtectionPolicyCommand) return { policyDocument };
      if (command instanceof PutDataProtectionPolicyCommand) put.push(command.input.policyDocument ?? '');
      return {};
    },
  } as unknown as CloudWatchLogsClient;
  return { client, put };
};
const GROUP = '/aws/lambda/order-worker';

describe('tourniquet protect-logs', () => {
  it('has the same identifiers in both statements, as CloudWatch Logs demands', () => {
    const { Statement } = JSON.parse(protectionPolicy('aws-cn')) as {
      Statement: readonly { readonly DataIdentifier: readonly string[]; readonly Operation: object }[];
    };

    expect(Statement.map(({ Operation }) => Object.keys(Operation))).toEqual([['Audit'], ['Deidentify']]);
    expect(Statement[0]?.DataIdentifier).toEqual(Statement[1]?.DataIdentifier);
    expect(Statement[0]?.DataIdentifier).toContain(
      'arn:aws-cn:dataprotection::aws:data-identifier/EmailAddress',
    );
  });

  it('shows a command that a shell takes as one word each, whatever the log group is called', () => {
    const page = protectionPage("/aws/lambda/$(reboot)';x", 'eu-west-1', 'aws');

    expect(page).toContain(`--log-group-identifier '/aws/lambda/$(reboot)'\\'';x'`);
    expect(page).toContain('--region eu-west-1');
  });

  it('puts it on where there is none', async () => {
    const { client, put } = logsWith();

    expect(await protectLogs(client, GROUP, 'aws')).toBe('protected');
    expect(put).toEqual([protectionPolicy('aws')]);
  });

  it('leaves its own alone, and brings an older one of its own up to date', async () => {
    const same = logsWith(protectionPolicy('aws'));
    const older = logsWith(JSON.stringify({ Name: 'tourniquet', Version: '2021-06-01', Statement: [] }));

    expect(await protectLogs(same.client, GROUP, 'aws')).toBe('was protected');
    expect(same.put).toEqual([]);
    expect(await protectLogs(older.client, GROUP, 'aws')).toBe('protected');
  });

  it("replaces nobody else's, and names it", async () => {
    const { client, put } = logsWith(JSON.stringify({ Name: 'theirs', Statement: [] }));

    await expect(protectLogs(client, GROUP, 'aws')).rejects.toThrow('(theirs)');
    expect(put).toEqual([]);
  });
});
