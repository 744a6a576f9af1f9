import { type Call, isDenied } from '../../fixtures/evaluate';

type Document = { readonly Statement: readonly { readonly Effect: string; readonly Principal?: unknown }[] };
const { bucketPolicy, dataKeyPolicy, signingKeyPolicy, secretsKeyPolicy, SIGNERS } =
  require('../../../infrastructure/evidencePolicies.cjs') as {
    bucketPolicy: (breakGlassRole: string) => Document;
    dataKeyPolicy: (breakGlassRole: string) => Document;
    signingKeyPolicy: (rolePrefix: string, breakGlassRole: string) => Document;
    secretsKeyPolicy: (readers: readonly string[], breakGlassRole: string) => Document;
    SIGNERS: readonly string[];
  };
const { rolesOf } = require('../../../infrastructure/roles.cjs') as {
  rolesOf: (
    prefix: string,
    rolePrefix: string,
    choices: object,
  ) => {
    readonly Resources: Readonly<
      Record<
        string,
        {
          readonly Properties: {
            readonly RoleName: string;
            readonly Policies: readonly {
              readonly PolicyDocument: {
                readonly Statement: readonly {
                  readonly Effect: string;
                  readonly Action: readonly string[];
                }[];
              };
            }[];
          };
        }
      >
    >;
  };
};

const PREFIX = 'tourniquet-test-us-east-1';
const BUCKET = 'arn:aws:s3:::evidence';
const OBJECT = `${BUCKET}/incidents/inc-1/code/package.zip`;
const role = (name: string): string => `arn:aws:iam::111122223333:role/${name}`;
const BREAK_GLASS = role('break-glass');

/** As CloudFormation resolves it. */
const deployed = (document: Document): Document =>
  JSON.parse(
    JSON.stringify(document)
      .replaceAll(/\{"Fn::GetAtt":\["EvidenceBucket","Arn"\]\}/g, `"${BUCKET}"`)
      .replaceAll(/\{"Fn::Sub":("[^"]*")\}/g, '$1')
      .replaceAll(/\$\{EvidenceBucket\.Arn\}/g, BUCKET)
      .replaceAll(/\$\{AWS::Partition\}/g, 'aws')
      .replaceAll(/\$\{AWS::AccountId\}/g, '111122223333'),
  );

const WHO = {
  'the root user': 'arn:aws:iam::111122223333:root',
  'an administrator': role('administrator'),
  'the role that gathers evidence': role(`${PREFIX}-gatherEvidence`),
  'the role that releases': role(`${PREFIX}-release`),
} as const;

const SHORTENING: readonly Call[] = [
  { action: 's3:BypassGovernanceRetention', resource: OBJECT },
  { action: 's3:DeleteObjectVersion', resource: OBJECT },
  { action: 's3:PutObjectLegalHold', resource: OBJECT, context: { 's3:object-lock-legal-hold': 'OFF' } },
];
const LOOSENING: readonly Call[] = [
  's3:PutBucketPolicy',
  's3:DeleteBucketPolicy',
  's3:PutBucketObjectLockConfiguration',
  's3:PutBucketVersioning',
  's3:PutLifecycleConfiguration',
].map((action) => ({ action, resource: BUCKET }));
const KEY_ENDING: readonly Call[] = ['kms:ScheduleKeyDeletion', 'kms:DisableKey'].map((action) => ({
  action,
  resource: 'arn:aws:kms:us-east-1:111122223333:key/1',
}));
const sign: Call = { action: 'kms:Sign', resource: 'arn:aws:kms:us-east-1:111122223333:key/1' };

const as = (principal: string, call: Call, more: Readonly<Record<string, string>> = {}): Call => ({
  ...call,
  context: { 'aws:SecureTransport': 'true', 'aws:PrincipalArn': principal, ...call.context, ...more },
});

describe.each([
  ['no break-glass role', ''],
  ['a break-glass role', BREAK_GLASS],
])('with %s', (_what, breakGlassRole) => {
  const bucket = deployed(bucketPolicy(breakGlassRole));
  const keys = [
    dataKeyPolicy(breakGlassRole),
    signingKeyPolicy(PREFIX, breakGlassRole),
    secretsKeyPolicy([role('reader')], breakGlassRole),
  ].map(deployed);

  it.each(Object.entries(WHO))('%s cannot shorten, delete or loosen', (_who, principal) => {
    for (const call of [...SHORTENING, ...LOOSENING])
      expect([call.action, isDenied([bucket], as(principal, call))]).toEqual([call.action, true]);
  });

  it.each(Object.entries(WHO))('%s cannot end a key', (_who, principal) => {
    for (const call of KEY_ENDING)
      for (const key of keys)
        expect([call.action, isDenied([key], as(principal, call))]).toEqual([call.action, true]);
  });

  it('the break-glass role can, where there is one', () => {
    const denied = breakGlassRole === '';

    for (const call of [...SHORTENING, ...LOOSENING])
      expect(isDenied([bucket], as(BREAK_GLASS, call))).toBe(denied);
    for (const call of KEY_ENDING)
      for (const key of keys) expect(isDenied([key], as(BREAK_GLASS, call))).toBe(denied);
  });

  it('a stack update can change the policies and deletes nothing', () => {
    const through = { 'aws:CalledVia': 'cloudformation.amazonaws.com' };

    for (const call of LOOSENING)
      expect(isDenied([bucket], as(WHO['an administrator'], call, through))).toBe(false);
    for (const call of SHORTENING)
      expect(isDenied([bucket], as(WHO['an administrator'], call, through))).toBe(true);
  });

  it('sealing, reading and lengthening are left to IAM', () => {
    for (const action of ['s3:PutObject', 's3:PutObjectRetention', 's3:GetObject', 's3:GetObjectVersion'])
      expect(
        isDenied([bucket], as(WHO['the role that gathers evidence'], { action, resource: OBJECT })),
      ).toBe(false);
    expect(
      isDenied(
        [bucket],
        as(WHO['an administrator'], {
          ...SHORTENING[2],
          context: { 's3:object-lock-legal-hold': 'ON' },
        } as Call),
      ),
    ).toBe(false);
  });

  it('only the functions that seal can sign, whoever else may', () => {
    const [, signingKey] = keys;
    const signers = SIGNERS.map((name) => role(`${PREFIX}-${name}`));

    for (const principal of signers)
      expect(isDenied([signingKey as Document], as(principal, sign))).toBe(false);
    for (const principal of [
      WHO['the root user'],
      WHO['an administrator'],
      WHO['the role that releases'],
      BREAK_GLASS,
    ])
      expect(isDenied([signingKey as Document], as(principal, sign))).toBe(true);
  });

  it('nobody speaks to the bucket without TLS', () => {
    const call = { action: 's3:GetObject', resource: OBJECT };

    expect(isDenied([bucket], as(WHO['an administrator'], call, { 'aws:SecureTransport': 'false' }))).toBe(
      true,
    );
  });

  it('the policies of the keys leave their administration to IAM, so that KMS takes them', () => {
    for (const { Statement } of keys) {
      expect(Statement[0]).toMatchObject({ Effect: 'Allow', Action: 'kms:*' });
      expect(
        isDenied([{ Statement }], as(WHO['an administrator'], { action: 'kms:PutKeyPolicy', resource: '*' })),
      ).toBe(false);
    }
  });
});

it('the roles that may sign are exactly those that the key lets sign', () => {
  const { Resources } = rolesOf('tourniquet-test', PREFIX, {});
  const mayCall = (action: string) =>
    Object.entries(Resources)
      .filter(([, { Properties }]) =>
        Properties.Policies.some(({ PolicyDocument }) =>
          PolicyDocument.Statement.some(
            ({ Effect, Action }) => Effect === 'Allow' && Action.includes(action),
          ),
        ),
      )
      .map(([name]) => name);

  expect(mayCall('kms:Sign').toSorted()).toEqual(SIGNERS.map((name) => `${name}Role`).toSorted());
  // Whoever seals, signs: nothing is sealed that no signed manifest names.
  expect(mayCall('s3:PutObjectRetention').toSorted()).toEqual(mayCall('kms:Sign').toSorted());
  for (const action of ['s3:BypassGovernanceRetention', 's3:DeleteObjectVersion', 's3:PutObjectLegalHold'])
    expect([action, mayCall(action)]).toEqual([action, []]);
});

it('a stage with legal holds lets what seals begin them, and nobody of ours end one', () => {
  const { Resources } = rolesOf('tourniquet-test', PREFIX, { legalHold: true });
  const holding = Object.entries(Resources).flatMap(([name, { Properties }]) =>
    Properties.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
      .filter(({ Action }) => Action.includes('s3:PutObjectLegalHold'))
      .map((statement) => ({ name, statement })),
  );

  expect(holding.map(({ name }) => name).toSorted()).toEqual(SIGNERS.map((name) => `${name}Role`).toSorted());
  for (const { statement } of holding)
    expect(statement).toEqual({
      Effect: 'Allow',
      Action: ['s3:PutObjectLegalHold'],
      Resource: { 'Fn::Sub': expect.stringMatching(/^\$\{EvidenceBucket\.Arn\}\/incidents\/\*$/) },
      Condition: { StringEquals: { 's3:object-lock-legal-hold': 'ON' } },
    });
});

describe('the key of the values of environments', () => {
  const call = (action: string): Call => ({ action, resource: 'arn:aws:kms:us-east-1:111122223333:key/1' });
  const denies = (readers: readonly string[], principal: string, action: string) =>
    isDenied([deployed(secretsKeyPolicy(readers, BREAK_GLASS))], as(principal, call(action)));

  it.each([...Object.entries(WHO), ['the break-glass role', BREAK_GLASS]])(
    'is of no use for reading to %s, whatever IAM allows',
    (_who, principal) => {
      for (const action of ['kms:Decrypt', 'kms:ReEncryptFrom'])
        for (const readers of [[], [role('reader')]]) expect(denies(readers, principal, action)).toBe(true);
    },
  );

  it('is for the reader roles', () => {
    const readers = [role('reader'), role('teams/forensics')];

    for (const reader of readers) expect(denies(readers, reader, 'kms:Decrypt')).toBe(false);
    expect(denies([], role('reader'), 'kms:Decrypt')).toBe(true);
  });

  it('encrypts for whoever IAM lets seal, who then cannot read it', () => {
    const gatherer = WHO['the role that gathers evidence'];

    expect(denies([role('reader')], gatherer, 'kms:GenerateDataKey')).toBe(false);
    const statements = rolesOf(
      'tourniquet-test',
      PREFIX,
      {},
    ).Resources.gatherEvidenceRole?.Properties.Policies.flatMap(
      ({ PolicyDocument }) => PolicyDocument.Statement,
    );
    const onTheKey = (statements ?? []).filter((statement) =>
      JSON.stringify(statement).includes('EvidenceSecretsKey'),
    );
    expect(onTheKey.map(({ Action }) => Action)).toEqual([['kms:GenerateDataKey']]);
  });
});
