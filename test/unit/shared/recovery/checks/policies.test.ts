import { grantsOf } from '../../../../../shared/fleet/documents';
import { policies as judge, type PolicyFacts } from '../../../../../shared/recovery/checks/policies';

const policies = (facts: PolicyFacts) => judge(facts, true);

const policy = (...statements: readonly object[]) => ({ text: JSON.stringify({ Statement: statements }) });
const allow = (Action: string, more: object = {}) => ({ Effect: 'Allow', Action, Resource: '*', ...more });

const WORK = allow('sqs:SendMessage');
const EVIL = allow('iam:*');
const LAMBDA = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
const MALLORY = {
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::666666666666:root' },
  Action: 'sts:AssumeRole',
};
const APPROVED = grantsOf({
  'resource policy': policy(allow('lambda:InvokeFunction', { Principal: { Service: 's3.amazonaws.com' } })),
  'trust of the role': policy(LAMBDA),
  'policy work of the role': policy(WORK),
});
const DOOR = allow('lambda:InvokeFunction', { Principal: '*', Sid: 'door' });

type Documents = Parameters<typeof grantsOf>[0];
const facts = (contained: Documents, now: Documents, back: Documents = {}): PolicyFacts => ({
  contained: { ...APPROVED, ...grantsOf(contained) },
  planted: [],
  approved: { grants: APPROVED, by: 'U0ONCALL' },
  live: { now: { ...APPROVED, ...grantsOf(now) }, back: grantsOf(back) },
});

describe('a fix leaves nothing of what was added to its policies', () => {
  it.each<readonly [string, Documents, Documents, string]>([
    [
      'a statement in an inline policy',
      { 'policy work of the role': policy(WORK, EVIL) },
      { 'policy work of the role': policy(WORK, EVIL) },
      'added to the policy work of the role',
    ],
    [
      'a statement that was moved into another policy, under another name',
      { 'policy work of the role': policy(WORK, EVIL) },
      { 'policy moved of the role': policy({ ...EVIL, Sid: 'harmless' }) },
      'added to the policy moved of the role',
    ],
    [
      'a statement that now says nearly the same',
      { 'policy work of the role': policy(WORK, EVIL) },
      { 'policy work of the role': policy(WORK, allow('iam:Put*')) },
      'was changed since, and is not as it was approved',
    ],
    [
      'a policy that was attached',
      { 'policy arn:aws:iam::aws:policy/AdministratorAccess of the role': { word: 'attached' } },
      { 'policy arn:aws:iam::aws:policy/AdministratorAccess of the role': { word: 'attached' } },
      'AdministratorAccess',
    ],
    [
      'somebody who may assume the role',
      { 'trust of the role': policy(LAMBDA, MALLORY) },
      { 'trust of the role': policy(LAMBDA, MALLORY) },
      'trust of the role',
    ],
    [
      'a statement in the resource policy of an alias',
      { 'resource policy of live': policy(DOOR) },
      { 'resource policy of live': policy(DOOR) },
      'resource policy of live',
    ],
  ])('and not %s', (_what, contained, now, said) => {
    expect(policies(facts(contained, now))).toMatchObject({
      outcome: 'failed',
      because: expect.stringContaining(said),
    });
    expect(policies(facts(contained, {}))).toMatchObject({ outcome: 'passed' });
  });

  it('and not a statement that the containment took out, and the release would put back', () => {
    const removed = { 'resource policy': policy(DOOR) };
    expect(policies(facts(removed, {}, removed))).toMatchObject({
      outcome: 'failed',
      because: expect.stringContaining('the release would put back'),
    });
  });
});

describe('what is no matter', () => {
  it('is what came with the fix, and what was approved in another order and under other names', () => {
    const now = { 'policy new of the role': policy(allow('s3:GetObject')) };
    const harmless = { 'resource policy': policy({ ...DOOR, Principal: { AWS: 'arn:aws:iam::1:root' } }) };
    expect(policies(facts({ 'resource policy': policy(DOOR) }, harmless))).toMatchObject({
      outcome: 'passed',
    });
    const rewritten = { 'policy work of the role': policy({ ...WORK, Resource: ['*'], Sid: 'Work' }) };
    expect(policies(facts({}, now))).toMatchObject({ outcome: 'passed' });
    expect(policies(facts(rewritten, rewritten))).toMatchObject({ outcome: 'passed' });
  });
});

describe('what cannot be compared', () => {
  const planted = [
    {
      what: 'policy evil of the role',
      statements: [],
      by: 'arn:aws:iam::111122223333:user/mallory',
      at: 't',
    },
  ];
  const live = { now: { 'policy evil of the role': ['x'] }, back: {} };

  it('is held against a release where the evidence lacks what there is an approved state to compare with', () => {
    const known = { grants: {}, by: 'U0ONCALL' };
    const facts = { contained: null, planted: [], approved: known, live: { now: {}, back: {} } };
    expect(judge(facts, true)).toMatchObject({ outcome: 'failed' });
    expect(judge(facts, false)).toMatchObject({ outcome: 'unknown' });
    // Nobody has vouched for the first state that was seen.
    expect(judge({ ...facts, approved: { ...known, by: 'nobody' } }, true)).toMatchObject({
      outcome: 'unknown',
    });
  });

  it('is told as unknown, and stops nothing', () => {
    const nothing = { contained: null, approved: null, live };
    expect(policies({ ...nothing, planted: [] })).toMatchObject({ outcome: 'unknown' });
  });

  it('fails where CloudTrail shows who added what is still there, and passes when that is gone', () => {
    const without = { contained: null, approved: null, planted };
    expect(policies({ ...without, live })).toMatchObject({
      outcome: 'failed',
      because: expect.stringMatching(/policy evil of the role \(by .*mallory at t\)/),
    });
    expect(policies({ ...without, live: { now: {}, back: {} } })).toMatchObject({ outcome: 'passed' });
  });

  it('is looked for in the policy of a version too, which no approved state has', () => {
    const of5 = { 'resource policy of 5': policy(DOOR) };
    const planted = [
      {
        what: 'resource policy of 5',
        statements: grantsOf(of5)['resource policy of 5'] ?? [],
        by: 'mallory',
        at: '2026-11-20T09:00:00Z',
      },
    ];
    expect(policies({ ...facts({}, {}, of5), planted })).toMatchObject({
      outcome: 'failed',
      because: expect.stringContaining('the release would put back'),
    });
    expect(policies({ ...facts({}, {}), planted })).toMatchObject({ outcome: 'passed' });
  });

  it('counts against a state that nobody vouched for: it may have been seen after the intruder came', () => {
    const seen = { 'policy evil of the role': ['x'] };
    const base = { contained: seen, planted, live };
    expect(policies({ ...base, approved: { grants: seen, by: 'nobody' } })).toMatchObject({
      outcome: 'failed',
    });
    expect(policies({ ...base, approved: { grants: seen, by: 'U0ONCALL' } })).toMatchObject({
      outcome: 'passed',
    });
  });

  it('fails where its policies cannot be read: an approver may waive that', () => {
    expect(policies({ ...facts({}, {}), live: { error: 'AccessDenied' } })).toMatchObject({
      outcome: 'failed',
      because: expect.stringContaining('AccessDenied'),
    });
  });
});
