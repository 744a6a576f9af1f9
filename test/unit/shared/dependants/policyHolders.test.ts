import { PolicyNotFoundException, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { KMSServiceException, NotFoundException } from '@aws-sdk/client-kms';
import { resourcePolicies } from '../../../../shared/dependants/cuts/resourcePolicies';
import { holderOf } from '../../../../shared/dependants/policyHolders';
import { ACCOUNT, cutClients, reachOf } from './cutClients';

const TABLE = `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/orders`;
const STREAM = `arn:aws:kinesis:eu-west-1:${ACCOUNT}:stream/orders`;
const TOPIC = `arn:aws:sns:eu-west-1:${ACCOUNT}:orders`;
const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const ROLE = reachOf().roleArn;
type Input = Readonly<Record<string, unknown>>;

const policyFor = (...AWS: readonly string[]): string =>
  JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: { AWS }, Action: '*', Resource: '*' }] });
const admitting = policyFor(`arn:aws:iam::${ACCOUNT}:root`);
const targetOf = (arn: string, policy: string | null = admitting) => ({
  id: `${arn}#TourniquetCutOff0`,
  before: { policy },
  breaks: '',
});

describe('what a stream and a topic are denied', () => {
  it.each([
    ['a stream', STREAM, 'kinesis:PutRecord'],
    ['a topic', TOPIC, 'sns:Publish'],
  ])('%s: each action by its name, as their services take no wildcard', (_name, arn, action) => {
    const actions = [holderOf(arn).statement(arn, ROLE).Action].flat();
    expect(actions).toContain(action);
    expect(actions.filter((name) => name.includes('*'))).toEqual([]);
  });
});

describe('the policy of a table', () => {
  const missing = () => {
    throw new ResourceNotFoundException({ $metadata: {}, message: 'not found, or not ACTIVE' });
  };

  it('is written over what was read alone, and waited for until it is seen', async () => {
    const puts: Input[] = [];
    let reads = 0;
    const clients = cutClients({
      // Read late once after it was written, as DynamoDB does for some seconds.
      GetResourcePolicy: () => {
        reads += 1;
        return reads < 3
          ? { Policy: admitting, RevisionId: '1' }
          : { Policy: String(puts[0]?.Policy), RevisionId: '2' };
      },
      PutResourcePolicy: (input) => {
        puts.push(input);
        return { RevisionId: '2' };
      },
    });
    await resourcePolicies.cut(targetOf(TABLE), reachOf(), clients);

    expect(puts).toEqual([expect.objectContaining({ ResourceArn: TABLE, ExpectedRevisionId: '1' })]);
    expect(reads).toBe(3);
  });

  it('is made only where there still is none', async () => {
    const puts: Input[] = [];
    const clients = cutClients({
      GetResourcePolicy: () => {
        if (puts.length > 0) return { Policy: String(puts[0]?.Policy), RevisionId: '1' };
        throw new PolicyNotFoundException({ $metadata: {}, message: 'none' });
      },
      PutResourcePolicy: (input) => {
        puts.push(input);
        return { RevisionId: '1' };
      },
    });
    await resourcePolicies.cut(targetOf(TABLE), reachOf(), clients);
    expect(puts).toEqual([expect.objectContaining({ ExpectedRevisionId: 'NO_POLICY' })]);
  });

  it('of one that is being changed is an error, and never taken for gone', async () => {
    const busy = cutClients({ GetResourcePolicy: missing, DescribeTable: () => ({ Table: {} }) });
    await expect(resourcePolicies.mend(targetOf(TABLE), reachOf(), busy)).rejects.toThrow('not ACTIVE');
    await expect(resourcePolicies.isCut(targetOf(TABLE), reachOf(), busy)).rejects.toThrow('not ACTIVE');

    const gone = cutClients({ GetResourcePolicy: missing, DescribeTable: missing });
    expect((await resourcePolicies.mend(targetOf(TABLE), reachOf(), gone)).detail).toContain(
      'no longer exists',
    );
  });
});

describe('the policy of a key', () => {
  const answers = {
    DescribeKey: () => ({ KeyMetadata: { KeyManager: 'CUSTOMER' } }),
    ListAliases: () => ({ Aliases: [{ AliasName: 'alias/orders' }] }),
    GetKeyPolicy: () => ({ Policy: admitting }),
  };
  const found = (more: Parameters<typeof cutClients>[0]) =>
    resourcePolicies.find(reachOf(KEY), cutClients({ ...answers, ...more }), []);

  it('is cut where it lets the account in', async () => {
    expect(await found({})).toEqual([expect.objectContaining({ before: { policy: admitting } })]);
    expect((await found({})).map(({ left }) => left)).toEqual([undefined]);
    // A text elsewhere that looks like one is no deleted principal, and keeps nothing from being cut.
    const [statement] = JSON.parse(admitting).Statement;
    const Condition = { StringEquals: { 'aws:PrincipalTag/x': 'AROAEXAMPLEEXAMPLE123' } };
    const tagged = JSON.stringify({ Statement: [{ ...statement, Sid: 'AIDAEXAMPLEEXAMPLE123', Condition }] });
    const targets = await found({ GetKeyPolicy: () => ({ Policy: tagged }) });
    expect(targets.map(({ left }) => left)).toEqual([undefined]);
  });

  it('never bypasses KMS’s check against locking its administrators out, and is waited for until it is seen', async () => {
    const puts: Input[] = [];
    let reads = 0;
    const clients = cutClients({
      ...answers,
      // Read late once after it was written, as KMS may.
      GetKeyPolicy: () => {
        reads += 1;
        return { Policy: reads < 3 ? admitting : String(puts[0]?.Policy) };
      },
      PutKeyPolicy: (input) => {
        puts.push(input);
        return {};
      },
    });
    await resourcePolicies.cut(targetOf(KEY), reachOf(), clients);
    expect(puts.map(({ Policy, ...input }) => input)).toEqual([{ KeyId: KEY, PolicyName: 'default' }]);
    expect(reads).toBe(3);
    const { Statement } = JSON.parse(String(puts[0]?.Policy));
    expect(Statement).toEqual([
      expect.objectContaining({ Effect: 'Deny', Principal: { AWS: ROLE } }),
      ...JSON.parse(admitting).Statement,
    ]);
  });

  it.each([
    [
      'of a key that AWS manages',
      { DescribeKey: () => ({ KeyMetadata: { KeyManager: 'AWS' } }) },
      'AWS manages it',
    ],
    [
      'of one of ours, whichever of its aliases says so',
      {
        ListAliases: ({ Marker }: Input) =>
          Marker === undefined
            ? { Aliases: [{ AliasName: 'alias/orders' }], Truncated: true, NextMarker: 'more' }
            : { Aliases: [{ AliasName: 'alias/tourniquet-dev-signing' }] },
      },
      'one of Tourniquet',
    ],
    [
      'that names a role which was deleted, which AWS would refuse',
      { GetKeyPolicy: () => ({ Policy: policyFor('AROAEXAMPLEEXAMPLE123', '*') }) },
      'a principal that was deleted',
    ],
    [
      'that nobody of us may read',
      {
        GetKeyPolicy: () => {
          throw new KMSServiceException({
            $metadata: {},
            $fault: 'client',
            name: 'AccessDeniedException',
            message: 'no',
          });
        },
      },
      'does not let Tourniquet look at it',
    ],
  ])('%s is named and left', async (_name, more, why) => {
    expect((await found(more)).map(({ left }) => left)).toEqual([expect.stringContaining(why)]);
  });

  it('of a key that is gone is none, and what KMS cannot answer now is an error', async () => {
    const gone = () => {
      throw new NotFoundException({ $metadata: {}, message: 'gone' });
    };
    expect(await found({ DescribeKey: gone, GetKeyPolicy: gone })).toEqual([]);
    const busy = () => {
      throw new KMSServiceException({
        $metadata: {},
        $fault: 'server',
        name: 'KMSInternalException',
        message: 'busy',
      });
    };
    await expect(found({ DescribeKey: busy })).rejects.toThrow('busy');
  });
});

describe('the commands that put a policy back', () => {
  const undo = (arn: string, policy: string | null) =>
    resourcePolicies.undo(targetOf(arn, policy), reachOf());
  const policy = '{\n "Id": "x" }';

  it('are one line each', () => {
    expect([TABLE, STREAM, TOPIC, KEY].flatMap((arn) => undo(arn, policy))).toEqual([
      `aws dynamodb put-resource-policy --resource-arn ${TABLE} --policy '{"Id":"x"}' --region eu-west-1`,
      `aws kinesis put-resource-policy --resource-arn ${STREAM} --policy '{"Id":"x"}' --region eu-west-1`,
      `aws sns set-topic-attributes --topic-arn ${TOPIC} --attribute-name Policy --attribute-value '{"Id":"x"}' --region eu-west-1`,
      `aws kms put-key-policy --key-id ${KEY} --policy-name default --policy '{"Id":"x"}' --region eu-west-1`,
    ]);
  });

  it('take it away where there was none, and there can be none', () => {
    expect([TABLE, STREAM, TOPIC, KEY].map((arn) => undo(arn, null))).toEqual([
      [`aws dynamodb delete-resource-policy --resource-arn ${TABLE} --region eu-west-1`],
      [`aws kinesis delete-resource-policy --resource-arn ${STREAM} --region eu-west-1`],
      [],
      [],
    ]);
  });
});
