import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { slackSignature } from '../../shared/approval/slackSignature';
import { getIncident, listEntries } from '../../shared/incident/store';
import { decideAs } from './decisions';
import {
  enter,
  incidentOf,
  makeFunction,
  messageWith,
  patch,
  report,
  reservedOf,
  said,
  saidTo,
  type World,
} from './world';

describe('only a listed approver releases (invariant 5)', () => {
  let world: World;
  beforeAll(async () => {
    world = await enter();
  });

  const contained = async () => {
    const victim = await makeFunction(world, { mode: 'respond' });
    await report(world, victim);
    const incident = await incidentOf(world, victim, 'contained');
    return { victim, incident, message: await messageWith(world, victim.name, 'release') };
  };

  /** Posts what Slack would, with a signature and a stamp of the test's choosing. */
  const post = async (body: string, signature: string | null, stamp = Math.floor(Date.now() / 1000)) => {
    const answer = await fetch(world.instance.stack.slackInteractionsUrl, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        'X-Slack-Request-Timestamp': String(stamp),
        ...(signature === null ? {} : { 'X-Slack-Signature': signature }),
      },
      body,
    });
    return answer.status;
  };

  it('answers 401 to a request that is forged, unsigned, old or from the future', async () => {
    const { victim, incident } = await contained();
    const payload = {
      type: 'block_actions',
      user: { id: 'U0ONCALL' },
      trigger_id: '1',
      actions: [{ action_id: 'false_positive', value: `${incident.id}.1` }],
    };
    const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
    const secret = world.instance.desk.signingSecret;
    const now = Math.floor(Date.now() / 1000);
    const sign = (stamp: number, text = body) => slackSignature(secret, String(stamp), text);
    expect(await post(body, null)).toBe(401);
    expect(await post(body, `v0=${'a'.repeat(64)}`)).toBe(401);
    expect(await post(body, sign(now, `${body}&x`), now)).toBe(401);
    expect(await post(body, sign(now - 301), now - 301)).toBe(401);
    expect(await post(body, sign(now + 600), now + 600)).toBe(401);
    expect((await getIncident(world.records, incident.id)).decision).toBeUndefined();
    expect(await reservedOf(world, victim)).toBe(0);
  });

  it('tells somebody who is not an approver, and changes nothing', async () => {
    const { victim, incident, message } = await contained();
    await world.desk.press(message.ts, 'release', 'U0INTERN');
    await saidTo(world, 'U0INTERN', incident.id, 'not on the list of approvers');
    expect((await getIncident(world.records, incident.id)).decision).toBeUndefined();
    expect(await reservedOf(world, victim)).toBe(0);
  });

  it('answers 403 to an AWS principal that is not on the list, and to nobody', async () => {
    const { incident } = await contained();
    const { iam } = world.instance.clients;
    const UserName = `passer-by-${incident.id}`;
    await iam.send(new CreateUserCommand({ UserName }));
    await iam.send(
      new PutUserPolicyCommand({
        UserName,
        PolicyName: 'call',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*' }],
        }),
      }),
    );
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    const passerBy = {
      accessKeyId: AccessKey?.AccessKeyId ?? '',
      secretAccessKey: AccessKey?.SecretAccessKey ?? '',
    };
    const decision = { incidentId: incident.id, action: 'false_positive', reason: 'let it go' };
    expect(await decideAs(world, decision, passerBy)).toMatchObject({
      status: 403,
      body: { code: 'not-an-approver' },
    });
    expect(
      await decideAs(world, decision, { accessKeyId: 'AKIAUNKNOWN0000000000', secretAccessKey: 'x' }),
    ).toMatchObject({ status: 403 });
    const unsigned = await fetch(world.instance.stack.decisionsUrl, {
      method: 'POST',
      body: JSON.stringify(decision),
    });
    expect(unsigned.status).toBe(403);
  });

  it('does not believe an event that claims to come from an approver', async () => {
    const { victim, incident } = await contained();
    const { Payload } = await world.instance.clients.lambda.send(
      new InvokeCommand({
        FunctionName: 'tourniquet-local-decide',
        Payload: JSON.stringify({
          requestContext: { authorizer: { iam: { userArn: 'arn:aws:iam::000000000000:root' } } },
          body: JSON.stringify({
            incidentId: incident.id,
            action: 'false_positive',
            reason: 'let it go',
            proof: {
              authorization: 'AWS4-HMAC-SHA256 SignedHeaders=host;x-amz-date;x-tourniquet-decision',
              date: '20260101T000000Z',
            },
          }),
        }),
      }),
    );
    expect(JSON.parse(Payload?.transformToString() ?? '')).toMatchObject({ statusCode: 403 });
    expect(await reservedOf(world, victim)).toBe(0);
  });

  it('names the field of a decision that cannot be read, and an incident that is not there', async () => {
    expect(await decideAs(world, { incidentId: 'x', action: 'release', reason: 'r' })).toMatchObject({
      status: 400,
      body: { error: expect.stringContaining('incidentId') },
    });
    expect(
      await decideAs(world, { incidentId: 'inc-20260101-000000000000', action: 'release', reason: 'r' }),
    ).toMatchObject({
      status: 404,
    });
  });

  it('does not release the code that was contained; releases once the fix is deployed', async () => {
    const { victim, incident } = await contained();
    const release = { incidentId: incident.id, action: 'release', reason: 'patched' };
    expect(await decideAs(world, release)).toMatchObject({ status: 200 });
    await said(world, incident.id, 'still the code that was contained');
    expect(await reservedOf(world, victim)).toBe(0);
    await messageWith(world, victim.name, 'release');

    await patch(world, victim);
    expect(await decideAs(world, release)).toMatchObject({ status: 200 });
    await incidentOf(world, victim, 'watching', 'closed');
    expect(await reservedOf(world, victim)).toBeNull();
  });

  it('counts the first decision: a second one is told so', async () => {
    const { victim, incident } = await contained();
    // A release of the code that was contained would be refused, and the next decision counted.
    await patch(world, victim);
    const [one, other] = await Promise.all(
      ['false_positive', 'release'].map((action) =>
        decideAs(world, { incidentId: incident.id, action, reason: 'a race' }),
      ),
    );
    expect([one?.status, other?.status].toSorted()).toEqual([200, 409]);
    const decisions = (await listEntries(world.records, incident.id)).filter(
      ({ kind }) => kind === 'decision',
    );
    expect(decisions).toHaveLength(1);
  });

  it('keeps it contained when told to, and can still release it later', async () => {
    const { victim, incident, message } = await contained();
    await world.desk.press(message.ts, 'keep', 'U0ONCALL');
    await said(world, incident.id, 'Kept contained');
    expect(await reservedOf(world, victim)).toBe(0);
    expect(
      await decideAs(world, { incidentId: incident.id, action: 'false_positive', reason: 'looked at' }),
    ).toMatchObject({ status: 200 });
    await incidentOf(world, victim, 'watching', 'closed');
    expect(await reservedOf(world, victim)).toBeNull();
  });
});
