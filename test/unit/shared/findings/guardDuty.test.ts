import { GUARDDUTY_LAMBDA_TYPES, parseGuardDuty } from '../../../../shared/findings/guardDuty';
import { type Detail, detailOf, FUNCTION_ARN, pascal, RECEIVED } from '../../../fixtures/guardDuty';

const reasonOf = (detail: unknown): string => {
  const parsed = parseGuardDuty(detail, RECEIVED);
  return parsed.kind === 'unparseable' ? parsed.reason : '';
};
const findingOf = (detail: unknown) => {
  const parsed = parseGuardDuty(detail, RECEIVED);
  return parsed.kind === 'finding' ? parsed.finding : null;
};

/** A finding without the field at a path, or with another value there. */
const altered = (path: string, value?: unknown): unknown => {
  const detail = structuredClone(detailOf()) as unknown as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const parent = keys.reduce((at, key) => at[key] as Record<string, unknown>, detail);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return detail;
};

const SPELLINGS: readonly [string, (detail: Detail) => unknown][] = [
  ['as EventBridge delivers it', (detail) => detail],
  ['as GetFindings answers', pascal],
];

describe.each(SPELLINGS)('a GuardDuty finding %s', (_spelling, spell) => {
  it('knows exactly the seven types of Lambda Protection', () => {
    expect(GUARDDUTY_LAMBDA_TYPES).toHaveLength(7);
  });

  it.each(GUARDDUTY_LAMBDA_TYPES)('is read when it is %s', (type) => {
    expect(parseGuardDuty(spell(detailOf(type)), RECEIVED)).toEqual({
      kind: 'finding',
      finding: {
        id: '5ac1e0a7d1f64b0f9a9f0c6a3d2b1e00',
        source: 'guardduty',
        rule: type,
        title: 'The Lambda function order-worker has talked to an address that it should not know.',
        description: 'order-worker opened a connection to an address on a list of addresses of bad repute.',
        severity: 8,
        suspect: {
          arn: FUNCTION_ARN,
          partition: 'aws',
          region: 'eu-west-1',
          accountId: '123456789012',
          functionName: 'order-worker',
          qualifier: null,
        },
        firstSeen: '2026-11-20T09:58:00.000Z',
        lastSeen: '2026-11-20T10:01:00.000Z',
        count: 3,
        sample: false,
        hub: {
          version: 1,
          id: detailOf(type).arn,
          productArn: 'arn:aws:securityhub:eu-west-1::product/aws/guardduty',
        },
        archived: false,
      },
    });
  });

  it('is read when AWS has given it a type that we do not know', () => {
    const detail = { ...detailOf(), type: 'Impact:Lambda/SomethingNew' } as unknown as Detail;

    expect(findingOf(spell(detail))?.rule).toBe('Impact:Lambda/SomethingNew');
  });
});

describe('a GuardDuty finding that lacks something', () => {
  it.each(['id', 'type', 'severity', 'resource'])('is refused in one sentence that names %s', (path) => {
    expect(reasonOf(altered(path))).toMatch(
      new RegExp(`^the GuardDuty finding cannot be read: detail\\.${path}:`),
    );
  });

  it.each([
    ['severity', 'high'],
    ['severity', -1],
    ['severity', 10.1],
    ['severity', null],
    ['id', ''],
    ['id', 7],
    ['id', 'x'.repeat(257)],
    ['type', []],
    ['service.count', 'many'],
    ['service.archived', 'no'],
    ['resource.lambdaDetails.functionArn', 7],
  ])('is refused when %s is %j, by its name', (path, value) => {
    expect(reasonOf(altered(path, value))).toContain(`detail.${path}`);
  });

  it.each(['title', 'description', 'service', 'createdAt', 'updatedAt', 'resource.resourceType'])(
    'is read without %s: nothing depends on it',
    (path) => {
      expect(findingOf(altered(path))?.suspect?.arn).toBe(FUNCTION_ARN);
    },
  );

  it('takes the type for a title, where there is none', () => {
    expect(findingOf(altered('title'))?.title).toBe('CryptoCurrency:Lambda/BitcoinTool.B');
  });

  it('takes the time of creation, then of delivery, for times that it does not give', () => {
    const created = altered('service') as Detail;
    const { createdAt: _c, updatedAt: _u, ...bare } = created;

    expect(findingOf(created)).toMatchObject({
      firstSeen: '2026-11-20T10:02:00.000Z',
      lastSeen: '2026-11-20T10:03:00.000Z',
      count: 1,
    });
    expect(findingOf(bare)).toMatchObject({ firstSeen: RECEIVED, lastSeen: RECEIVED });
  });

  it.each(['yesterday', '', '2026-13-40T99:99:99Z', 'NaN'])('takes the time of delivery for %j', (time) => {
    expect(findingOf(altered('service.eventFirstSeen', time))?.firstSeen).toMatch(/^2026-11-20T10:0\d/);
  });
});

describe('a GuardDuty finding that is not about a function', () => {
  it.each(['AccessKey', 'Instance', 'S3Bucket', 'EKSCluster', 'Container'])(
    'is refused when it is about a resource of type %s',
    (resourceType) => {
      expect(reasonOf({ ...detailOf(), resource: { resourceType } })).toBe(
        `the GuardDuty finding "CryptoCurrency:Lambda/BitcoinTool.B" is about a resource of type "${resourceType}", not about a Lambda function`,
      );
    },
  );

  it('is refused when it does not describe its function', () => {
    expect(reasonOf(altered('resource.lambdaDetails'))).toContain('a resource it does not describe');
    expect(reasonOf(altered('resource.lambdaDetails', null))).toContain('a resource it does not describe');
  });

  it.each([
    '',
    'order-worker',
    'arn:aws:iam::123456789012:role/order-worker',
    'arn:aws:lambda:eu-west-1:123456789012:layer:order-worker:1',
    'arn:aws:lambda:eu-west-1:123456789012:function:order-worker\nx',
    'arn:aws:lambda:eu-west-1:123456789012:function:<!channel>',
    'arn:aws:lambda:eu-west-1:123456789012:function:../../etc/passwd',
    "arn:aws:lambda:eu-west-1:123456789012:function:x'; DROP TABLE incidents;--",
    `arn:aws:lambda:eu-west-1:123456789012:function:${'a'.repeat(1500)}`,
  ])('is refused when its function ARN is %j, without repeating it', (functionArn) => {
    const reason = reasonOf(altered('resource.lambdaDetails.functionArn', functionArn));

    expect(reason).toContain('detail.resource.lambdaDetails.functionArn is not a function ARN');
    expect(functionArn === '' || !reason.includes(functionArn)).toBe(true);
  });
});

describe('what a GuardDuty finding says of itself', () => {
  it.each([
    [true, true],
    [false, false],
    [null, false],
    [undefined, false],
  ])('is a sample when additionalInfo.sample is %j: %j', (sample, expected) => {
    expect(findingOf(altered('service.additionalInfo', { sample }))?.sample).toBe(expected);
  });

  it("is no sample because its title says so: the title is not GuardDuty's mark", () => {
    expect(findingOf(altered('title', '[SAMPLE FINDING] …'))?.sample).toBe(false);
  });

  it('is archived when its service says so', () => {
    expect(findingOf(altered('service.archived', true))?.archived).toBe(true);
  });

  it('keeps the qualifier of a version or an alias, and the suspect without it', () => {
    const finding = findingOf(altered('resource.lambdaDetails.functionArn', `${FUNCTION_ARN}:live`));

    expect(finding?.suspect).toMatchObject({ arn: FUNCTION_ARN, qualifier: 'live' });
  });
});
