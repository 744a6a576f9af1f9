import { readYaml } from '../../fixtures/repository';

type Parameters = Readonly<Record<string, unknown>>;
type Config = Readonly<Record<string, unknown>>;
const { checkConfig } = require('../../../infrastructure/config.cjs') as {
  checkConfig: (parameters: Parameters) => Config;
};

const { params } = readYaml('serverless.yml') as { params: Record<string, Parameters> };
const good: Parameters = {
  ...params.default,
  approvers: 'U0ONCALL, arn:aws:iam::123456789012:role/security/on-call',
  slackChannel: 'C0123456789',
};

/** The most bytes that a value but the lists may have: a stage of 15 characters, the longest name of a Region. */
const longest = (name: string): number => {
  if (/ARN$/.test(name)) return 120;
  if (/URL$/.test(name)) return 60;
  // COMPLIANCE:36500:36500:false
  if (/RETENTION$/.test(name)) return 28;
  return /BUCKET$|TABLE$|FUNCTION$/.test(name) ? 70 : 15;
};

const refusalOf = (parameters: Parameters): string => {
  try {
    checkConfig(parameters);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('checkConfig', () => {
  it('takes a role as the one that may break glass, nobody by default, and nothing else', () => {
    expect(checkConfig(good)).toMatchObject({ breakGlassRole: '' });
    const role = 'arn:aws:iam::123456789012:role/security/break-glass';
    expect(checkConfig({ ...good, breakGlassRole: role })).toMatchObject({ breakGlassRole: role });
    for (const breakGlassRole of [
      '*',
      'arn:aws:iam::123456789012:role/*',
      'arn:aws:iam::123456789012:root',
      'arn:aws:iam::123456789012:user/alice',
      'break-glass',
    ])
      expect(refusalOf({ ...good, breakGlassRole })).toContain("breakGlassRole must be an IAM role's ARN");
  });

  it('takes subnets and security groups of databases together, or neither', () => {
    expect(checkConfig(good)).toMatchObject({ rotationSubnets: '', rotationSecurityGroups: '' });
    const rotationSubnets = 'subnet-0123456789abcdef0, subnet-0123456789abcdef1';
    const rotationSecurityGroups = 'sg-0123456789abcdef0';
    expect(checkConfig({ ...good, rotationSubnets, rotationSecurityGroups })).toMatchObject({
      rotationSubnets,
    });
    expect(refusalOf({ ...good, rotationSubnets })).toContain('rotationSecurityGroups is needed too');
    expect(refusalOf({ ...good, rotationSecurityGroups })).toContain('rotationSubnets is needed too');
    expect(refusalOf({ ...good, rotationSubnets: 'vpc-0123456789abcdef0' })).toContain(
      'rotationSubnets must be ids of subnets',
    );
  });

  it('takes no trail, one to make, or the bucket of one, and data events of those alone', () => {
    expect(checkConfig(good)).toMatchObject({ trail: '', dataEvents: '' });
    for (const trail of ['create', 'my-trail-bucket', 'my-trail-bucket/our/trails'])
      expect(checkConfig({ ...good, trail, dataEvents: 's3, dynamodb' })).toMatchObject({ trail });
    for (const trail of ['My_Bucket', 'arn:aws:s3:::bucket', 's3://bucket', 'bucket/*', 'bucket/'])
      expect(refusalOf({ ...good, trail })).toContain('trail must be empty, create, or the bucket');
    expect(refusalOf({ ...good, trail: 'create', dataEvents: 'ec2' })).toContain(
      'dataEvents must be some of s3',
    );
    expect(refusalOf({ ...good, dataEvents: 's3' })).toContain('dataEvents needs a trail');
  });

  it('takes roles as the readers of secrets among the evidence, nobody by default, and nothing else', () => {
    expect(checkConfig(good)).toMatchObject({ evidenceReaders: '' });
    const [one, other] = ['forensics', 'teams/security'].map(
      (name) => `arn:aws:iam::123456789012:role/${name}`,
    );
    expect(checkConfig({ ...good, evidenceReaders: ` ${one} ,${other}` })).toMatchObject({
      evidenceReaders: `${one},${other}`,
    });
    for (const evidenceReaders of ['*', `${one},arn:aws:iam::123456789012:root`, `${one}*`, 'forensics'])
      expect(refusalOf({ ...good, evidenceReaders })).toContain("evidenceReaders must be IAM roles' ARNs");
  });

  it('takes the defaults once approvers and a channel are given', () => {
    expect(checkConfig(good)).toMatchObject({
      defaultMode: 'observe',
      approvers: 'U0ONCALL,arn:aws:iam::123456789012:role/security/on-call',
      containSamples: 'false',
      lockMode: 'GOVERNANCE',
      decisionTimeoutSeconds: 3600,
    });
  });

  it('takes the parameters of the local stage', () => {
    expect(
      refusalOf({
        ...params.default,
        ...params.local,
        slackApiUrl: 'http://127.0.0.1:4570/api/',
        pagerDutyUrl: 'http://127.0.0.1:4570/v2/enqueue',
      }),
    ).toBe('');
  });

  it.each<[string, unknown]>([
    ['defaultMode', 'contain'],
    ['defaultMode', ''],
    ['modes', 'payments-*'],
    ['modes', '{"functions":"a","mode":"ask"}'],
    ['modes', ['payments-*']],
    ['modes', [null]],
    ['modes', [{ mode: 'ask' }]],
    ['modes', [{ functions: 'a b', mode: 'ask' }]],
    ['modes', [{ functions: '(a+)+', mode: 'ask' }]],
    ['modes', [{ functions: 'a,b:0:respond', mode: 'ask' }]],
    ['modes', [{ functions: 'arn:aws:lambda:eu-west-1:123456789012:function:a', mode: 'ask' }]],
    ['modes', [{ functions: '', mode: 'ask' }]],
    ['modes', [{ functions: 'a' }]],
    ['modes', [{ functions: 'a', mode: 'contain' }]],
    ['modes', [{ functions: 'a', mode: 'ask', severity: 'High' }]],
    ['modes', [{ functions: 'a', mode: 'ask', severity: 'constructor' }]],
    ['modes', [{ functions: 'a', mode: 'ask', severity: 11 }]],
    ['modes', [{ functions: 'a', mode: 'ask', severity: -1 }]],
    ['modes', [{ functions: 'a', mode: 'ask', severity: Number.NaN }]],
    ['modes', [{ functions: 'a', mode: 'ask', level: 'high' }]],
    ['approvers', ''],
    ['approvers', ' , '],
    ['approvers', '@alice'],
    ['approvers', 'alice@example.com'],
    ['approvers', '*'],
    ['approvers', 'arn:aws:iam::123456789012:role/*'],
    ['approvers', 'arn:aws:sts::123456789012:assumed-role/on-call/alice'],
    ['approvers', 'U0ONCALL,'.concat('arn:aws:iam::1:role/x')],
    ['slackChannel', ''],
    ['slackChannel', '#incidents'],
    ['slackChannel', 'incidents'],
    ['alertEmail', 'nobody'],
    ['neverContain', 'pay ments'],
    ['neverContain', 'pay(ments)+'],
    ['containSamples', 'yes'],
    ['decisionTimeoutSeconds', 0],
    ['decisionTimeoutSeconds', 'soon'],
    ['decisionTimeoutSeconds', 31_536_000],
    ['watchSeconds', 4],
    ['watchSeconds', 10.5],
    ['retentionProfile', 'forever'],
    ['retentionDays', 'many'],
    ['lockMode', 'governance'],
    ['logRetentionDays', 2],
    ['slackApiUrl', 'http://slack.com/api/'],
    ['slackApiUrl', 'https://slack.com/api'],
    ['slackApiUrl', 'http://127.0.0.1.example.com/api/'],
    ['slackApiUrl', 'http://localhost@example.com/api/'],
    ['slackApiUrl', 'http://localhost:80@example.com/api/'],
    ['pagerDutyUrl', 'http://events.pagerduty.com/v2/enqueue'],
    ['pagerDutyUrl', 'events.pagerduty.com'],
    ['pagerDutyUrl', 'ftp://events.pagerduty.com/'],
  ])('refuses %s = %j by name, and says how to set it', (name, value) => {
    const refusal = refusalOf({ ...good, [name]: value });

    expect(refusal).toContain(`\n  - ${name} `);
    expect(refusal).toContain('--param=');
  });

  it.each(Object.keys(params.default ?? {}).filter((name) => name !== 'policy'))(
    'refuses a deployment without %s, by name',
    (name) => {
      const { [name]: _, ...rest } = good;

      expect(refusalOf(rest)).toContain(`  - ${name} `);
    },
  );

  it('takes modes as a list, and as JSON from the command line, with severities in words or numbers', () => {
    const list = [
      { functions: 'payments-*', severity: 'high', mode: 'respond' },
      { functions: 'payments-*', severity: 5.5, mode: 'ask' },
      { functions: '*', mode: 'observe' },
    ];
    const text = 'payments-*:7:respond,payments-*:5.5:ask,*:0:observe';

    expect(checkConfig({ ...good, modes: list })).toMatchObject({ modes: text });
    expect(checkConfig({ ...good, modes: JSON.stringify(list) })).toMatchObject({ modes: text });
    expect(checkConfig({ ...good, modes: '' })).toMatchObject({ modes: '' });
  });

  it.each([
    ['low', 0],
    ['medium', 4],
    ['high', 7],
    ['critical', 9],
  ])("reads the severity %s as GuardDuty's scale has it: from %d", (severity, from) => {
    expect(checkConfig({ ...good, modes: [{ functions: 'a', severity, mode: 'ask' }] })).toMatchObject({
      modes: `a:${from}:ask`,
    });
  });

  it('names the entry of modes that is wrong, and what it may be', () => {
    const modes = [
      { functions: 'a', mode: 'ask' },
      { functions: 'b', mode: 'ask', severity: 'grave' },
    ];

    expect(refusalOf({ ...good, modes })).toContain(
      '- modes entry 2 has a severity that is none: it may be one of low, medium, high, critical, or a number',
    );
  });

  it.each([
    ['a', 0, 'a', 0],
    ['a', 0, 'a', 7],
    ['*', 0, 'a', 0],
    ['pay*', 4, 'payments-*', 7],
  ])(
    'refuses an entry of modes that never decides: after %s from %d, %s from %d',
    (first, low, then, high) => {
      const modes = [
        { functions: first, severity: low, mode: 'ask' },
        { functions: then, severity: high, mode: 'respond' },
      ];

      expect(refusalOf({ ...good, modes })).toContain('- modes entry 2 never decides: entry 1 comes first');
    },
  );

  it.each([
    ['a', 7, 'a', 0],
    ['payments-*', 0, 'pay*', 0],
    ['a*b', 0, 'a*', 0],
  ])('takes an entry of modes that still decides: after %s from %d, %s from %d', (first, low, then, high) => {
    const modes = [
      { functions: first, severity: low, mode: 'ask' },
      { functions: then, severity: high, mode: 'respond' },
    ];

    expect(refusalOf({ ...good, modes })).toBe('');
  });

  it('refuses lists that Lambda would not take as environment, by the name of the longest', () => {
    const modes = Array.from({ length: 60 }, (_, index) => ({
      functions: `${'long-name-of-a-function-'.repeat(2)}${index}`,
      mode: 'ask',
    }));

    expect(refusalOf({ ...good, modes })).toContain('- modes is too long');
    expect(refusalOf({ ...good, neverContain: 'x'.repeat(2500) })).toContain('- neverContain is too long');
  });

  it('leaves room in the environment for everything else that a function is told, and its names', () => {
    const { provider, functions } = readYaml('serverless.yml') as {
      provider: { environment: Record<string, string> };
      functions: Record<string, { environment?: Record<string, string> }>;
    };
    const lists = ['approvers', 'neverContain', 'inlineRoles', 'modes', 'dependants'].map(
      (name) => `custom.config.${name}}`,
    );
    const sizes = Object.values(functions).map(({ environment = {} }) =>
      Object.entries({ ...provider.environment, ...environment })
        .map(([name, value]) => name.length + (lists.some((end) => value.endsWith(end)) ? 0 : longest(name)))
        .reduce((sum, size) => sum + size, 0),
    );

    expect(Math.max(...sizes)).toBeLessThan(4096 - 2070);
  });

  it('names everything that is wrong at once', () => {
    const refusal = refusalOf({ ...good, approvers: '', slackChannel: '#x', lockMode: 'none' });

    expect(
      ['approvers', 'slackChannel', 'lockMode'].filter((name) => !refusal.includes(`- ${name} `)),
    ).toEqual([]);
  });

  it('says in words what an e-mail address may be', () => {
    expect(refusalOf({ ...good, alertEmail: 'nobody' })).toContain('must be an e-mail address, or empty');
  });

  it.each([
    ['gdpr', 30],
    ['soc2', 365],
    ['hipaa', 2192],
  ])('keeps evidence under %s for %d days', (retentionProfile, days) => {
    expect(checkConfig({ ...good, retentionProfile })).toMatchObject({ retentionDays: days });
  });

  it('tells the functions of mode, days and hold in one word', () => {
    const parameters = { retentionProfile: 'gdpr+hipaa', lockMode: 'COMPLIANCE' };

    expect(checkConfig({ ...good, ...parameters })).toMatchObject({
      retentionDays: 30,
      recordDays: 2192,
      retention: 'COMPLIANCE:30:2192:false',
    });
  });

  it('holds what is sealed only where somebody could end that', () => {
    const breakGlassRole = 'arn:aws:iam::123456789012:role/break-glass';

    expect(refusalOf({ ...good, legalHold: 'true' })).toContain('- legalHold needs a breakGlassRole');
    expect(checkConfig({ ...good, legalHold: 'true', breakGlassRole })).toMatchObject({
      retention: 'GOVERNANCE:365:365:true',
    });
  });

  it('keeps evidence as long as a custom profile says', () => {
    expect(checkConfig({ ...good, retentionProfile: 'custom', retentionDays: '90' })).toMatchObject({
      retentionDays: 90,
    });
  });

  it.each([
    ['soc2', '90', 'contradicts'],
    ['gdpr', 30, 'contradicts'],
    ['custom', '', 'is needed'],
    ['custom', '0', ''],
    ['custom', '-1', ''],
    ['custom', '1.5', ''],
    ['custom', '40000', ''],
  ])('refuses the retention profile %s with %j days', (retentionProfile, retentionDays, why) => {
    expect(refusalOf({ ...good, retentionProfile, retentionDays })).toContain(`- retentionDays ${why}`);
  });

  it.each(['http://127.0.0.1:4570/api/', 'http://localhost/api/', 'http://[::1]:80/api/'])(
    'takes plain http on this machine: %s',
    (slackApiUrl) => {
      expect(refusalOf({ ...good, slackApiUrl })).toBe('');
    },
  );

  it('leaves no blanks and no empty entries in its lists', () => {
    expect(
      checkConfig({ ...good, approvers: ' U0A1 ,, W0B2 ', neverContain: ' pay-* , $LATEST ,' }),
    ).toMatchObject({ approvers: 'U0A1,W0B2', neverContain: 'pay-*,$LATEST' });
  });
});
