import {
  DeleteEventSourceMappingCommand,
  ListEventSourceMappingsCommand,
  PutFunctionConcurrencyCommand,
  PutProvisionedConcurrencyConfigCommand,
} from '@aws-sdk/client-lambda';
import { differences, readLiveState } from '../../../local/liveState';
import { contain } from '../../../shared/containment/contain';
import { readLedgers } from '../../../shared/containment/ledger';
import { listEntries } from '../../../shared/incident/store';
import { FORCEABLE } from '../../../shared/recovery/forceable';
import { restore } from '../../../shared/recovery/restore';
import { maker } from './generated';
import { incidentOf, type Stage, startStage } from './stage';

const nothing = () => Promise.resolve();

describe('an approver who has put back what somebody changed (invariant 2)', () => {
  let stage: Stage;
  let make: Awaited<ReturnType<typeof maker>>;
  beforeAll(async () => {
    stage = await startStage('force');
    make = await maker(stage.clients, stage.denyPolicyArn);
  });
  afterAll(() => stage.stop());

  const contained = async () => {
    const { suspect } = await make({
      reserved: 7,
      published: true,
      provisioned: { count: 2, scaling: null },
      mappings: [{ on: 'function', enabled: true }],
      urls: [],
      statements: [],
      invokeConfigs: [],
      runs: { as: 'ordinary' },
      sharedRole: false,
      deniedBefore: false,
      suspectedAs: 'function',
    });
    const before = await readLiveState(stage.clients, suspect.arn);
    const incident = incidentOf(suspect);
    const tools = stage.tools(incident);
    await contain(suspect, incident, tools, nothing);
    return { suspect, incident, tools, before };
  };
  type Case = Awaited<ReturnType<typeof contained>>;
  const reserve = ({ suspect }: Case, ReservedConcurrentExecutions: number) =>
    stage.clients.lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName: suspect.arn, ReservedConcurrentExecutions }),
    );
  const provision = async ({ suspect, incident }: Case, ProvisionedConcurrentExecutions: number) => {
    const ledger = await readLedgers(stage.records, incident);
    const record = ledger.find(({ control }) => control === 'provisioned');
    // Only the control of that id writes this record.
    const { configurations = [] } = (record?.before ?? {}) as { configurations?: { qualifier: string }[] };
    await stage.clients.lambda.send(
      new PutProvisionedConcurrencyConfigCommand({
        FunctionName: suspect.arn,
        Qualifier: configurations[0]?.qualifier ?? '',
        ProvisionedConcurrentExecutions,
      }),
    );
  };
  const driftedIn = async ({ suspect, incident, tools }: Case, force: readonly string[] = []) =>
    (await restore(suspect, incident, tools, force, 'U0ONCALL'))
      .filter(({ outcome }) => outcome === 'drift')
      .map(({ control }) => control);
  const forcedIn = async ({ incident }: Case) =>
    (await listEntries(stage.records, incident.id))
      .filter(({ kind }) => kind === 'forced')
      .map(({ text }) => text);

  it('overwrites that control alone, after the history has who had it done and what was there', async () => {
    const one = await contained();
    await reserve(one, 9);
    await provision(one, 5);
    expect(await driftedIn(one)).toEqual(['concurrency', 'provisioned']);
    expect(await forcedIn(one)).toEqual([]);

    expect(await driftedIn(one, ['concurrency'])).toEqual(['provisioned']);
    const [forced = '', ...others] = await forcedIn(one);
    expect(others).toEqual([]);
    expect(forced).toMatch(/^U0ONCALL had .*\(concurrency\).*a reservation of 9/);

    expect(await driftedIn(one, ['provisioned'])).toEqual([]);
    expect((await forcedIn(one))[1]).toContain('provisioned 5');
    expect(differences(one.before, await readLiveState(stage.clients, one.suspect.arn))).toEqual([]);
  });

  it('sees what is there by then, not what was there when drift was first reported', async () => {
    const one = await contained();
    await reserve(one, 9);
    expect(await driftedIn(one)).toEqual(['concurrency']);
    await reserve(one, 11);
    expect(await driftedIn(one, ['concurrency'])).toEqual([]);
    expect((await forcedIn(one))[0]).toContain('a reservation of 11');
  });

  it('writes no such line about what had not drifted, and says drift of what cannot come back', async () => {
    const one = await contained();
    const { lambda } = stage.clients;
    const { EventSourceMappings = [] } = await lambda.send(
      new ListEventSourceMappingsCommand({ FunctionName: one.suspect.arn }),
    );
    await lambda.send(new DeleteEventSourceMappingCommand({ UUID: EventSourceMappings[0]?.UUID }));
    expect(
      await driftedIn(
        one,
        FORCEABLE.filter((control) => control !== 'sessions'),
      ),
    ).toEqual(['event-sources']);
    expect(await forcedIn(one)).toEqual([expect.stringMatching(/\(event-sources\).*was deleted/)]);
  });

  it('leaves old sessions where that is decided, and the ledger has who decided it and until when they live', async () => {
    const one = await contained();
    await restore(one.suspect, one.incident, one.tools, ['sessions'], 'U0ONCALL');
    const record = (await readLedgers(stage.records, one.incident)).find(
      ({ control }) => control === 'sessions',
    );
    expect(record?.detail).toMatch(/until \d{4}-.*U0ONCALL decided to leave them/);
    expect((await forcedIn(one))[0]).toBe(record?.detail);
  });
});
