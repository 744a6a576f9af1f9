import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { promisify } from 'node:util';
import yauzl from 'yauzl';
import { ensurePythonTools } from '../../local/aws/emulator';
import { cleanEnvironment } from '../../local/aws/guard';
import { withLock } from '../../local/aws/lock';
import { root } from '../../local/aws/state';
import { enter } from './world';

const run = promisify(execFile);

type Template = {
  readonly Resources: Readonly<
    Record<
      string,
      {
        readonly Type: string;
        readonly DeletionPolicy?: string;
        readonly Properties?: Record<string, unknown>;
      }
    >
  >;
};

/** The counts of bursts are of use for minutes, and hold nothing but digests; what is usual is learned again. */
const isKept = ([name]: readonly [string, unknown]): boolean =>
  name !== 'CountTable' && name !== 'BaselineTable';

describe('the template of a real stage', () => {
  let directory: string;
  let template: Template;
  let text: string;

  /** Packages without deploying; only the account id is asked of the (local) AWS. */
  const packaged = async (...parameters: readonly string[]) => {
    const { instance } = await enter();
    return withLock(
      join(root, '.local', 'deploy.lock'),
      () => undefined,
      () =>
        run(
          process.execPath,
          [
            join(root, 'node_modules', 'serverless', 'bin', 'serverless.js'),
            'package',
            '--stage',
            'prod',
            '--package',
            directory,
            ...parameters.map((parameter) => `--param=${parameter}`),
          ],
          {
            cwd: root,
            env: { ...cleanEnvironment(instance.aws), NODE_NO_WARNINGS: '1' },
            maxBuffer: 64 * 1024 * 1024,
          },
        ),
    );
  };

  const until = new Date(Date.now() + 24 * 3600_000).toISOString().slice(0, 10);
  const POLICY = `fleetAlarms: [errors, duration, throttles, invocations, concurrency, memory]
watched: [{ function: payments-api }]
approvers:
  - U0123456789
  - arn:aws:iam::111122223333:role/oncall
suppressions:
  - { rule: function-url-public, functions: 'web-*', owner: the-team-of-the-web, reason: previews, until: ${until} }
`;
  const policyFile = async (content: string): Promise<string> => {
    const path = join(directory, 'policy.yml');
    await writeFile(path, content);
    return path;
  };

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tourniquet-template-'));
    await packaged(
      `policy=${await policyFile(POLICY)}`,
      'slackChannel=C0123456789',
      'alertEmail=a@example.com',
      'retentionProfile=gdpr+hipaa',
      'logRetentionDays=400',
    );
    text = await readFile(join(directory, 'cloudformation-template-update-stack.json'), 'utf8');
    template = JSON.parse(text) as Template;
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  const ofType = (type: string) => Object.entries(template.Resources).filter(([, { Type }]) => Type === type);

  it('is of what the policy file says, and the functions that judge by it have what it expects', async () => {
    const holds = async (name: string): Promise<boolean> => {
      const zip = await yauzl.openPromise(join(directory, `${name}.zip`), { lazyEntries: true });
      for await (const entry of zip.eachEntry())
        if (entry.fileName.endsWith('.js'))
          return (await textOf(await zip.openReadStreamPromise(entry))).includes('the-team-of-the-web');
      return false;
    };

    expect(text).toContain('U0123456789,arn:aws:iam::111122223333:role/oncall');
    expect(await holds('assess')).toBe(true);
    expect(await holds('detect')).toBe(true);
    expect(await holds('contain')).toBe(false);
  });

  it('is not made of a policy that is wrong: the error names the file, the line and what it may be', async () => {
    const path = await policyFile(`approvers: [U0123456789]\n\ndefaultMode: contain\n`);
    const refused = await packaged(`policy=${path}`, 'slackChannel=C0123456789').then(
      () => '',
      ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr,
    );

    expect(refused).toContain(`${path}:3: defaultMode must be one of ignore, observe, ask, respond`);
  });

  it('passes cfn-lint', async () => {
    const tools = {
      venv: join(root, '.local', 'lint'),
      requirements: join(root, 'test', 'lint', 'requirements.txt'),
      what: 'cfn-lint',
    };
    const python = await ensurePythonTools(tools, (said) => process.stderr.write(`${said}\n`));
    // W3005: the DependsOn that the framework writes beside a reference; harmless, and not ours.
    const path = join(directory, 'cloudformation-template-update-stack.json');
    const { stdout } = await run(join(python, '..', 'cfn-lint'), [
      '--ignore-checks',
      'W3005',
      '--format',
      'parseable',
      '--',
      path,
    ]).catch((error: { stdout: string }) => error);
    const found = stdout.split('\n').filter((line) => line !== '');
    // cfn-lint's list of IAM's actions is older than these two.
    const unknown = /W3037:'(?:pause|resume)durableexecution' is not one of/;
    expect(found.filter((line) => !unknown.test(line))).toEqual([]);
  });

  it('retains tables, buckets, keys and dead letters on removal', () => {
    for (const type of ['AWS::DynamoDB::Table', 'AWS::KMS::Key', 'AWS::SQS::Queue']) {
      expect(ofType(type).length).toBeGreaterThan(0);
      for (const [name, { DeletionPolicy }] of ofType(type).filter(isKept))
        expect([name, DeletionPolicy]).toEqual([name, 'Retain']);
    }
    expect(template.Resources.EvidenceBucket?.DeletionPolicy).toBe('Retain');
  });

  it('locks the evidence bucket: versions, Object Lock, KMS, TLS only, no public access', () => {
    expect(template.Resources.EvidenceBucket?.Properties).toMatchObject({
      ObjectLockEnabled: true,
      ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 30 } } },
      VersioningConfiguration: { Status: 'Enabled' },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms' } }],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
    expect(JSON.stringify(template.Resources.EvidenceBucketPolicy)).toContain(
      '"aws:SecureTransport":"false"',
    );
  });

  it('gives every rule target a dead-letter queue, and alarms on each of our own failures', () => {
    for (const [name, { Properties }] of ofType('AWS::Events::Rule')) {
      for (const target of (Properties?.Targets ?? []) as readonly Record<string, unknown>[]) {
        expect([name, Object.keys(target)]).toEqual([name, expect.arrayContaining(['DeadLetterConfig'])]);
      }
    }
    const metrics = ofType('AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties?.MetricName);
    expect(metrics).toEqual(
      expect.arrayContaining(['ExecutionsFailed', 'ExecutionsTimedOut', 'ExecutionsAborted']),
    );
    expect(metrics.filter((metric) => metric === 'ApproximateNumberOfMessagesVisible')).toHaveLength(
      ofType('AWS::SQS::Queue').length,
    );
    expect(metrics.filter((metric) => metric === 'Errors')).toHaveLength(
      ofType('AWS::Lambda::Function').length,
    );
  });

  it('observes by default, and holds no secret', () => {
    for (const [, { Properties }] of ofType('AWS::Lambda::Function')) {
      expect(Properties).toMatchObject({
        Environment: { Variables: { TOURNIQUET_DEFAULT_MODE: 'observe' } },
      });
    }
    expect(text).not.toMatch(/xox[bp]-|"slack-bot-token":|SecureString/);
  });

  it('gives every function a log group of its own, and each that there is the retention that was asked for', () => {
    const groups = ofType('AWS::Logs::LogGroup').map(([, { Properties }]) => Properties);
    const functions = ofType('AWS::Lambda::Function').map(([, { Properties }]) => Properties?.FunctionName);

    expect(groups.map((group) => group?.LogGroupName).toSorted()).toEqual(
      functions.map((name) => `/aws/lambda/${name}`).toSorted(),
    );
    // Not the default: what the parameter says.
    for (const group of groups) expect(group).toMatchObject({ RetentionInDays: 400 });
  });

  it('logs no state of the playbook and no request: a finding may name people', () => {
    const [[, machine] = []] = ofType('AWS::StepFunctions::StateMachine');
    expect(machine?.Properties).not.toHaveProperty('LoggingConfiguration');
    for (const [, { Properties }] of ofType('AWS::ApiGatewayV2::Stage'))
      expect(Properties).not.toHaveProperty('AccessLogSettings');
  });

  it('keeps evidence and record as the profiles say, and ends both', () => {
    expect(template.Resources.EvidenceBucket?.Properties).toMatchObject({
      LifecycleConfiguration: {
        Rules: [
          { ExpirationInDays: 30, TagFilters: [{ Key: 'tourniquet:class', Value: 'evidence' }] },
          { ExpirationInDays: 2192 },
          { ExpiredObjectDeleteMarker: true },
        ],
      },
    });
    for (const [, { Properties }] of ofType('AWS::Lambda::Function'))
      expect(Properties).toMatchObject({
        Environment: { Variables: { TOURNIQUET_RETENTION: 'GOVERNANCE:30:2192:false' } },
      });
  });

  it('keeps incidents and histories: no expiry, point-in-time recovery, no deletion, and no entry changed', () => {
    for (const [name, { Properties }] of ofType('AWS::DynamoDB::Table').filter(isKept)) {
      expect([name, Properties]).toEqual([
        name,
        expect.objectContaining({
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        }),
      ]);
      expect(Properties).not.toHaveProperty('TimeToLiveSpecification');
    }
    expect(template.Resources.HistoryTable?.Properties?.ResourcePolicy).toMatchObject({
      PolicyDocument: {
        Statement: [
          {
            Sid: 'NobodyChangesAnEntry',
            Resource: { 'Fn::Sub': expect.stringMatching(/:table\/tourniquet-prod-history$/) },
          },
          { Sid: 'NobodyEndsTheTable' },
        ],
      },
    });
  });

  it('is refused without an approver or a channel, with each parameter named', async () => {
    const refused = await packaged().then(
      () => 'packaged',
      (error: { stdout: string; stderr: string }) => error.stdout + error.stderr,
    );
    expect(refused).toContain('approvers must name at least one approver');
    expect(refused).toContain("slackChannel must be a channel's id");
  });
});
