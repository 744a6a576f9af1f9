import { randomBytes } from 'node:crypto';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  IAMClient,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateAliasCommand,
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListFunctionsCommand,
  PublishVersionCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { localClients } from '../../../local/clients';
import { differences, readLiveState } from '../../../local/liveState';
import { contain } from '../../../shared/containment/contain';
import type { ControlTools } from '../../../shared/containment/control';
import { placeOf } from '../../../shared/containment/denyDocuments';
import { inlineDeny, inlineDenyRequest } from '../../../shared/containment/inlineDeny';
import { readLedger } from '../../../shared/containment/ledger';
import { planContainment } from '../../../shared/containment/plan';
import { readTrust } from '../../../shared/containment/readTrust';
import { otherPrincipals } from '../../../shared/containment/trust';
import type { Incident } from '../../../shared/incident/incident';
import type { Choices } from '../../../shared/policy/choices';
import { recycle } from '../../../shared/recovery/recycle';
import { restore } from '../../../shared/recovery/restore';
import { expireSessionDenies } from '../../../shared/recovery/sessions';
import { describeSuspect, type Suspect } from '../../../shared/suspect/describe';
import { parseFunctionArn } from '../../../shared/suspect/functionArn';
import { CHOICES } from '../../fixtures/choices';
import { type DeployedRoles, deployedRoles } from '../../fixtures/deployedRoles';
import { historyTableArn, makeHistoryTable } from '../../fixtures/historyTable';
import { anIncident } from '../../fixtures/incident';
import { assume, keyOf, makeFunction, makeRole, showsEnvironment } from '../localAws/account';
import { type Credentials, clientOptions, useLocalAws } from '../localAws/instance';

const TABLE = 'incidents';
const PREFIX = 'tourniquet-test';
const KEPT = '/tourniquet/test/trust';

type QuarantineDocument = (prefix: string, denyLogs: boolean) => unknown;
const { quarantineDocument } = require('../../../infrastructure/quarantine.cjs') as {
  quarantineDocument: QuarantineDocument;
};

const localAws = useLocalAws();

/** The policy as CloudFormation deploys it here. */
const documentHere = (): string =>
  JSON.stringify(quarantineDocument(PREFIX, false))
    .replace(/\{"Fn::Sub":("[^"]*")\}/g, '$1')
    .replace(/\$\{AWS::Partition\}/g, 'aws')
    .replace(/\$\{AWS::Region\}/g, localAws().region)
    .replace(/\$\{AWS::AccountId\}/g, localAws().accountId);

let denyPolicyArn = '';
let roles: DeployedRoles;

beforeAll(async () => {
  await new DynamoDBClient(clientOptions(localAws())).send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  await makeHistoryTable(new DynamoDBClient(clientOptions(localAws())), TABLE);
  const { Policy } = await iam().send(
    new CreatePolicyCommand({ PolicyName: 'quarantine', PolicyDocument: documentHere() }),
  );
  denyPolicyArn = Policy?.Arn ?? '';
  const { region, accountId } = localAws();
  roles = deployedRoles(
    localAws(),
    PREFIX,
    {
      IncidentTable: `arn:aws:dynamodb:${region}:${accountId}:table/${TABLE}`,
      HistoryTable: historyTableArn(localAws(), TABLE),
      QuarantinePolicy: denyPolicyArn,
    },
    { inlineRoles: ['*'], narrowTrust: true, aliasSessions: 'publish' },
  );
});

const iam = () => new IAMClient(clientOptions(localAws()));
const lambda = () => new LambdaClient(clientOptions(localAws()));

/** A function that may do everything, and shows its key to whoever calls it: the thief. */
const makeSuspect = async (name: string, roleArn: string): Promise<Suspect> => {
  const arn = parseFunctionArn(await makeFunction(localAws(), name, roleArn, showsEnvironment));
  const suspect = arn === null ? null : await describeSuspect(arn, lambda());
  if (suspect === null) throw new Error('the function was not made');
  return suspect;
};
const makeRoleNamed = (name: string) =>
  makeRole(localAws(), name, [{ Effect: 'Allow', Action: '*', Resource: '*' }]);
const unique = (name: string): string => `${name}-${randomBytes(4).toString('hex')}`;

const incidentOf = (suspect: Suspect): Incident =>
  anIncident({
    id: `inc-20260101-${randomBytes(6).toString('hex')}`,
    status: 'containing',
    functionArn: suspect.arn,
    functionName: suspect.functionName,
    accountId: suspect.accountId,
    region: suspect.region,
    roleArn: suspect.roleArn,
    containedAt: new Date().toISOString(),
  });

const toolsOf = (
  incident: Incident,
  choices: Partial<Choices> = {},
  now: () => Date = () => new Date(),
): ControlTools => {
  const { lambda: functions, iam: identity, sqs, scaling, db } = localClients(localAws());
  const all = { ...CHOICES, ...choices };
  return {
    lambda: functions,
    iam: identity,
    sqs,
    scaling,
    records: { db, table: TABLE, now },
    denyPolicyArn,
    prefix: PREFIX,
    choices: all,
    holder: `${incident.id}#1`,
    dependants: () => Promise.reject(new Error('every kind is off')),
    reach: null,
    reads: [],
    inlineDeny: async (request) => {
      const { iam: writer, ssm } = await clientsOf('inlineDeny');
      return inlineDeny(request, {
        iam: writer,
        ssm,
        keptUnder: KEPT,
        place: placeOf(incident.functionArn ?? '', PREFIX),
        inlineRoles: all.inlineRoles,
        denyLogs: all.denyLogs,
      });
    },
    recycle: async (request) => recycle(request, (await clientsOf('recycle')).lambda),
    pause: () => Promise.resolve(),
  };
};

const clientsOf = async (role: string) => localClients(localAws(), await roles.as(role));
/** The same tools under the permissions of one of the deployment's roles. */
const under = async (role: string, tools: ControlTools): Promise<ControlTools> => {
  const { lambda: functions, iam: identity, sqs, scaling, db } = await clientsOf(role);
  return { ...tools, lambda: functions, iam: identity, sqs, scaling, records: { ...tools.records, db } };
};

const nothing = () => Promise.resolve();
const putOn = async (suspect: Suspect, incident: Incident, tools: ControlTools) =>
  contain(suspect, incident, await under('contain', tools), nothing);
const release = async (
  suspect: Suspect,
  incident: Incident,
  tools: ControlTools,
  force: readonly string[] = [],
) => restore(suspect, incident, await under('release', tools), force);
const outcomeOf = (outcomes: Awaited<ReturnType<typeof contain>>) =>
  outcomes.find(({ control }) => control === 'role');

/** A call that AWS refuses for want of permission, or lets through. */
const may = async (call: Promise<unknown>): Promise<boolean> => {
  try {
    await call;
    return true;
  } catch (error) {
    if (error instanceof Error && error.name.startsWith('AccessDenied')) return false;
    throw error;
  }
};
const mayListBuckets = (key: Credentials) =>
  may(new S3Client(clientOptions(localAws(), key)).send(new ListBucketsCommand({})));
const mayListFunctions = (key: Credentials) =>
  may(new LambdaClient(clientOptions(localAws(), key)).send(new ListFunctionsCommand({})));

const inlineNames = async (suspect: Suspect): Promise<readonly string[]> =>
  (
    await iam().send(new ListRolePoliciesCommand({ RoleName: suspect.roleArn.replace(/.*\//, '') }))
  ).PolicyNames?.filter((name) => name.startsWith(PREFIX)) ?? [];

/** What the plan says of one control. */
const planned = async (suspect: Suspect, tools: ControlTools, id: string) => {
  const { events, metrics, kinesis } = await clientsOf('plan');
  const { steps } = await planContainment(suspect, await under('plan', tools), {
    events,
    metrics,
    kinesis,
    refused: null,
  });
  return steps.find(({ control }) => control === id);
};

describe('during containment', () => {
  it('the credentials of the suspect are good for nothing but the quarantine queue and the logs of Lambda', async () => {
    const name = unique('alone');
    const suspect = await makeSuspect(name, await makeRoleNamed(name));
    const key = await keyOf(localAws(), name);
    expect([await mayListBuckets(key), await mayListFunctions(key)]).toEqual([true, true]);
    const incident = incidentOf(suspect);
    const outcomes = await putOn(suspect, incident, toolsOf(incident));

    expect(outcomeOf(outcomes)).toMatchObject({ state: 'held', observed: true });
    expect([await mayListBuckets(key), await mayListFunctions(key)]).toEqual([false, false]);

    const sqs = new SQSClient(clientOptions(localAws(), key));
    const admin = new SQSClient(clientOptions(localAws()));
    const send = async (QueueName: string) => {
      const { QueueUrl } = await admin.send(new CreateQueueCommand({ QueueName }));
      return may(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' })));
    };
    expect(await send(`${PREFIX}-held-${name}`)).toBe(true);
    expect(await send(unique('orders'))).toBe(false);

    const logGroupName = `/aws/lambda/${name}-probe`;
    await new CloudWatchLogsClient(clientOptions(localAws())).send(
      new CreateLogGroupCommand({ logGroupName }),
    );
    const write = new CreateLogStreamCommand({ logGroupName, logStreamName: 'forged' });
    expect(await may(new CloudWatchLogsClient(clientOptions(localAws(), key)).send(write))).toBe(true);
  });

  it('says that IAM does not deny when the policy that it attached was emptied', async () => {
    const name = unique('emptied');
    const suspect = await makeSuspect(name, await makeRoleNamed(name));
    const harmless = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Action: 'sqs:PurgeQueue', Resource: '*' }],
    });
    const { Policy } = await iam().send(
      new CreatePolicyCommand({ PolicyName: name, PolicyDocument: documentHere() }),
    );
    await iam().send(
      new CreatePolicyVersionCommand({
        PolicyArn: Policy?.Arn,
        PolicyDocument: harmless,
        SetAsDefault: true,
      }),
    );
    const incident = incidentOf(suspect);
    const tools = { ...toolsOf(incident), denyPolicyArn: Policy?.Arn ?? '' };

    await expect(contain(suspect, incident, tools, nothing)).rejects.toThrow(/does NOT deny/);
  });

  it('says that it only read back where it may not ask IAM, and calls that no observation', async () => {
    const name = unique('unasked');
    const suspect = await makeSuspect(name, await makeRoleNamed(name));
    const responder = await makeRole(localAws(), unique('responder'), [
      {
        Effect: 'Allow',
        Action: ['iam:ListAttachedRolePolicies', 'iam:AttachRolePolicy', 'iam:GetRole'],
        Resource: '*',
      },
    ]);
    const limited = new IAMClient(
      clientOptions(localAws(), await assume(localAws(), responder, 'responder')),
    );
    const incident = incidentOf(suspect);
    const outcome = outcomeOf(
      await contain(suspect, incident, { ...toolsOf(incident), iam: limited }, nothing),
    );

    expect(outcome).toMatchObject({ state: 'held', observed: false });
    expect(outcome?.detail).toMatch(/read back only/);
  });

  it('a deny of one function leaves the others of its role alone, and is taken out again', async () => {
    const shared = unique('shared');
    const roleArn = await makeRoleNamed(shared);
    const suspect = await makeSuspect(unique('suspect'), roleArn);
    const sibling = await makeSuspect(unique('sibling'), roleArn);
    const before = await readLiveState(localClients(localAws()), suspect.arn);
    const [stolen, kept] = [
      await keyOf(localAws(), suspect.functionName),
      await keyOf(localAws(), sibling.functionName),
    ];
    const incident = incidentOf(suspect);
    const tools = toolsOf(incident, { sharedRole: 'scoped', inlineRoles: ['shared-*'] });
    const outcomes = await putOn(suspect, incident, tools);

    expect(outcomeOf(outcomes)?.detail).toMatch(/credentials used outside Lambda are NOT denied/);
    expect(outcomeOf(outcomes)?.observed).toBeUndefined();
    expect([await mayListBuckets(stolen), await mayListBuckets(kept)]).toEqual([false, true]);
    expect((await readLedger(tools.records, incident, 'role'))?.before).toMatchObject({
      form: 'scoped',
      siblings: [sibling.functionName],
    });

    await release(suspect, incident, tools);
    expect(differences(before, await readLiveState(localClients(localAws()), suspect.arn))).toEqual([]);
  });

  it('denies all of a shared role where the deployment does not list it, and says so in the plan', async () => {
    const roleArn = await makeRoleNamed(unique('unlisted'));
    const suspect = await makeSuspect(unique('suspect'), roleArn);
    const sibling = await makeSuspect(unique('sibling'), roleArn);
    const kept = await keyOf(localAws(), sibling.functionName);
    const incident = incidentOf(suspect);
    const tools = toolsOf(incident, { sharedRole: 'scoped' });
    await putOn(suspect, incident, tools);

    expect(await mayListBuckets(kept)).toBe(false);
    expect(await planned(suspect, tools, 'role')).toMatchObject({ applies: true });
  });
});

describe('a role with as many attached policies as it may have', () => {
  const fill = async (RoleName: string) => {
    for (let index = 0; index < 10; index++) {
      const { Policy } = await iam().send(
        new CreatePolicyCommand({
          PolicyName: `${RoleName}-${index}`,
          PolicyDocument: JSON.stringify({
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Action: 's3:Get*', Resource: '*' }],
          }),
        }),
      );
      await iam().send(new AttachRolePolicyCommand({ RoleName, PolicyArn: Policy?.Arn }));
    }
  };

  it('gets the same deny written into it where it is listed, and loses it at the release', async () => {
    const name = unique('full');
    const suspect = await makeSuspect(name, await makeRoleNamed(name));
    await fill(name);
    const key = await keyOf(localAws(), name);
    const before = await readLiveState(localClients(localAws()), suspect.arn);
    const incident = incidentOf(suspect);
    const tools = toolsOf(incident, { inlineRoles: ['full-*'] });
    const outcomes = await putOn(suspect, incident, tools);

    expect(outcomeOf(outcomes)).toMatchObject({ state: 'held', observed: true });
    expect(await inlineNames(suspect)).toEqual([`${PREFIX}-us-east-1-quarantine`]);
    expect(await mayListBuckets(key)).toBe(false);

    await release(suspect, incident, tools, ['sessions']);
    expect(differences(before, await readLiveState(localClients(localAws()), suspect.arn))).toEqual([]);
  });

  it('fails with what to do where it is not listed, and the function stays throttled', async () => {
    const name = unique('full');
    const suspect = await makeSuspect(name, await makeRoleNamed(name));
    await fill(name);
    const incident = incidentOf(suspect);

    await expect(putOn(suspect, incident, toolsOf(incident))).rejects.toMatchObject({
      message: expect.stringMatching(/RoleFullError.*inlineRoles/),
      outcomes: expect.arrayContaining([expect.objectContaining({ control: 'concurrency', state: 'held' })]),
    });
  });
});

describe('after the release', () => {
  const listed = { inlineRoles: ['*'] } as const;

  it('old sessions fail and new ones work, and the configuration is what it was', async () => {
    const name = unique('renewed');
    const suspect = await makeSuspect(name, await makeRoleNamed(name));
    await lambda().send(
      new UpdateFunctionConfigurationCommand({ FunctionName: name, Description: 'sends invoices' }),
    );
    await waitUntilFunctionActiveV2(
      { client: lambda(), maxWaitTime: 20, minDelay: 0.1, maxDelay: 1 },
      { FunctionName: name },
    );
    const stolen = await keyOf(localAws(), name);
    const before = await readLiveState(localClients(localAws()), suspect.arn);
    // A session's time of issue has whole seconds.
    await new Promise((resume) => setTimeout(resume, 1100));
    const incident = incidentOf(suspect);
    const tools = toolsOf(incident, listed);
    await putOn(suspect, incident, tools);
    const restored = await release(suspect, incident, tools);

    expect(restored[0]).toMatchObject({ control: 'sessions', outcome: 'restored' });
    expect(restored[0]?.detail).toContain(`environments renewed: ${name}`);
    expect(await mayListBuckets(stolen)).toBe(false);
    expect(await mayListBuckets(await keyOf(localAws(), name))).toBe(true);
    const after = await readLiveState(localClients(localAws()), suspect.arn);
    // The deny of old sessions is on the role, and is all that differs.
    expect(differences(before, after)).toEqual(['GetRolePolicy']);
    expect(after.GetFunctionConfiguration).toMatchObject({ Description: 'sends invoices' });

    const cutoff = new Date(String((await readLedger(tools.records, incident, 'sessions'))?.heldAt));
    const watching = (await under('driftWatch', tools)).records;
    const hoursLater = (hours: number) => ({
      ...watching,
      now: () => new Date(cutoff.getTime() + hours * 3_600_000),
    });
    expect(await expireSessionDenies(hoursLater(35), tools.inlineDeny)).toEqual([]);
    expect(await expireSessionDenies(hoursLater(37), tools.inlineDeny)).toEqual([
      { roleArn: suspect.roleArn, outcome: 'done' },
    ]);
    expect(await expireSessionDenies(hoursLater(37), tools.inlineDeny)).toEqual([]);
    expect(differences(before, await readLiveState(localClients(localAws()), suspect.arn))).toEqual([]);
  });

  it('is the same when it dies anywhere and is retried', async () => {
    const name = unique('dies');
    const suspect = await makeSuspect(name, await makeRoleNamed(name));
    const stolen = await keyOf(localAws(), name);
    await new Promise((resume) => setTimeout(resume, 1100));
    const incident = incidentOf(suspect);
    const tools = toolsOf(incident, listed);
    await putOn(suspect, incident, tools);
    const died = () => Promise.reject(new Error('died'));

    await expect(release(suspect, incident, { ...tools, recycle: died })).rejects.toThrow('died');
    expect(await mayListBuckets(stolen)).toBe(false);
    // Died between the description there and back.
    await lambda().send(
      new UpdateFunctionConfigurationCommand({
        FunctionName: name,
        Description: 'Tourniquet is renewing the execution environments of this function',
      }),
    );
    await expect(release(suspect, incident, { ...tools, inlineDeny: died })).rejects.toThrow('died');
    expect(await mayListBuckets(stolen)).toBe(false);
    await release(suspect, incident, tools);
    const again = await release(suspect, incident, tools);

    expect(again.map(({ outcome }) => outcome)).not.toContain('drift');
    expect(await mayListBuckets(stolen)).toBe(false);
    expect(await mayListBuckets(await keyOf(localAws(), name))).toBe(true);
    const live = await lambda().send(new GetFunctionConfigurationCommand({ FunctionName: name }));
    expect(live.Description ?? '').toBe('');
  });

  it('of a shared role: siblings keep their sessions unless policy lets them be renewed', async () => {
    const roleArn = await makeRoleNamed(unique('shared'));
    const suspect = await makeSuspect(unique('suspect'), roleArn);
    const sibling = await makeSuspect(unique('sibling'), roleArn);
    const stolen = await keyOf(localAws(), suspect.functionName);
    const warm = await keyOf(localAws(), sibling.functionName);
    await new Promise((resume) => setTimeout(resume, 1100));
    const first = incidentOf(suspect);
    await putOn(suspect, first, toolsOf(first, listed));
    const [left] = await release(suspect, first, toolsOf(first, listed));

    expect(left?.detail).toMatch(/^STOLEN SESSIONS ARE GOOD AGAIN, until .*sibling/);
    expect([await mayListBuckets(stolen), await mayListBuckets(warm)]).toEqual([true, true]);

    const second = incidentOf(suspect);
    const tools = toolsOf(second, { ...listed, recycleSiblings: true });
    await putOn(suspect, second, tools);
    await release(suspect, second, tools);

    expect([await mayListBuckets(stolen), await mayListBuckets(warm)]).toEqual([false, false]);
    expect(await mayListBuckets(await keyOf(localAws(), sibling.functionName))).toBe(true);
  });

  it('behind an alias: says until when stolen sessions live, and denies nobody who still works with one', async () => {
    const name = unique('aliased');
    const suspect = await makeSuspect(name, await makeRoleNamed(name));
    const { Version } = await lambda().send(new PublishVersionCommand({ FunctionName: name }));
    await lambda().send(
      new CreateAliasCommand({ FunctionName: name, Name: 'live', FunctionVersion: Version }),
    );
    const incident = incidentOf(suspect);
    const tools = toolsOf(incident, listed);
    await putOn(suspect, incident, tools);
    const [left] = await release(suspect, incident, tools);

    expect(left?.detail).toMatch(/^STOLEN SESSIONS ARE GOOD AGAIN, until .*:live/);
    expect(await inlineNames(suspect)).toEqual([]);
  });
});

describe('behind an alias, where policy has it published again', () => {
  const publish = { inlineRoles: ['*'], aliasSessions: 'publish' } as const;
  const aliased = async (name: string) => {
    const suspect = await makeSuspect(name, await makeRoleNamed(name));
    const { Version } = await lambda().send(new PublishVersionCommand({ FunctionName: name }));
    await lambda().send(
      new CreateAliasCommand({ FunctionName: name, Name: 'live', FunctionVersion: Version }),
    );
    return suspect;
  };

  it('the alias moves to the same code under a new number, old sessions fail and new ones work', async () => {
    const name = unique('published');
    const suspect = await aliased(name);
    const stolen = await keyOf(localAws(), `${name}:live`);
    await new Promise((resume) => setTimeout(resume, 1100));
    const incident = incidentOf(suspect);
    const tools = toolsOf(incident, publish);
    await putOn(suspect, incident, tools);
    await expect(
      release(suspect, incident, { ...tools, inlineDeny: () => Promise.reject(new Error('died')) }),
    ).rejects.toThrow('died');
    const [ended] = await release(suspect, incident, tools);

    expect(ended?.detail).toMatch(/NOT exactly as before: live moved to a new version/);
    expect(await mayListBuckets(stolen)).toBe(false);
    expect(await mayListBuckets(await keyOf(localAws(), `${name}:live`))).toBe(true);
    const { FunctionVersion } = await lambda().send(
      new GetAliasCommand({ FunctionName: name, Name: 'live' }),
    );
    expect(FunctionVersion).toBe('2');
    const [one, two] = await Promise.all(
      ['1', '2'].map((Qualifier) =>
        lambda().send(new GetFunctionConfigurationCommand({ FunctionName: name, Qualifier })),
      ),
    );
    expect(two?.CodeSha256).toBe(one?.CodeSha256);
    expect(two?.Description).toMatch(/^The same code/);
  });

  it('stays where it is when $LATEST is another code: that would be a deployment', async () => {
    const name = unique('unlike');
    const suspect = await aliased(name);
    await lambda().send(new UpdateFunctionConfigurationCommand({ FunctionName: name, Timeout: 11 }));
    const incident = incidentOf(suspect);
    const tools = toolsOf(incident, publish);
    await putOn(suspect, incident, tools);
    const [left] = await release(suspect, incident, tools);

    expect(left?.detail).toMatch(/^STOLEN SESSIONS ARE GOOD AGAIN, until .*cannot be published again/);
  });
});

describe('who may assume the role of a contained function', () => {
  const narrow = { inlineRoles: ['*'], narrowTrust: 'on' } as const;
  const trustOf = async (suspect: Suspect) => readTrust(iam(), suspect.roleArn);

  it('is left and reported unless policy says otherwise', async () => {
    const name = unique('trusted');
    const suspect = await makeSuspect(name, await makeRoleNamed(name));
    const tools = toolsOf(incidentOf(suspect), { inlineRoles: ['*'] });

    expect(await planned(suspect, tools, 'trust')).toMatchObject({
      applies: false,
      why: expect.stringMatching(/policy leaves them.*Service: states.*AWS: /),
    });
  });

  it('is Lambda alone, also while another function of the role is contained, and then who it was', async () => {
    const roleArn = await makeRoleNamed(unique('trusted'));
    const [first, second] = [
      await makeSuspect(unique('suspect'), roleArn),
      await makeSuspect(unique('suspect'), roleArn),
    ];
    const original = await trustOf(first);
    const [one, two] = [incidentOf(first), incidentOf(second)];
    await putOn(first, one, toolsOf(one, narrow));
    await putOn(second, two, toolsOf(two, narrow));
    expect(otherPrincipals(await trustOf(first))).toEqual([]);

    await release(first, one, toolsOf(one, narrow));
    expect(otherPrincipals(await trustOf(first))).toEqual([]);
    await release(second, two, toolsOf(two, narrow));
    expect(await trustOf(first)).toEqual(original);
  });

  it('is put back as the writing function found it, whatever the ledger says', async () => {
    const name = unique('forged');
    const suspect = await makeSuspect(name, await makeRoleNamed(name));
    const original = await trustOf(suspect);
    const { inlineDeny: ask } = toolsOf(incidentOf(suspect), narrow);
    const request = { kind: 'trust', roleArn: suspect.roleArn } as const;
    expect(await ask({ ...request, action: 'remove' })).toBe('absent');
    await ask({ ...request, action: 'put' });
    await ask({ ...request, action: 'put' });
    expect(otherPrincipals(await trustOf(suspect))).toEqual([]);
    expect(await ask({ ...request, action: 'remove' })).toBe('done');
    expect(await trustOf(suspect)).toEqual(original);
    expect(inlineDenyRequest.safeParse({ ...request, action: 'remove', document: '{}' }).success).toBe(false);
  });

  it('is left where somebody changed it meanwhile: drift', async () => {
    const name = unique('drift');
    const suspect = await makeSuspect(name, await makeRoleNamed(name));
    const incident = incidentOf(suspect);
    const tools = toolsOf(incident, narrow);
    await putOn(suspect, incident, tools);
    const theirs = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
        { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
    };
    await iam().send(
      new UpdateAssumeRolePolicyCommand({ RoleName: name, PolicyDocument: JSON.stringify(theirs) }),
    );
    const restored = await release(suspect, incident, tools);

    expect(restored.find(({ control }) => control === 'trust')).toMatchObject({ outcome: 'drift' });
    expect(await trustOf(suspect)).toEqual(theirs);
  });
});

describe('what may be asked of the function that writes policies', () => {
  const ask = (name: string, inlineRoles: readonly string[]) =>
    inlineDeny(
      { kind: 'wide', action: 'put', roleArn: `arn:aws:iam::${localAws().accountId}:role/${name}` },
      {
        iam: iam(),
        ssm: localClients(localAws()).ssm,
        keptUnder: KEPT,
        place: placeOf(`arn:aws:lambda:us-east-1:${localAws().accountId}:function:f`, PREFIX),
        inlineRoles,
        denyLogs: false,
      },
    );

  it.each([
    ['a role that is not listed', 'admin', ['order-*']],
    ['one of our own, though it is listed', 'tourniquet-test-release', ['*']],
  ])('is refused for %s', async (_what, name, inlineRoles) => {
    await makeRoleNamed(name);

    await expect(ask(name, inlineRoles)).rejects.toMatchObject({ name: 'RoleNotAdmittedError' });
  });

  it('leaves a policy of its name that it did not write', async () => {
    const name = unique('foreign');
    const suspect = await makeSuspect(name, await makeRoleNamed(name));
    const PolicyName = `${PREFIX}-us-east-1-quarantine`;
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Action: 's3:*', Resource: '*' }],
    });
    await iam().send(new PutRolePolicyCommand({ RoleName: name, PolicyName, PolicyDocument }));
    const tools = toolsOf(incidentOf(suspect), listedAll);

    expect(await tools.inlineDeny({ kind: 'wide', action: 'remove', roleArn: suspect.roleArn })).toBe(
      'changed',
    );
    expect(await inlineNames(suspect)).toEqual([PolicyName]);
  });

  it('never shortens the deny of old sessions', async () => {
    const name = unique('later');
    const suspect = await makeSuspect(name, await makeRoleNamed(name));
    const { inlineDeny: deny } = toolsOf(incidentOf(suspect), listedAll);
    const ofDate = (action: 'put' | 'remove', issuedBefore: string) =>
      deny({ kind: 'sessions', action, roleArn: suspect.roleArn, issuedBefore });

    expect(await ofDate('put', '2026-01-02T00:00:00.000Z')).toBe('done');
    expect(await ofDate('put', '2026-01-01T00:00:00.000Z')).toBe('changed');
    expect(await ofDate('remove', '2026-01-01T00:00:00.000Z')).toBe('changed');
    expect(await ofDate('remove', '2026-01-02T00:00:00.000Z')).toBe('done');
    expect(await ofDate('remove', '2026-01-02T00:00:00.000Z')).toBe('absent');
  });
});

const listedAll = { inlineRoles: ['*'] } as const;
