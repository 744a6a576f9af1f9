import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DetachRolePolicyCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionConcurrencyCommand,
  InvalidParameterValueException,
  type LambdaClient,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import yazl from 'yazl';
import type { Sent } from '../approval/proveIdentity';
import { openByHand } from '../detection/openByHand';
import type { Incident } from '../incident/incident';
import { findOpenIncident, getIncident, listEntries, type Records } from '../incident/store';
import { roleNameOf } from '../suspect/functionArn';
import { drillName } from './name';

/** The tag of what a drill makes: a route of the policy may name it (docs/runbook.md). */
export const DRILL_TAG = 'tourniquet:drill';

/** The drill did not go as it must. Says at which step. */
export class DrillFailedError extends Error {
  override readonly name = 'DrillFailedError';
}

export type Drilling = {
  readonly lambda: LambdaClient;
  readonly iam: IAMClient;
  readonly events: EventBridgeClient;
  readonly records: Records;
  readonly bus: string;
  /** What the function runs under; without it a role is made for it, and deleted with it. */
  readonly roleArn?: string;
  readonly decide: (decision: { incidentId: string; action: string; reason: string }) => Promise<Sent>;
  /** Told of each step as it is done, with the seconds since the finding. */
  readonly step: (seconds: number, what: string) => void;
};

const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

const PATIENCE_S = 300;

const until = async <T>(what: string, look: () => Promise<T | null>): Promise<T> => {
  const end = Date.now() + PATIENCE_S * 1000;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() > end) throw new DrillFailedError(`after ${PATIENCE_S} s there is still not: ${what}`);
    await pause(500);
  }
};

const codeOf = async (): Promise<Buffer> => {
  const file = new yazl.ZipFile();
  file.addBuffer(Buffer.from("exports.handler = async () => 'a drill';"), 'index.js');
  file.end();
  const chunks: Buffer[] = [];
  for await (const chunk of file.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

const makeRole = async (iam: IAMClient, name: string): Promise<string | undefined> => {
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName: name,
      AssumeRolePolicyDocument: TRUST,
      Tags: [{ Key: DRILL_TAG, Value: 'true' }],
    }),
  );
  return Role?.Arn;
};

/** A function that nothing calls and that may do nothing, under a role of its own. */
const make = async ({ lambda, iam, roleArn }: Drilling, name: string): Promise<string> => {
  const Role = roleArn ?? (await makeRole(iam, name));
  const ZipFile = await codeOf();
  // A new role takes seconds until Lambda may assume it (IAM user guide, "Troubleshoot IAM": eventual consistency).
  const arn = await until('a role that Lambda may assume', async () => {
    try {
      const { FunctionArn = '' } = await lambda.send(
        new CreateFunctionCommand({
          FunctionName: name,
          Runtime: 'nodejs22.x',
          Handler: 'index.handler',
          Role,
          Code: { ZipFile },
          Description: 'A drill of Tourniquet. Delete it if it is still here after an hour.',
          Tags: { [DRILL_TAG]: 'true', 'tourniquet:mode': 'respond' },
        }),
      );
      return FunctionArn;
    } catch (error) {
      if (error instanceof InvalidParameterValueException && /assume/i.test(error.message)) return null;
      throw error;
    }
  });
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: PATIENCE_S }, { FunctionName: name });
  return arn;
};

/** A role goes only without policies: of a drill that failed, the deny is still on it. */
const deleteRole = async (iam: IAMClient, RoleName: string): Promise<void> => {
  const { AttachedPolicies = [] } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
  for (const { PolicyArn } of AttachedPolicies)
    await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
  await iam.send(new DeleteRoleCommand({ RoleName }));
};

const clean = async ({ lambda, iam, roleArn }: Drilling, name: string): Promise<readonly string[]> => {
  const left: string[] = [];
  for (const [what, act] of [
    [`function ${name}`, () => lambda.send(new DeleteFunctionCommand({ FunctionName: name }))],
    ...(roleArn === undefined ? [[`role ${name}`, () => deleteRole(iam, name)] as const] : []),
  ] as const)
    await act().catch((error: Error) => {
      if (!/NoSuchEntity|ResourceNotFound/.test(error.name)) left.push(`${what} (${error.message})`);
    });
  return left;
};

const reservedOf = async (lambda: LambdaClient, FunctionName: string): Promise<number | null> =>
  (await lambda.send(new GetFunctionConcurrencyCommand({ FunctionName }))).ReservedConcurrentExecutions ??
  null;

const deniedBy = async (iam: IAMClient, RoleName: string): Promise<number> =>
  (await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }))).AttachedPolicies?.length ?? 0;

/** Who was told of the containment, as the record says; what failed is a failure of the drill. */
const told = async (records: Records, { id }: Incident): Promise<string> =>
  until('an announcement of the containment', async () => {
    const entry = (await listEntries(records, id)).find(({ kind }) => kind === 'announced-contained');
    if (entry === undefined) return null;
    if (/ failed: |told nobody/.test(entry.text)) throw new DrillFailedError(entry.text);
    return entry.text;
  });

const run = async (drilling: Drilling, name: string): Promise<void> => {
  const { lambda, iam, events, records, bus, roleArn, decide, step } = drilling;
  const roleName = roleArn === undefined ? name : roleNameOf(roleArn);
  const arn = await make(drilling, name);
  step(0, `${name} is there, with a role of its own, and nothing calls it`);
  const began = Date.now();
  const since = (): number => (Date.now() - began) / 1000;
  await openByHand(
    { arn, functionName: name },
    { reason: 'This is a drill. Nothing is wrong.', severity: 8 },
    bus,
    events,
  );
  step(since(), 'the finding is on the bus, marked as a drill');
  const incident = await until('a containment', async () => {
    const found = await findOpenIncident(records, arn);
    return found?.status === 'contained' ? found : null;
  });
  if ((await reservedOf(lambda, name)) !== 0 || (await deniedBy(iam, roleName)) === 0)
    throw new DrillFailedError(`${incident.id} says contained, and ${name} is not`);
  step(since(), `contained: ${incident.id}, concurrency 0, its role denied`);
  step(since(), await told(records, incident));
  const { status, body } = await decide({
    incidentId: incident.id,
    action: 'false_positive',
    reason: 'a drill',
  });
  if (status !== 200)
    throw new DrillFailedError(
      `the release was not taken (${status}): ${body.error ?? body.message ?? 'no reason given'}`,
    );
  if (body.note) throw new DrillFailedError(`the release waits for others: ${body.note}`);
  step(since(), 'released as a false positive');
  await until('a release', async () => {
    const { status: now } = await getIncident(records, incident.id);
    return now === 'watching' || now === 'closed' ? now : null;
  });
  if ((await reservedOf(lambda, name)) !== null || (await deniedBy(iam, roleName)) !== 0)
    throw new DrillFailedError(`${incident.id} says released, and ${name} is not as it was`);
  step(since(), 'put back exactly as it was');
};

/**
 * Has a throw-away function contained and released, by the real path, with the caller's own credentials. Throws
 * {@link DrillFailedError} at the first step that does not hold. What it made is deleted whatever happens.
 */
export const drill = async (drilling: Drilling): Promise<void> => {
  const name = drillName(randomBytes(4).toString('hex'));
  let failure: unknown;
  try {
    await run(drilling, name);
  } catch (error) {
    failure = error;
  }
  const left = await clean(drilling, name);
  if (failure !== undefined) throw failure;
  if (left.length > 0) throw new DrillFailedError(`could not be deleted: ${left.join(', ')}`);
};
