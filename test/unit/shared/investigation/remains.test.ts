import { type Grants, statementDigests } from '../../../../shared/fleet/documents';
import { containedGrants } from '../../../../shared/investigation/containedGrants';
import { type Evidence, readCalls } from '../../../../shared/investigation/evidenceOf';
import type { Hypothesis } from '../../../../shared/investigation/hypotheses';
import type { FileFacts } from '../../../../shared/investigation/inventory';
import { remainsOf } from '../../../../shared/investigation/remains';
import { putBackBy } from '../../../../shared/recovery/afterRelease';

const ROLE = 'arn:aws:iam::111122223333:role/orders';
const MALLORY = 'arn:aws:iam::111122223333:user/mallory';
const DEPLOYER = 'arn:aws:iam::111122223333:user/deployer';

const allow = (more: object) => ({ Effect: 'Allow', ...more });
const text = (...statements: readonly object[]) => JSON.stringify({ Statement: statements });
const LAMBDA = allow({ Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' });
const THEM = allow({ Principal: { AWS: 'arn:aws:iam::666666666666:root' }, Action: 'sts:AssumeRole' });
const WORK = allow({ Action: 'sqs:SendMessage', Resource: '*' });
const EVIL = allow({ Action: 'iam:*', Resource: '*' });
const DOOR = allow({ Sid: 'door', Principal: '*', Action: 'lambda:InvokeFunction', Resource: 'arn:f' });

const evidenceOf = async (calls: readonly object[], more: Partial<Evidence> = {}): Promise<Evidence> => {
  const lines = async function* () {
    for (const record of calls) yield JSON.stringify({ record });
  };
  return {
    functionName: 'orders',
    functionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:orders',
    roleArn: ROLE,
    firstSign: '2026-11-20T10:00:00.000Z',
    knownDeployers: [],
    current: null,
    good: null,
    layers: [],
    management: (await readCalls(lines(), 'behaviour/management-events.jsonl')).calls,
    sessions: null,
    said: null,
    logs: null,
    series: [],
    openings: null,
    sample: null,
    gaps: [],
    ...more,
  };
};

const top = (changes: Partial<Hypothesis> = {}): Hypothesis => ({
  id: 'tampering',
  cause: 'tampering',
  title: '',
  score: 5,
  supports: [],
  contradicts: [],
  startedAt: {
    at: '2026-11-20T08:00Z',
    knownBy: { id: 'own-code-marked', artifacts: ['a'], what: '', points: 1 },
  },
  principal: { arn: MALLORY, artifacts: ['a'] },
  files: [],
  dependency: null,
  ...changes,
});

const call = (by: string, eventTime: string, eventName: string, request: object, response?: object) => ({
  eventSource:
    eventName.endsWith('RolePolicy') || eventName.includes('Role')
      ? 'iam.amazonaws.com'
      : 'lambda.amazonaws.com',
  eventName,
  eventTime,
  userIdentity: { type: 'IAMUser', arn: by },
  requestParameters: request,
  responseElements: response ?? null,
});
const NINE = '2026-11-20T09:00:00Z';

describe('what the intruder added', () => {
  const added: readonly (readonly [string, object, string, readonly string[]])[] = [
    [
      'an inline policy',
      call(MALLORY, NINE, 'PutRolePolicy', {
        roleName: 'orders',
        policyName: 'evil',
        policyDocument: text(EVIL),
      }),
      'policy evil of the role',
      statementDigests(text(EVIL)),
    ],
    [
      'a policy that was attached',
      call(MALLORY, NINE, 'AttachRolePolicy', {
        roleName: 'orders',
        policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
      }),
      'policy arn:aws:iam::aws:policy/AdministratorAccess of the role',
      [],
    ],
    [
      'a principal that may assume the role, without the one that runs it',
      call(MALLORY, NINE, 'UpdateAssumeRolePolicy', {
        roleName: 'orders',
        policyDocument: text(LAMBDA, THEM),
      }),
      'trust of the role',
      statementDigests(text(THEM)),
    ],
    [
      'a statement in the resource policy',
      call(
        MALLORY,
        NINE,
        'AddPermission20150331v2',
        { functionName: 'orders', statementId: 'door', qualifier: 'live' },
        { statement: JSON.stringify(DOOR) },
      ),
      'resource policy of live',
      statementDigests(text(DOOR)),
    ],
    [
      'a layer',
      call(MALLORY, NINE, 'UpdateFunctionConfiguration20150331v2', {
        functionName: 'orders',
        layers: ['arn:aws:lambda:eu-west-1:666666666666:layer:evil:1'],
      }),
      'layer arn:aws:lambda:eu-west-1:666666666666:layer:evil:1',
      [],
    ],
  ];

  it.each(added)('is %s', async (_what, one, what, statements) => {
    const { planted } = remainsOf(await evidenceOf([one]), top(), null);
    expect(planted).toEqual([{ what, statements, by: MALLORY, at: '2026-11-20T09:00:00.000Z' }]);
  });

  it.each(added)("is %s that the function's own role made", async (_what, one, what) => {
    const own = {
      ...one,
      userIdentity: {
        type: 'AssumedRole',
        arn: 'arn:aws:sts::111122223333:assumed-role/orders/orders',
        sessionContext: { sessionIssuer: { arn: ROLE } },
      },
    };
    const { planted } = remainsOf(await evidenceOf([own]), top({ principal: null }), null);
    expect(planted.map((put) => put.what)).toEqual([what]);
  });

  const put = (by: string, at: string, ...statements: readonly object[]) =>
    call(by, at, 'PutRolePolicy', {
      roleName: 'orders',
      policyName: 'work',
      policyDocument: text(...statements),
    });

  it.each<readonly [string, readonly object[], Partial<Hypothesis>]>([
    ['what somebody else did', [put(DEPLOYER, NINE, EVIL)], {}],
    [
      'what somebody did who made the function',
      [call(MALLORY, '2026-11-20T08:30:00Z', 'CreateFunction20150331', {}), put(MALLORY, NINE, EVIL)],
      {},
    ],
    [
      'what somebody did who deployed it before',
      [call(MALLORY, '2026-11-10T08:30:00Z', 'UpdateFunctionCode20150331v2', {}), put(MALLORY, NINE, EVIL)],
      {},
    ],
    ['what was refused', [{ ...put(MALLORY, NINE, EVIL), errorCode: 'AccessDenied' }], {}],
    ['what was long before', [put(MALLORY, '2026-11-01T09:00:00Z', EVIL)], {}],
    [
      'what another had put there before',
      [put(DEPLOYER, '2026-11-01T09:00:00Z', WORK), put(MALLORY, NINE, WORK)],
      {},
    ],
    ['anything where it was a false alarm', [put(MALLORY, NINE, EVIL)], { cause: 'false-positive' }],
    [
      'what was done to another role',
      [call(MALLORY, NINE, 'AttachRolePolicy', { roleName: 'other', policyArn: 'arn:p' })],
      {},
    ],
  ])('is not %s', async (_what, calls, hypothesis) => {
    expect(remainsOf(await evidenceOf(calls), top(hypothesis), null).planted).toEqual([]);
  });
});

describe('the suspicious files of a dependency', () => {
  const mark = { id: 'fetches-and-runs', what: '', technique: '' } as unknown as FileFacts['marks'][number];
  const binary = { ...mark, id: 'binary' } as typeof mark;
  const file = (sha256: string, ...marks: FileFacts['marks']): FileFacts => ({
    sha256,
    size: 1,
    marks,
    hosts: [],
  });
  const current = {
    artifact: 'code/package.zip',
    inventory: {
      files: new Map([
        ['node_modules/bad/a.js', file('evil', mark)],
        ['node_modules/bad/LICENSE', file('license')],
        ['node_modules/bad/b.node', file('program', binary)],
        ['index.js', file('own', mark)],
      ]),
      dependencies: [],
      unread: [],
    },
  };
  const files = ['node_modules/bad/a.js', 'node_modules/bad/LICENSE', 'node_modules/bad/b.node'];

  it('are those of it that bear a mark, where it is how somebody came in', async () => {
    const evidence = await evidenceOf([], { current });
    const found = (changes: Partial<Hypothesis>) =>
      remainsOf(evidence, top({ files, ...changes }), null).files;
    expect(found({ cause: 'supply-chain', dependency: 'bad@1.0.0' })).toEqual(['evil']);
    expect(found({ cause: 'supply-chain' })).toEqual([]);
    expect(found({ cause: 'tampering', dependency: 'bad@1.0.0' })).toEqual([]);
  });
});

describe('what stood in its policies when it was contained', () => {
  const NARROWED = { Statement: [LAMBDA] };
  const role = (changes: object = {}) =>
    JSON.stringify({
      role: { AssumeRolePolicyDocument: NARROWED },
      boundary: null,
      inline: [
        { PolicyName: 'work', PolicyDocument: { Statement: [WORK] } },
        { PolicyName: 'tourniquet-test-deny', PolicyDocument: { Statement: [] } },
      ],
      attached: [{ PolicyName: 'Admin', PolicyArn: 'arn:aws:iam::aws:policy/Admin', PolicyDocument: {} }],
      ...changes,
    });
  const access = JSON.stringify({
    functionUrls: [],
    resourcePolicies: [{ qualifier: '7', policy: { Statement: [DOOR] } }],
  });
  const ledger = JSON.stringify({
    witnesses: {},
    ledger: [
      { control: 'trust', before: { document: { Statement: [LAMBDA, THEM] } } },
      { control: 'resource-policy', before: { removed: [{ qualifier: null, statement: DOOR }] } },
    ],
  });
  const isOurs = ({ name }: { readonly name: string }) => name.startsWith('tourniquet-');

  it('has what the containment took out, and none of our own denies', () => {
    const grants: Grants | null = containedGrants({ role: role(), access, ledger }, isOurs);
    expect(grants).toEqual({
      'trust of the role': statementDigests(text(LAMBDA, THEM)),
      'policy work of the role': statementDigests(text(WORK)),
      'policy arn:aws:iam::aws:policy/Admin of the role': [expect.any(String)],
      'resource policy': statementDigests(text(DOOR)),
    });
  });

  it('is not known where a part of it could not be listed', () => {
    expect(containedGrants({ role: role({ attached: null }), access, ledger }, isOurs)).toBeNull();
  });
});

describe('what a release would put back', () => {
  const ledger = {
    resourcePolicy: { removed: [{ qualifier: null, statement: DOOR }] },
    trust: { document: { Statement: [LAMBDA, THEM] } },
  };

  it('is what the containment took out, the trust policy where it is still narrowed', () => {
    const live = { 'trust of the role': { text: encodeURIComponent(text(LAMBDA)) } };
    expect(putBackBy(live, ledger, [])).toEqual({
      'resource policy': statementDigests(text(DOOR)),
      'trust of the role': statementDigests(text(LAMBDA, THEM)),
    });
  });

  it('is nothing where somebody put another statement under its name, and changed the trust policy', () => {
    const another = { ...DOOR, Principal: { Service: 's3.amazonaws.com' } };
    const live = {
      'resource policy': { text: text(another) },
      'trust of the role': { text: text(LAMBDA, { ...THEM, Action: 'sts:TagSession' }) },
    };
    expect(putBackBy(live, ledger, [])).toEqual({});
    // Unless an approver has it put back all the same.
    expect(putBackBy(live, ledger, ['resource-policy', 'trust'])).toEqual({
      'resource policy': statementDigests(text(DOOR)),
      'trust of the role': statementDigests(text(LAMBDA, THEM)),
    });
    expect(putBackBy({}, { resourcePolicy: null, trust: undefined }, [])).toEqual({});
  });
});
