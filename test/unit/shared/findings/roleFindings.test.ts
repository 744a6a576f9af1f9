import { parseGuardDuty } from '../../../../shared/findings/guardDuty';
import { detailOf, FUNCTION_ARN, pascal, RECEIVED } from '../../../fixtures/guardDuty';
import {
  ACCOUNT,
  lambdaResource,
  ofSession,
  ROLE,
  roleActor,
  sequenceOf,
} from '../../../fixtures/managedFindings';
import { findingIn, reasonIn } from '../../../fixtures/parsed';

const parse = (detail: unknown) => parseGuardDuty(detail, RECEIVED);
const SESSION = { accountId: ACCOUNT, roleName: ROLE, session: 'order-worker' };

describe.each<[string, (detail: unknown) => unknown]>([
  ['as EventBridge delivers it', (detail) => detail],
  ['as GetFindings answers', pascal],
])('a GuardDuty finding about a session of a role, %s', (_spelling, spell) => {
  it.each([
    'CredentialAccess:IAMUser/AnomalousBehavior',
    'UnauthorizedAccess:IAMUser/TorIPCaller',
    'Exfiltration:S3/AnomalousBehavior',
    'Discovery:Kubernetes/SuccessfulAnonymousAccess',
  ])('names the role and the session, and no function: %s', (type) => {
    const finding = findingIn(parse(spell(ofSession({}, type))));

    expect(finding).toMatchObject({
      id: detailOf().id,
      source: 'guardduty',
      rule: type,
      severity: 8,
      suspect: null,
      named: { functions: [], sessions: [SESSION] },
    });
    expect(finding.bound).toBeUndefined();
  });

  it.each(['Role', 'AssumedRole', 'assumedRole'])('knows a session of a role by the type %s', (userType) => {
    expect(findingIn(parse(spell(ofSession({ userType })))).named?.sessions).toEqual([SESSION]);
  });

  it('is the function of an attack sequence that a session of its role took part in', () => {
    const finding = findingIn(parse(spell(sequenceOf([roleActor(), roleActor()], [lambdaResource()]))));

    expect(finding).toMatchObject({ suspect: null, severity: 9 });
    expect(finding.named?.sessions).toEqual([SESSION]);
    expect(finding.named?.functions.map(({ arn }) => arn)).toEqual([FUNCTION_ARN]);
    expect(finding.bound).toBeUndefined();
  });

  it('reads the access key that an attack sequence has among its resources', () => {
    const key = {
      uid: 'ASIAEXAMPLE',
      resourceType: 'ACCESS_KEY',
      accountId: ACCOUNT,
      data: {
        accessKey: { principalId: 'AROAEXAMPLE:order-worker', userName: ROLE, userType: 'AssumedRole' },
      },
    };

    expect(findingIn(parse(spell(sequenceOf([], [key])))).named?.sessions).toEqual([SESSION]);
  });

  it('goes no further than a question where a sequence only names a function: that is not its own act', () => {
    const user = { id: 'actor-1', user: { name: 'mallory', uid: 'AIDAEXAMPLE', type: 'IAMUser' } };
    const finding = findingIn(parse(spell(sequenceOf([user], [lambdaResource()]))));

    expect(finding.suspect?.arn).toBe(FUNCTION_ARN);
    expect(finding.bound?.most).toBe('ask');
  });
});

describe('a principal that no function can be', () => {
  it.each([
    ['a user', { userType: 'IAMUser', principalId: 'AIDAEXAMPLE', userName: 'mallory' }],
    ['the root of an account', { userType: 'Root', userName: 'root' }],
    ['an EC2 instance', { principalId: 'AROAEXAMPLE:i-0123456789abcdef0' }],
    ['a person who came by the identity centre', { userName: 'AWSReservedSSO_Admin_0123456789abcdef' }],
    ['a service', { userName: 'AWSServiceRoleForSupport' }],
    [
      "a user, though the record says role, by the session's issuer",
      { sessionContext: { sessionIssuer: { arn: `arn:aws:iam::${ACCOUNT}:user/mallory` } } },
    ],
    ['a role without a name', { userName: null }],
    ['a role whose name is none', { userName: 'a role/../x' }],
    ['nobody', { userType: null, userName: null, principalId: null }],
  ])('is nothing to act on: %s', (_who, key) => {
    expect(parse(ofSession(key))).toMatchObject({
      kind: 'nothing',
      reason: expect.stringContaining('names no Lambda function'),
    });
  });

  it('is not taken for one because of its name: a function may be called like the beginning of an instance', () => {
    const key = { principalId: 'AROAEXAMPLE:i-orders' };

    expect(findingIn(parse(ofSession(key))).named?.sessions[0]?.session).toBe('i-orders');
  });

  it.each([
    ['AROAEXAMPLE', null],
    ['', null],
    ['AROAEXAMPLE:', null],
    ['AROAEXAMPLE:a b<!channel>', null],
    ['AROAEXAMPLE:x@y.z', 'x@y.z'],
  ])('leaves the session open where the principal is %j', (principalId, session) => {
    expect(findingIn(parse(ofSession({ principalId }))).named?.sessions[0]).toEqual({ ...SESSION, session });
  });
});

describe('whose role it is', () => {
  it("is the caller's account, where GuardDuty says that the call came from another", () => {
    const detail = ofSession({}, 'Exfiltration:S3/AnomalousBehavior');
    const action = {
      ...detail.service.action,
      awsApiCallAction: {
        ...detail.service.action.awsApiCallAction,
        remoteAccountDetails: { accountId: '999988887777', affiliated: false },
      },
    };
    const finding = findingIn(parse({ ...detail, service: { ...detail.service, action } }));

    expect(finding.named?.sessions[0]?.accountId).toBe('999988887777');
  });

  it("is the event's account, where the finding has none", () => {
    const { accountId: _, ...detail } = ofSession();
    const finding = findingIn(parseGuardDuty(detail, RECEIVED, { accountId: '111122223333' }));

    expect(finding.named?.sessions[0]?.accountId).toBe('111122223333');
    expect(reasonIn(parse(detail))).toContain('names no Lambda function');
  });
});

describe('how far a finding about a function may go', () => {
  it('is no further than a question for a type that may be what somebody did to the function', () => {
    expect(findingIn(parse({ ...detailOf(), type: 'Persistence:Lambda/SomethingNew' })).bound?.most).toBe(
      'ask',
    );
  });

  it("is left to the mode for the function's own network", () => {
    expect(findingIn(parse(detailOf())).bound).toBeUndefined();
  });
});
