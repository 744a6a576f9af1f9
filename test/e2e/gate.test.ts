import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  AddPermissionCommand,
  CreateAliasCommand,
  DeleteFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  GetPolicyCommand,
  PublishLayerVersionCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  UpdateAliasCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { STSClient } from '@aws-sdk/client-sts';
import { approveState } from '../../cli/approve';
import { tightenedOf } from '../../cli/tighten/command';
import { until } from '../../local/until';
import type { Incident } from '../../shared/incident/incident';
import { getIncident, listEntries } from '../../shared/incident/store';
import type { GateCheck } from '../../shared/recovery/gate';
import { roleNameOf } from '../../shared/suspect/functionArn';
import { decideAs } from './decisions';
import {
  enter,
  incidentOf,
  type Made,
  makeFunction,
  messageWith,
  patch,
  report,
  reservedOf,
  said,
  type World,
  zip,
} from './world';

describe('a fix that is none', () => {
  let world: World;
  beforeAll(async () => {
    world = await enter();
  });

  const document = (...Action: readonly string[]): string =>
    JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });

  /** The state as it is, approved by a person. */
  const approve = async ({ arn }: Made): Promise<void> => {
    const { lambda, iam } = world.instance.clients;
    const { endpoint, region } = world.instance.aws;
    await approveState(
      arn,
      { reason: 'as it is to be', prefix: world.instance.stack.incidentTable.replace(/-incidents$/, '') },
      {
        lambda,
        iam,
        db: world.records.db,
        sts: new STSClient({ endpoint, region, credentials: world.instance.aws }),
      },
    );
  };

  const layersOf = async ({ name }: Made, ...Layers: string[]): Promise<void> => {
    const { lambda } = world.instance.clients;
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: name, Layers }));
    await waitUntilFunctionUpdatedV2(
      { client: lambda, maxWaitTime: 30, minDelay: 0.1, maxDelay: 1 },
      { FunctionName: name },
    );
  };
  const publishLayer = async ({ name }: Made, what: string): Promise<string> => {
    const { LayerVersionArn = '' } = await world.instance.clients.lambda.send(
      new PublishLayerVersionCommand({ LayerName: `${name}-help`, Content: { ZipFile: await zip(what) } }),
    );
    return LayerVersionArn;
  };
  const attach = async ({ name, roleName }: Made, suffix: string, action: string): Promise<string> => {
    const { iam } = world.instance.clients;
    const { Policy } = await iam.send(
      new CreatePolicyCommand({ PolicyName: `${name}-${suffix}`, PolicyDocument: document(action) }),
    );
    await iam.send(new AttachRolePolicyCommand({ RoleName: roleName, PolicyArn: Policy?.Arn }));
    return Policy?.Arn ?? '';
  };
  const writeWork = ({ roleName }: Made, ...actions: string[]) =>
    world.instance.clients.iam.send(
      new PutRolePolicyCommand({
        RoleName: roleName,
        PolicyName: 'work',
        PolicyDocument: document(...actions),
      }),
    );
  const addPermission = ({ name }: Made, Principal: string) =>
    world.instance.clients.lambda.send(
      new AddPermissionCommand({
        FunctionName: name,
        StatementId: 'door',
        Action: 'lambda:InvokeFunction',
        Principal,
      }),
    );

  const contained = async (made: Made): Promise<string> => {
    await report(world, made);
    const { id } = await incidentOf(world, made, 'contained');
    await until('evidence', 90, async () => (await getIncident(world.records, id)).remains ?? null);
    return id;
  };
  /** What a release is refused for, by check. */
  const refused = async (incidentId: string): Promise<Partial<Record<GateCheck, string>>> => {
    const { round } = await getIncident(world.records, incidentId);
    await decideAs(world, { incidentId, action: 'release', reason: 'mended' });
    const { gate = [], status }: Incident = await until('a refusal', 60, async () => {
      const incident = await getIncident(world.records, incidentId);
      return incident.round > round ? incident : null;
    });
    expect(status).toBe('contained');
    return Object.fromEntries(
      gate.filter(({ outcome }) => outcome === 'failed').map(({ check, because }) => [check, because]),
    );
  };

  it("leaves an attacker's statements and layer where they are: it is refused until each of them is gone", async () => {
    const made = await makeFunction(world, { mode: 'respond' });
    await attach(made, 'own', 's3:GetObject');
    await approve(made);
    // Whoever has broken in.
    await writeWork(made, 'sqs:*', 'logs:*', 'iam:*');
    const evil = await attach(made, 'evil', 'secretsmanager:GetSecretValue');
    await addPermission(made, '*');
    await layersOf(made, await publishLayer(made, 'evil'));

    const id = await contained(made);
    await patch(world, made);
    const all = await refused(id);
    expect(Object.keys(all)).toEqual(['configuration', 'policies']);
    expect(all.configuration).toContain(`layer:${made.name}-help:1 was added`);
    expect(all.policies).toContain('added to the policy work of the role');
    expect(all.policies).toContain(`added to the policy ${evil} of the role`);
    expect(all.policies).toContain('resource policy, was taken out of it, and the release would put back');

    // Nearly a fix: the same layer anew, nearly the same statement, and the door as it was.
    await layersOf(made, await publishLayer(made, 'evil, again'));
    await writeWork(made, 'sqs:*', 'logs:*', 'iam:Put*');
    await world.instance.clients.iam.send(
      new DetachRolePolicyCommand({ RoleName: made.roleName, PolicyArn: evil }),
    );
    const nearly = await refused(id);
    expect(nearly.configuration).toContain(`layer:${made.name}-help:2 was added`);
    expect(nearly.policies).toContain('the policy work of the role was changed since');
    expect(nearly.policies).not.toContain(evil);

    await layersOf(made);
    await writeWork(made, 'sqs:*', 'logs:*');
    // Under the name of the attacker's: the release then leaves it, and puts nothing back.
    await addPermission(made, world.instance.aws.accountId);
    await decideAs(world, { incidentId: id, action: 'release', reason: 'mended' });
    const { gate = [] } = await incidentOf(world, made, 'watching', 'closed');
    expect(gate.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
    const { Policy = '' } = await world.instance.clients.lambda.send(
      new GetPolicyCommand({ FunctionName: made.name }),
    );
    expect(Policy).toContain('door');
    expect(Policy).not.toContain('"*"');

    // The function never ran and called nothing: then nothing is proposed of its role.
    const { iam, cloudTrail } = world.instance.clients;
    const { proposals, calls, cautions } = await tightenedOf(await getIncident(world.records, id), 90, {
      records: world.records,
      iam,
      cloudTrailIn: () => cloudTrail,
      ours: 'tourniquet-',
    });
    expect([calls, proposals]).toEqual([0, []]);
    expect(cautions.join()).toContain('nothing is proposed');
  });

  it('serves the compromised version beside it, or never ran where policy says: an approver waives the latter alone', async () => {
    const { lambda } = world.instance.clients;
    const made = await makeFunction(world, { mode: 'respond', name: `rehearsed-${Date.now().toString(36)}` });
    const publish = async (): Promise<string> =>
      (await lambda.send(new PublishVersionCommand({ FunctionName: made.name }))).Version ?? '';
    const alias = { FunctionName: made.name, Name: 'rehearsal' };
    await lambda.send(new CreateAliasCommand({ ...alias, FunctionVersion: await publish() }));

    const id = await contained(made);
    await patch(world, made);
    const beside = await refused(id);
    expect(beside.code).toContain('an alias sends traffic to version 1, whose code was contained');
    expect(beside.staging).toContain('rehearsal has other code');

    await lambda.send(new UpdateAliasCommand({ ...alias, FunctionVersion: await publish() }));
    expect(await refused(id)).toEqual({ staging: expect.stringContaining('did not run since') });

    await decideAs(world, { incidentId: id, action: 'waive', check: 'staging', reason: 'it is a drill' });
    await decideAs(world, { incidentId: id, action: 'release', reason: 'mended' });
    const { gate = [] } = await incidentOf(world, made, 'watching', 'closed');
    expect(gate.find(({ check }) => check === 'staging')).toMatchObject({
      outcome: 'waived',
      because: expect.stringMatching(/waived by .*: it is a drill/),
    });
  });

  /** Nothing of the stack's function runs until it is let go. */
  const hold = async (FunctionName: string): Promise<() => Promise<void>> => {
    const { lambda } = world.instance.clients;
    await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }));
    return async () => {
      await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
    };
  };
  const deny = async (FunctionName: string, Action: string, Resource = '*'): Promise<() => Promise<void>> => {
    const { lambda, iam } = world.instance.clients;
    const { Role = '' } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const policy = { RoleName: roleNameOf(Role), PolicyName: `not-${Date.now().toString(36)}` };
    const Statement = [{ Effect: 'Deny', Action, Resource }];
    await iam.send(
      new PutRolePolicyCommand({
        ...policy,
        PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
      }),
    );
    let isThere = true;
    return async () => {
      if (isThere) await iam.send(new DeleteRolePolicyCommand(policy));
      isThere = false;
    };
  };
  const verified = async (id: string): Promise<readonly string[]> =>
    (await listEntries(world.records, id)).flatMap(({ kind, text }) => (kind === 'verified' ? [text] : []));

  it('is released before the evidence was looked at: it is looked at once more after that, and refused', async () => {
    const made = await makeFunction(world, { mode: 'respond' });
    await approve(made);
    await writeWork(made, 'sqs:*', 'logs:*', 'iam:*');
    const letGo = await hold('tourniquet-local-gatherEvidence');
    const id = await (async () => {
      try {
        await report(world, made);
        const incident = await incidentOf(world, made, 'contained');
        await patch(world, made);
        await decideAs(world, { incidentId: incident.id, action: 'release', reason: 'mended' });
        const [first] = await until('a first look', 60, async () => {
          const texts = await verified(incident.id);
          return texts.length > 0 ? texts : null;
        });
        expect(first).toContain('as far as is known before the evidence was looked at');
        // It stays contained until then, and whoever pressed is told.
        const { status, gate = [] } = await getIncident(world.records, incident.id);
        expect(status).toBe('contained');
        expect(gate.find(({ check }) => check === 'policies')).toMatchObject({ outcome: 'unknown' });
        return incident.id;
      } finally {
        await letGo();
      }
    })();

    const { gate = [], status } = await until('a refusal', 120, async () => {
      const incident = await getIncident(world.records, id);
      return incident.round > 1 ? incident : null;
    });
    expect(status).toBe('contained');
    expect(gate.filter(({ outcome }) => outcome === 'failed')).toEqual([
      { check: 'policies', outcome: 'failed', because: expect.stringContaining('policy work of the role') },
    ]);
    expect(await reservedOf(world, made)).toBe(0);
    await until('the buttons again', 60, async () => {
      const { blocks } = await messageWith(world, made.name, 'release');
      return JSON.stringify(blocks).includes('It is put back once') ? null : true;
    });

    // Kept, and then mended: both are taken up by what waits now.
    await decideAs(world, { incidentId: id, action: 'keep', reason: 'not yet' });
    await until('that it is kept', 60, async () => {
      const { acknowledged, decision } = await getIncident(world.records, id);
      return decision?.action === 'keep' && acknowledged === decision.at ? true : null;
    });
    await writeWork(made, 'sqs:*', 'logs:*');
    await decideAs(world, { incidentId: id, action: 'release', reason: 'mended' });
    const released = await incidentOf(world, made, 'watching', 'closed');
    expect(released.gate?.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
  });

  it('is taken back by whoever has second thoughts, as long as the evidence is looked at', async () => {
    const made = await makeFunction(world, { mode: 'respond' });
    const letGo = await hold('tourniquet-local-gatherEvidence');
    await report(world, made);
    const { id } = await incidentOf(world, made, 'contained');
    try {
      await patch(world, made);
      await decideAs(world, { incidentId: id, action: 'release', reason: 'mended' });
      await until('a first look', 60, async () => (await verified(id)).length > 0);
      await decideAs(world, { incidentId: id, action: 'keep', reason: 'not before the evidence' });
    } finally {
      await letGo();
    }
    await until('that it is kept', 120, async () => {
      const { acknowledged, decision, remains } = await getIncident(world.records, id);
      return remains !== undefined && decision?.action === 'keep' && acknowledged === decision.at;
    });
    expect(await reservedOf(world, made)).toBe(0);
    await decideAs(world, { incidentId: id, action: 'release', reason: 'now it is' });
    await incidentOf(world, made, 'watching', 'closed');
    expect(await reservedOf(world, made)).toBeNull();
  });

  /** Calls it a false positive before anything of its evidence is gathered, and does something then; gives the incident's id. */
  const calledOffAtOnce = async (made: Made, andThen: (id: string) => Promise<void>): Promise<string> => {
    const letGo = await hold('tourniquet-local-gatherEvidence');
    try {
      await report(world, made);
      const { id } = await incidentOf(world, made, 'contained');
      await decideAs(world, { incidentId: id, action: 'false_positive', reason: 'a load test' });
      await incidentOf(world, made, 'watching');
      await andThen(id);
      return id;
    } finally {
      await letGo();
    }
  };

  it('was called a false positive: it is put back at once, and the evidence is gathered all the same', async () => {
    const made = await makeFunction(world, { mode: 'respond' });
    const id = await calledOffAtOnce(made, async (incidentId) => {
      expect(await reservedOf(world, made)).toBeNull();
      await until('what was put back', 60, async () =>
        (await listEntries(world.records, incidentId)).some(({ kind }) => kind === 'announced-released'),
      );
      expect((await getIncident(world.records, incidentId)).evidence).toBeUndefined();
    });
    await said(world, id, 'artifacts sealed');
    const { evidence, containment, investigatedAt } = await getIncident(world.records, id);
    expect(evidence).toMatchObject({ bucket: world.instance.stack.evidenceBucket, containment });
    expect(investigatedAt).toBeDefined();
  });

  it('was called a false positive, and comes back: it is contained again, though evidence is still gathered', async () => {
    const made = await makeFunction(world, { mode: 'respond' });
    const id = await calledOffAtOnce(made, async (incidentId) => {
      await report(world, made, { type: 'Trojan:Lambda/DropPoint' });
      const again = await until('the second containment', 60, async () => {
        const now = await getIncident(world.records, incidentId);
        return now.containment === 2 && now.status === 'contained' ? now : null;
      });
      expect(again.relapse).toBeUndefined();
      expect(await reservedOf(world, made)).toBe(0);
    });
    await until('its own evidence', 120, async () => {
      const { evidence, investigatedAt } = await getIncident(world.records, id);
      return evidence?.containment === 2 && investigatedAt !== undefined;
    });
    await decideAs(world, { incidentId: id, action: 'false_positive', reason: 'a load test, again' });
    await incidentOf(world, made, 'watching', 'closed');
    expect(await reservedOf(world, made)).toBeNull();
  });

  it('cannot be compared with evidence, as there is none: an approver waives that; it is gathered before it closes', async () => {
    const made = await makeFunction(world, { mode: 'respond' });
    await approve(made);
    const mended = await deny('tourniquet-local-gatherEvidence', 'kms:Sign');
    try {
      await report(world, made);
      const { id } = await incidentOf(world, made, 'contained');
      await patch(world, made);
      const all = await refused(id);
      expect(Object.keys(all)).toEqual(['policies', 'dependency', 'secrets']);
      expect(all.policies).toBe('the evidence: could not be looked at (npx tourniquet show says why)');
      for (const check of Object.keys(all))
        await decideAs(world, { incidentId: id, action: 'waive', check, reason: 'looked at by hand' });
      await decideAs(world, { incidentId: id, action: 'release', reason: 'mended' });
      await incidentOf(world, made, 'watching');
      await mended();
      const { evidence, gathering } = await incidentOf(world, made, 'closed');
      expect(evidence?.manifestKey).toContain(id);
      expect(gathering).toBeUndefined();
    } finally {
      await mended();
    }
  });

  it('cannot be verified: the decision is taken back and told, and counts anew once that is mended', async () => {
    const made = await makeFunction(world, { mode: 'respond' });
    const id = await contained(made);
    await patch(world, made);
    const mended = await deny('tourniquet-local-verify', 'lambda:ListAliases');
    try {
      expect(await refused(id)).toEqual({});
      const { refused: why } = await getIncident(world.records, id);
      expect(why?.because).toMatch(/^it could not be verified \(.*AccessDenied/);
    } finally {
      await mended();
    }
    await decideAs(world, { incidentId: id, action: 'release', reason: 'mended' });
    await incidentOf(world, made, 'watching', 'closed');
  });
});
