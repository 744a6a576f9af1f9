import { ResourceNotFoundException } from '@aws-sdk/client-lambda';
import type { Finding, Named } from '../../../../shared/findings/finding';
import { parseGuardDuty } from '../../../../shared/findings/guardDuty';
import { parseFunctionArn } from '../../../../shared/suspect/functionArn';
import { locate } from '../../../../shared/suspect/locate';
import { detailOf, RECEIVED } from '../../../fixtures/guardDuty';
import { ACCOUNT, ofSession, ROLE } from '../../../fixtures/managedFindings';
import { findingIn } from '../../../fixtures/parsed';
import { stubbedLambda } from '../containment/stubbedLambda';

const HOME = { ownAccountId: ACCOUNT, ownRegion: 'eu-west-1' };
const arnOf = (name: string) => `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:${name}`;
const roleArn = (role: string) => `arn:aws:iam::${ACCOUNT}:role/service-role/${role}`;

/** An account with these functions, by name and role. */
const account = (functions: Readonly<Record<string, string>>) => {
  const { calls, tools } = stubbedLambda(({ name, input }) => {
    if (name === 'ListFunctionsCommand')
      return {
        Functions: Object.entries(functions).map(([FunctionName, role]) => ({
          FunctionName,
          FunctionArn: arnOf(FunctionName),
          Role: roleArn(role),
        })),
      };
    const [, role] = Object.entries(functions).find(([key]) => arnOf(key) === input.FunctionName) ?? [];
    if (role === undefined) throw new ResourceNotFoundException({ message: 'none', $metadata: {} });
    return { Configuration: { Role: roleArn(role) } };
  });
  return { calls: () => calls.map(({ name }) => name), lambda: tools.lambda };
};

const ofRole = (key: Readonly<Record<string, unknown>> = {}): Finding =>
  findingIn(parseGuardDuty(ofSession(key), RECEIVED));
const naming = (named: Named): Finding => ({ ...ofRole(), suspect: null, named });
const functionOf = (name: string) => {
  const parsed = parseFunctionArn(arnOf(name));
  if (parsed === null) throw new Error(name);
  return parsed;
};

describe("a finding about a role's session", () => {
  it('is about the function that the session is named after, without a list of all functions', async () => {
    const { calls, lambda } = account({ 'order-worker': ROLE, mailer: ROLE });
    const located = await locate(ofRole(), HOME, lambda);

    expect(located).toMatchObject({ kind: 'one', finding: { suspect: { arn: arnOf('order-worker') } } });
    expect(located).not.toHaveProperty('finding.bound');
    expect(calls()).toEqual(['GetFunctionCommand']);
  });

  it('is not about a function of that name that has another role', async () => {
    const { lambda } = account({ 'order-worker': 'another-role', mailer: ROLE });

    expect(await locate(ofRole(), HOME, lambda)).toMatchObject({
      finding: { suspect: { arn: arnOf('mailer') } },
    });
  });

  it.each([['AROAEXAMPLE'], ['AROAEXAMPLE:by-hand'], ['AROAEXAMPLE:x@y.z']])(
    'is about the one function that has the role, whatever the session is called: %s',
    async (principalId) => {
      const { lambda } = account({ mailer: ROLE, other: 'other-role' });

      expect(await locate(ofRole({ principalId }), HOME, lambda)).toMatchObject({
        kind: 'one',
        finding: { suspect: { arn: arnOf('mailer') } },
      });
    },
  );

  it('is about none of several functions that share the role: they are listed', async () => {
    const { lambda } = account({ mailer: ROLE, billing: ROLE, other: 'other-role' });

    expect(await locate(ofRole({ principalId: 'AROAEXAMPLE:by-hand' }), HOME, lambda)).toEqual({
      kind: 'several',
      functionNames: ['mailer', 'billing'],
      roleArn: roleArn(ROLE),
      because: expect.stringContaining(
        `2 functions it is about, which run under the role ${ROLE}: mailer, billing`,
      ),
    });
  });

  it('names no more functions than a message can hold', async () => {
    const names = Array.from({ length: 500 }, (_, index) => [`function-${index}`, ROLE]);
    const { lambda } = account(Object.fromEntries(names));
    const located = await locate(ofRole({ principalId: 'AROAEXAMPLE' }), HOME, lambda);

    expect(located).toMatchObject({ kind: 'several', because: expect.stringContaining('and 480 more') });
  });

  it("is nobody's where no function has the role", async () => {
    const { lambda } = account({ mailer: 'other-role' });

    expect(await locate(ofRole(), HOME, lambda)).toEqual({
      kind: 'nobody',
      because: `no function in eu-west-1 runs under the role ${ROLE}`,
    });
  });

  it("is nobody's where the role is another account's, and nothing is asked", async () => {
    const { calls, lambda } = account({ 'order-worker': ROLE });

    expect(await locate(ofRole(), { ...HOME, ownAccountId: '999988887777' }, lambda)).toMatchObject({
      kind: 'nobody',
    });
    expect(calls()).toEqual([]);
  });
});

describe('a finding that names several things', () => {
  const user = { accountId: ACCOUNT, roleName: 'people', session: 'alice' };
  const worker = { accountId: ACCOUNT, roleName: ROLE, session: 'order-worker' };

  it('is about the function whose session took part, which it also names', async () => {
    const { lambda } = account({ 'order-worker': ROLE });
    const located = await locate(
      naming({ sessions: [user, worker], functions: [functionOf('order-worker')] }),
      HOME,
      lambda,
    );

    expect(located).toMatchObject({ kind: 'one', finding: { suspect: { arn: arnOf('order-worker') } } });
    expect(located).not.toHaveProperty('finding.bound');
  });

  it('goes no further than a question where none of the sessions is the function it names', async () => {
    const { lambda } = account({ 'order-worker': ROLE });

    expect(
      await locate(naming({ sessions: [user], functions: [functionOf('order-worker')] }), HOME, lambda),
    ).toMatchObject({ kind: 'one', finding: { bound: { most: 'ask' } } });
  });

  it('is about none of several functions that it names', async () => {
    const { lambda } = account({});

    expect(
      await locate(naming({ sessions: [], functions: [functionOf('a'), functionOf('b')] }), HOME, lambda),
    ).toMatchObject({ kind: 'several', functionNames: ['a', 'b'], roleArn: null });
  });
});

describe('a finding that names its function', () => {
  it('is left as it is, and costs no call', async () => {
    const { calls, lambda } = account({});
    const finding = findingIn(parseGuardDuty(detailOf(), RECEIVED));

    expect(await locate(finding, HOME, lambda)).toEqual({ kind: 'one', finding });
    expect(calls()).toEqual([]);
  });
});
