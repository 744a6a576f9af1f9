import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DetachRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  AddPermissionCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  DeleteFunctionCommand,
  InvokeCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { CreateBucketCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand, GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { startLocalAws } from '../../../local/aws/start';
import { root } from '../../../local/aws/state';
import { stopLocalAws } from '../../../local/aws/stop';
import { type LocalClients, localClients } from '../../../local/clients';
import { differences, readLiveState } from '../../../local/liveState';
import { packageFunction } from '../../../local/workload/package';
import { contain } from '../../../shared/containment/contain';
import type { ControlTools } from '../../../shared/containment/control';
import { CONTROLS, STAGES } from '../../../shared/containment/controls';
import { readLedgers, recordBefore } from '../../../shared/containment/ledger';
import { type PlanSources, planContainment } from '../../../shared/containment/plan';
import type { BlastPart, Plan } from '../../../shared/containment/planned';
import { readUndo } from '../../../shared/containment/undo';
import { gather } from '../../../shared/evidence/gather';
import type { Incident } from '../../../shared/incident/incident';
import { openIncident, updateIncident } from '../../../shared/incident/store';
import { describeSuspect, type Suspect } from '../../../shared/suspect/describe';
import { parseFunctionArn } from '../../../shared/suspect/functionArn';
import { CHOICES } from '../../fixtures/choices';
import { collectorTools } from '../../fixtures/collectorTools';
import { deployedRoles } from '../../fixtures/deployedRoles';
import { historyTableArn, makeHistoryTable } from '../../fixtures/historyTable';
import { localQuarantine } from '../../fixtures/quarantine';
import { aVault } from '../../fixtures/vault';
import { runCommands } from './undoCommands';

const DIR = `.local/test-plan-${process.pid}`;
const TABLE = 'incidents';
const nothing = () => Promise.resolve();

describe('the plan, and the way out without us', () => {
  let clients: LocalClients;
  /** Clients of somebody whom AWS does not know: every call is denied. */
  let stranger: LocalClients;
  /** Under the permissions of the deployment's roles. */
  let planner: LocalClients;
  let container: LocalClients;
  let denyPolicyArn: string;

  beforeAll(async () => {
    const aws = await startLocalAws({ dir: DIR, progress: () => undefined, owner: process.pid });
    clients = localClients(aws);
    stranger = localClients(aws, { accessKeyId: 'AKIANOBODY0000000000', secretAccessKey: 'none' });
    await clients.db.send(
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
    await makeHistoryTable(clients.db, TABLE);
    const { Policy } = await clients.iam.send(
      new CreatePolicyCommand({
        PolicyName: 'quarantine',
        PolicyDocument: localQuarantine('tourniquet-test'),
      }),
    );
    denyPolicyArn = Policy?.Arn ?? '';
    const roles = deployedRoles(aws, 'tourniquet-test', {
      IncidentTable: `arn:aws:dynamodb:${aws.region}:${aws.accountId}:table/${TABLE}`,
      HistoryTable: historyTableArn(aws, TABLE),
      QuarantinePolicy: denyPolicyArn,
    });
    planner = localClients(aws, await roles.as('plan'));
    container = localClients(aws, await roles.as('contain'));
  }, 180_000);
  afterAll(async () => {
    await stopLocalAws(DIR);
    await rm(join(root, DIR), { recursive: true, force: true });
  });

  const makeRole = async (name: string): Promise<string> => {
    const { Role } = await clients.iam.send(
      new CreateRoleCommand({
        RoleName: name,
        AssumeRolePolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: ['lambda.amazonaws.com', 'edgelambda.amazonaws.com'] },
              Action: 'sts:AssumeRole',
            },
          ],
        }),
      }),
    );
    return Role?.Arn ?? '';
  };

  type Wanted = {
    readonly reserved?: number;
    readonly queue?: boolean;
    readonly roleArn?: string;
    readonly environment?: Readonly<Record<string, string>>;
  };

  const makeSuspect = async (wanted: Wanted = {}): Promise<Suspect> => {
    const { reserved, queue = false, roleArn, environment } = wanted;
    const name = `plan-${randomBytes(5).toString('hex')}`;
    const Role = roleArn ?? (await makeRole(name));
    if (queue)
      await clients.iam.send(
        new AttachRolePolicyCommand({
          RoleName: name,
          PolicyArn: 'arn:aws:iam::aws:policy/AmazonSQSFullAccess',
        }),
      );
    const { FunctionArn = '' } = await clients.lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Role,
        Code: { ZipFile: await packageFunction('invoiceMailer') },
        ...(environment === undefined ? {} : { Environment: { Variables: environment } }),
      }),
    );
    if (reserved !== undefined)
      await clients.lambda.send(
        new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions: reserved }),
      );
    if (queue) {
      const { QueueUrl } = await clients.sqs.send(new CreateQueueCommand({ QueueName: name }));
      const { Attributes } = await clients.sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
      );
      await clients.lambda.send(
        new CreateEventSourceMappingCommand({ FunctionName: name, EventSourceArn: Attributes?.QueueArn }),
      );
    }
    return lookUp(FunctionArn);
  };

  const lookUp = async (functionArn: string): Promise<Suspect> => {
    const arn = parseFunctionArn(functionArn);
    const suspect = arn === null ? null : await describeSuspect(arn, clients.lambda);
    if (suspect === null) throw new Error('the function was not made');
    return suspect;
  };

  /** A function that has become active: local AWS takes a moment for it. */
  const settled = async (suspect: Suspect): Promise<Suspect> => {
    for (let attempt = 0; attempt < 200; attempt++) {
      const { standing } = await planned(suspect);
      if (!standing.some((line) => /Pending|being updated/.test(line))) return suspect;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('the function does not become active');
  };

  const toolsOf = (holder = 'plan', of: LocalClients = container): ControlTools => ({
    lambda: of.lambda,
    iam: of.iam,
    sqs: of.sqs,
    scaling: of.scaling,
    records: { db: of === planner ? planner.db : clients.db, table: TABLE, now: () => new Date() },
    denyPolicyArn,
    prefix: 'tourniquet-test',
    choices: CHOICES,
    inlineDeny: () => Promise.reject(new Error('no role is listed')),
    dependants: () => Promise.reject(new Error('every kind is off')),
    reach: null,
    reads: [],
    recycle: () => Promise.reject(new Error('no role is listed')),
    holder,
    pause: nothing,
  });

  const planned = (
    suspect: Suspect,
    tools: ControlTools = toolsOf('plan', planner),
    sources: Partial<PlanSources> = {},
  ): Promise<Plan> =>
    planContainment(suspect, tools, {
      events: planner.events,
      metrics: planner.metrics,
      kinesis: planner.kinesis,
      refused: null,
      ...sources,
    });

  const part = (plan: Plan, id: string): BlastPart => {
    const found = plan.blastRadius.find((entry) => entry.id === id);
    if (found === undefined) throw new Error(`the plan has no part ${id}`);
    return found;
  };

  const open = async (suspect: Suspect): Promise<Incident> => {
    const incident: Incident & { functionArn: string } = {
      id: `inc-20260101-${randomBytes(6).toString('hex')}`,
      status: 'containing',
      openedAt: new Date().toISOString(),
      executionArn: 'an-execution',
      functionArn: suspect.arn,
      functionName: suspect.functionName,
      accountId: suspect.accountId,
      region: suspect.region,
      qualifier: null,
      roleArn: suspect.roleArn,
      logGroup: suspect.logGroup,
      timeoutSeconds: 3,
      mode: 'respond',
      disposition: 'respond',
      because: [],
      witnesses: {},
      containment: 1,
      round: 1,
    };
    await openIncident(toolsOf().records, incident, {}, 'a finding');
    return incident;
  };

  /** Without what only a plan looks for, and the queue that each containment has of its own. */
  const comparable = (before: unknown): unknown => {
    const { siblings: _siblings, queue: _queue, ...rest } = Object(before) as Record<string, unknown>;
    return rest;
  };

  const holderOf = ({ id, containment }: Incident) => `${id}#${containment}`;

  const containAs = async (suspect: Suspect): Promise<Incident> => {
    const incident = await open(suspect);
    await contain(suspect, incident, toolsOf(holderOf(incident)), nothing);
    await updateIncident(toolsOf().records, incident.id, { status: 'contained' });
    return { ...incident, status: 'contained' };
  };

  describe('of a function that nobody has touched', () => {
    it('is what contain would put on, in its order, and changes nothing', async () => {
      const suspect = await settled(await makeSuspect({ reserved: 3, queue: true }));
      const before = await readLiveState(clients, suspect.arn);
      const plan = await planned(suspect);

      expect(plan.standing).toEqual([]);
      expect(plan.steps.map(({ control, stage }) => [control, stage])).toEqual(
        STAGES.flatMap((controls, stage) => controls.map(({ id }) => [id, stage])),
      );
      expect(plan.steps.filter(({ applies }) => applies === 'unknown')).toEqual([]);
      expect(await readLiveState(clients, suspect.arn)).toEqual(before);

      // What contain then does is what the plan said, with the same captured state.
      const incident = await containAs(suspect);
      const ledger = await readLedgers(toolsOf().records, incident);
      expect(
        plan.steps
          .flatMap((step) => (step.applies === true ? [[step.control, comparable(step.before)]] : []))
          .toSorted(),
      ).toEqual(
        ledger
          .flatMap(({ control, state, before: was }) =>
            state === 'not-needed' ? [] : [[control, comparable(was)]],
          )
          .toSorted(),
      );
    });

    it('says whom it reaches', async () => {
      const suspect = await makeSuspect({ queue: true });
      const { arn: FunctionArn, functionName: FunctionName } = suspect;
      const sibling = await makeSuspect({ roleArn: suspect.roleArn, environment: { NEXT: FunctionName } });
      await settled(suspect);
      await clients.events.send(
        new PutRuleCommand({ Name: FunctionName, ScheduleExpression: 'rate(1 day)' }),
      );
      await clients.events.send(
        new PutTargetsCommand({ Rule: FunctionName, Targets: [{ Id: 'f', Arn: FunctionArn }] }),
      );
      await clients.lambda.send(
        new AddPermissionCommand({
          FunctionName,
          StatementId: 's3',
          Action: 'lambda:InvokeFunction',
          Principal: 's3.amazonaws.com',
          SourceArn: 'arn:aws:s3:::orders',
        }),
      );
      await clients.lambda.send(new CreateFunctionUrlConfigCommand({ FunctionName, AuthType: 'NONE' }));
      await clients.lambda.send(new PublishVersionCommand({ FunctionName }));
      await clients.lambda.send(
        new AddPermissionCommand({
          FunctionName,
          Qualifier: '1',
          StatementId: 'sns',
          Action: 'lambda:InvokeFunction',
          Principal: 'sns.amazonaws.com',
          SourceArn: 'arn:aws:sns:us-east-1:000000000000:orders',
        }),
      );
      await clients.lambda.send(new InvokeCommand({ FunctionName, Payload: '{}' }));
      const plan = await planned(suspect);

      expect(part(plan, 'event-sources').lines).toEqual([
        expect.stringMatching(`^arn:aws:sqs:.*:${FunctionName} `),
      ]);
      expect(part(plan, 'rules').lines).toEqual([`${FunctionName} on the bus default`]);
      expect(part(plan, 'resource-policy').lines).toEqual(
        expect.arrayContaining([
          'S3 bucket arn:aws:s3:::orders',
          'SNS topic arn:aws:sns:us-east-1:000000000000:orders',
        ]),
      );
      expect(part(plan, 'urls').lines).toEqual([expect.stringMatching(/\(open to anybody\)$/)]);
      expect(part(plan, 'siblings').lines).toEqual([sibling.functionName]);
      expect(part(plan, 'named-by').lines).toEqual([`${sibling.functionName} (in NEXT)`]);
      expect(part(plan, 'role-principals').lines).toEqual(['Service edgelambda.amazonaws.com']);
      expect(part(plan, 'invocations').count).toBe(1);
      // What AWS has no list of is not an empty list.
      for (const id of ['schedules', 'direct-callers'])
        expect(part(plan, id)).toMatchObject({ count: null, notKnown: expect.any(String) });
      expect(plan.cannotContain.join('\n')).toMatch(/Lambda@Edge[\s\S]*1 published version/);
    });
  });

  it('loses nothing where one read fails: it is named (invariant 8)', async () => {
    const suspect = await settled(await makeSuspect({ queue: true }));
    const plan = await planned(suspect, { ...toolsOf(), iam: stranger.iam }, { events: stranger.events });

    expect(plan.steps.find(({ control }) => control === 'concurrency')?.applies).toBe(true);
    expect(plan.steps.find(({ control }) => control === 'event-sources')?.applies).toBe(true);
    expect(plan.steps.find(({ control }) => control === 'role')).toMatchObject({
      applies: 'unknown',
      unknown: expect.stringMatching(/^\w+: ./),
    });
    expect(part(plan, 'rules')).toMatchObject({ count: null, notKnown: expect.stringMatching(/^\w+: ./) });
    expect(part(plan, 'role-principals')).toMatchObject({ count: null });
    expect(part(plan, 'event-sources').count).toBe(1);
    expect(plan.standing.join()).toMatch(/The role is not known/);
  });

  it('of nobody’s reads is all not known, and still a plan', async () => {
    const suspect = await settled(await makeSuspect());
    const tools = toolsOf('plan', stranger);
    const plan = await planned(
      suspect,
      { ...tools, records: { ...tools.records, db: stranger.db } },
      {
        events: stranger.events,
        metrics: stranger.metrics,
      },
    );

    expect(plan.steps.filter(({ applies }) => applies === true)).toEqual([]);
    expect(plan.steps.find(({ control }) => control === 'concurrency')?.applies).toBe('unknown');
    expect(plan.steps).toHaveLength(CONTROLS.length);
    expect(plan.blastRadius.filter(({ count }) => count !== null)).toEqual([]);
    expect(plan.losses).toEqual(['not known, as the event source mappings are not known']);
    expect(plan.standing.join('\n')).toMatch(/Whether it has an open incident is not known/);
  });

  it('of a contained function says so, and has nothing left to do', async () => {
    const suspect = await settled(await makeSuspect({ reserved: 2 }));
    const { id } = await containAs(suspect);
    const plan = await planned(suspect);

    expect(plan.standing).toEqual([expect.stringContaining(`Contained already by ${id}`)]);
    expect(plan.steps.filter(({ applies }) => applies !== false)).toEqual([]);
  });

  it('of a partly contained function is what is left to do, with the state from before', async () => {
    const suspect = await settled(await makeSuspect({ reserved: 2 }));
    const incident = await open(suspect);
    const crippled = { ...toolsOf(holderOf(incident)), iam: stranger.iam };
    await expect(contain(suspect, incident, crippled, nothing)).rejects.toMatchObject({
      name: 'ContainmentIncompleteError',
    });
    const plan = await planned(suspect);

    expect(plan.standing).toEqual([expect.stringContaining(`Partly contained by ${incident.id}`)]);
    expect(plan.steps.find(({ control }) => control === 'concurrency')).toMatchObject({ applies: false });
    expect(plan.steps.find(({ control }) => control === 'role')).toMatchObject({ applies: true });
  });

  it('takes the captured state from the ledger, not what the incident has set since', async () => {
    const suspect = await settled(await makeSuspect({ reserved: 9 }));
    const incident = await open(suspect);
    // The process died between setting the reservation and reading it back.
    await recordBefore(toolsOf().records, incident, 'concurrency', {
      before: { reserved: 9 },
      state: 'captured',
      detail: 'a reservation of 9',
    });
    await clients.lambda.send(
      new PutFunctionConcurrencyCommand({
        FunctionName: suspect.functionName,
        ReservedConcurrentExecutions: 0,
      }),
    );
    const { steps } = await planned(suspect);

    expect(steps.find(({ control }) => control === 'concurrency')).toMatchObject({
      applies: true,
      before: { reserved: 9 },
      found: 'a reservation of 9',
      undo: [expect.stringContaining('--reserved-concurrent-executions 9')],
    });
  });

  it('of a function that somebody stopped without an incident says that', async () => {
    const suspect = await settled(await makeSuspect({ reserved: 0 }));
    const { standing } = await planned(suspect);

    expect(standing).toEqual([expect.stringMatching(/^Reserved concurrency is 0 already/)]);
  });

  it('of a function that is being updated says so, and has all its steps', async () => {
    const suspect = await settled(await makeSuspect());
    await clients.lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: suspect.functionName, Description: 'anew' }),
    );
    const plan = await planned(suspect);

    expect(plan.standing.join('\n')).toContain('being updated');
    expect(plan.steps).toHaveLength(CONTROLS.length);
    expect(plan.steps.find(({ control }) => control === 'concurrency')?.applies).toBe(true);
  });

  it('of a function whose role is gone says so, and plans the rest', async () => {
    const suspect = await settled(await makeSuspect());
    await clients.iam.send(new DeleteRoleCommand({ RoleName: suspect.functionName }));
    const plan = await planned(suspect);

    expect(plan.standing).toEqual([expect.stringMatching(/^The role is gone/)]);
    expect(plan.steps.find(({ control }) => control === 'role')).toMatchObject({ applies: false });
    expect(plan.steps.find(({ control }) => control === 'concurrency')).toMatchObject({ applies: true });
    expect(plan.cannotContain.join()).not.toMatch(/Credentials/);
  });

  it('of a function that is deleted while it is planned is no crash', async () => {
    const suspect = await settled(await makeSuspect());
    await clients.lambda.send(new DeleteFunctionCommand({ FunctionName: suspect.functionName }));
    const { standing } = await planned(suspect);

    expect(standing).toContain('The function does not exist any more');
  });

  describe('the undo commands', () => {
    const CONTEXT = () => ({ denyPolicyArn, prefix: 'tourniquet-test' });

    it.each([{ reserved: 4 }, {}])('put everything back as it was: %j', async (wanted) => {
      const suspect = await settled(await makeSuspect({ ...wanted, queue: true }));
      const before = await readLiveState(clients, suspect.arn);
      const incident = await containAs(suspect);
      expect(differences(before, await readLiveState(clients, suspect.arn))).not.toEqual([]);

      const ran = await runCommands(await readUndo(toolsOf().records, incident, CONTEXT()), clients);

      expect(ran.length).toBeGreaterThanOrEqual(3);
      expect(differences(before, await readLiveState(clients, suspect.arn))).toEqual([]);
    });

    it('of one function do not let another loose that shares its role, and both together put all back', async () => {
      const first = await makeSuspect();
      const second = await settled(await makeSuspect({ roleArn: first.roleArn }));
      await settled(first);
      const before = await Promise.all([first, second].map(({ arn }) => readLiveState(clients, arn)));
      const one = await containAs(first);
      const other = await containAs(second);
      const text = await readUndo(toolsOf().records, one, CONTEXT());

      expect(text).toContain('WARNING: another contained function shares the role');
      expect(text).toContain(other.id);
      const ran = await runCommands(text, clients);
      expect(ran).not.toContain('iam detach-role-policy');
      expect(differences(before[0] ?? {}, await readLiveState(clients, first.arn))).toEqual([
        'ListAttachedRolePolicies',
      ]);

      // As the text says: once the other is released too, the line that was switched off.
      await runCommands(await readUndo(toolsOf().records, other, CONTEXT()), clients);
      const off = text.split('\n').filter((line) => line.startsWith('# aws iam detach-role-policy '));
      await runCommands(off.map((line) => line.slice(2)).join('\n'), clients);
      for (const [index, { arn }] of [first, second].entries())
        expect(differences(before[index] ?? {}, await readLiveState(clients, arn))).toEqual([]);
    });

    it('are sealed with the evidence, and its summary says where', async () => {
      const suspect = await settled(await makeSuspect({ reserved: 4 }));
      const incident = await containAs(suspect);
      const bucket = suspect.functionName;
      await clients.s3.send(new CreateBucketCommand({ Bucket: bucket, ObjectLockEnabledForBucket: true }));
      const { s3 } = clients;
      const { records } = toolsOf();
      const { summary } = await gather(
        { incident, suspect },
        false,
        collectorTools(clients, records, { undo: CONTEXT() }),
        await aVault(clients, bucket, records.now),
      );
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: summary.undoKey }));
      const text = (await Body?.transformToString()) ?? '';

      expect(text).toContain('--reserved-concurrent-executions 4');
      // The same text as the command line gives, but for when it was written.
      const dateless = (of: string) =>
        of.replace(/as of \S+,/, '').replace(/"aws:TokenIssueTime":"[^"]+"/, '');
      expect(dateless(text)).toBe(dateless(await readUndo(records, incident, CONTEXT())));
    });

    it('leave a deny alone that was there before', async () => {
      const suspect = await settled(await makeSuspect());
      await clients.iam.send(
        new AttachRolePolicyCommand({ RoleName: suspect.functionName, PolicyArn: denyPolicyArn }),
      );
      const before = await readLiveState(clients, suspect.arn);
      const incident = await containAs(suspect);
      await runCommands(await readUndo(toolsOf().records, incident, CONTEXT()), clients);

      expect(differences(before, await readLiveState(clients, suspect.arn))).toEqual([]);
      await clients.iam.send(
        new DetachRolePolicyCommand({ RoleName: suspect.functionName, PolicyArn: denyPolicyArn }),
      );
    });
  });
});
