import { parseServiceFinding } from '../../../../shared/findings/serviceFinding';
import { FUNCTION_ARN, RECEIVED } from '../../../fixtures/guardDuty';

const detail = {
  id: 'manual-1',
  rule: 'manual',
  title: 'Opened by hand',
  severity: 7,
  functionArn: FUNCTION_ARN,
};

describe('a finding of our own', () => {
  it('is read', () => {
    expect(parseServiceFinding(detail, RECEIVED)).toMatchObject({
      kind: 'finding',
      finding: {
        id: 'manual-1',
        source: 'tourniquet',
        rule: 'manual',
        severity: 7,
        suspect: { arn: FUNCTION_ARN },
        firstSeen: RECEIVED,
        lastSeen: RECEIVED,
        count: 1,
        sample: false,
        archived: false,
      },
    });
  });

  it('was last seen when it was first seen, unless it says otherwise', () => {
    const firstSeen = '2026-11-19T00:00:00Z';

    expect(parseServiceFinding({ ...detail, firstSeen }, RECEIVED)).toMatchObject({
      finding: { firstSeen, lastSeen: firstSeen },
    });
  });

  it.each(['id', 'rule', 'title', 'severity', 'functionArn'] as const)(
    'is refused in one sentence that names %s, where it lacks it',
    (field) => {
      const { [field]: _, ...rest } = detail;

      expect(parseServiceFinding(rest, RECEIVED)).toEqual({
        kind: 'unparseable',
        reason: expect.stringMatching(new RegExp(`^the finding cannot be read: detail\\.${field}: `)),
      });
    },
  );

  it.each([
    ['firstSeen', 'yesterday'],
    ['lastSeen', 7],
    ['severity', 11],
    ['sample', 'yes'],
    ['description', 'x'.repeat(8193)],
  ])('is refused when %s is not as documented', (field, value) => {
    expect(parseServiceFinding({ ...detail, [field]: value }, RECEIVED)).toMatchObject({
      kind: 'unparseable',
      reason: expect.stringContaining(`detail.${field}`),
    });
  });

  it('is refused when it names no function', () => {
    expect(parseServiceFinding({ ...detail, functionArn: 'order-worker' }, RECEIVED)).toMatchObject({
      reason: 'the finding names no Lambda function: detail.functionArn is not a function ARN',
    });
  });

  it('cannot say of itself that it came from elsewhere or is dealt with', () => {
    expect(
      parseServiceFinding({ ...detail, source: 'guardduty', archived: true, count: 99 }, RECEIVED),
    ).toMatchObject({ finding: { source: 'tourniquet', archived: false, count: 1 } });
  });
});
