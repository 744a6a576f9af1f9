import { CHECK_IDS, type CheckId, exitCodeOf, judge } from '../../../../shared/compliance/checks';
import type { Facts } from '../../../../shared/compliance/facts';

const NOW = new Date('2026-11-20T13:00:00.000Z');
const SETTINGS = {
  TOURNIQUET_DEFAULT_MODE: 'observe',
  TOURNIQUET_MODES: '',
  TOURNIQUET_APPROVERS: 'U0ONCALL',
  TOURNIQUET_NEVER_CONTAIN: '',
};
const found = { got: { found: 'looked at', problems: [] } };

/** A deployment in which everything is as it must be. */
const GOOD: Facts = {
  now: NOW,
  roles: { got: [{ role: 'r-assess', missing: [], extra: [] }] },
  functions: {
    got: [
      { name: 'f-assess', settings: SETTINGS },
      { name: 'f-plan', settings: SETTINGS },
    ],
  },
  policyFile: { got: null },
  lock: { got: { mode: 'GOVERNANCE', days: 400 } },
  bucketEncryption: { got: 'aws:kms' },
  publicAccessBlock: {
    got: ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'],
  },
  versioning: { got: 'Enabled' },
  tables: { got: [{ table: 't', deletionProtected: true, recoverable: true, kms: true }] },
  keys: found,
  logGroups: { got: [{ group: '/aws/lambda/f-assess', days: 365 }] },
  trail: found,
  rules: found,
  alarms: found,
  history: found,
  manifests: found,
  lastDrill: { got: '2026-11-01T10:00:00.000Z' },
};

const failing = (changes: Partial<Facts>): readonly CheckId[] =>
  judge(CHECK_IDS, { ...GOOD, ...changes })
    .filter(({ outcome }) => outcome === 'fails')
    .map(({ check }) => check);
const bad = { got: { found: '', problems: ['something is wrong'] } };

describe('the checks of compliance', () => {
  it('hold for a deployment in which everything is as it must be', () => {
    const verdicts = judge(CHECK_IDS, GOOD);

    expect(verdicts.filter(({ outcome }) => outcome !== 'holds')).toEqual([]);
    expect(exitCodeOf(verdicts, false)).toBe(0);
  });

  const broken: readonly (readonly [string, Partial<Facts>, readonly CheckId[]])[] = [
    [
      'a role without a permission',
      { roles: { got: [{ role: 'r', missing: ['kms:Sign'], extra: [] }] } },
      ['roles-as-template'],
    ],
    [
      'a role with one more',
      { roles: { got: [{ role: 'r', missing: [], extra: ['iam:*'] }] } },
      ['roles-as-template'],
    ],
    [
      'a role that is gone',
      { roles: { got: [{ role: 'r', missing: null, extra: [] }] } },
      ['roles-as-template'],
    ],
    ['no roles at all', { roles: { got: [] } }, ['roles-as-template']],
    ['nobody who may release', { functions: { got: [{ name: 'f', settings: {} }] } }, ['approvers-listed']],
    [
      'anybody who may release',
      { functions: { got: [{ name: 'f', settings: { ...SETTINGS, TOURNIQUET_APPROVERS: 'U1,*' } }] } },
      ['approvers-listed'],
    ],
    [
      'one function with another mode',
      {
        functions: {
          got: [
            { name: 'f', settings: SETTINGS },
            { name: 'g', settings: { ...SETTINGS, TOURNIQUET_DEFAULT_MODE: 'ignore' } },
          ],
        },
      },
      ['policy-in-effect'],
    ],
    [
      'another policy than that of the file',
      { policyFile: { got: { file: 'policy.yml', settings: { ...SETTINGS, TOURNIQUET_APPROVERS: 'U2' } } } },
      ['policy-in-effect'],
    ],
    ['no lock', { lock: { got: null } }, ['bucket-locks']],
    ['no KMS key on the bucket', { bucketEncryption: { got: 'AES256' } }, ['bucket-encrypted']],
    ['no encryption at all', { bucketEncryption: { got: null } }, ['bucket-encrypted']],
    [
      'one public setting off',
      { publicAccessBlock: { got: ['BlockPublicAcls', 'IgnorePublicAcls', 'RestrictPublicBuckets'] } },
      ['bucket-private'],
    ],
    ['versions off', { versioning: { got: 'Suspended' } }, ['bucket-versioned']],
    [
      'a table that can be deleted',
      { tables: { got: [{ table: 't', deletionProtected: false, recoverable: true, kms: true }] } },
      ['tables-protected'],
    ],
    [
      'a table without recovery',
      { tables: { got: [{ table: 't', deletionProtected: true, recoverable: false, kms: true }] } },
      ['tables-protected'],
    ],
    [
      "a table under DynamoDB's own key",
      { tables: { got: [{ table: 't', deletionProtected: true, recoverable: true, kms: false }] } },
      ['tables-encrypted'],
    ],
    ['a key that is to be deleted', { keys: bad }, ['keys-enabled']],
    ['logs for ever', { logGroups: { got: [{ group: 'g', days: null }] } }, ['logs-kept']],
    ['no logs', { logGroups: { got: [] } }, ['logs-kept']],
    ['no trail', { trail: bad }, ['trail-on']],
    ['a rule that is off', { rules: bad }, ['detection-on']],
    ['alarms that nobody hears', { alarms: bad }, ['alarms-heard']],
    ['a history that was changed', { history: bad }, ['history-whole']],
    ['a manifest with another signature', { manifests: bad }, ['manifests-verify']],
    ['no drill', { lastDrill: { got: null } }, ['drill-recent']],
    ['a drill of more than a year ago', { lastDrill: { got: '2025-11-01T10:00:00.000Z' } }, ['drill-recent']],
  ];
  it.each(broken)('find %s, and nothing else', (_what, changes, checks) => {
    expect(failing(changes)).toEqual(checks);
  });

  it('do not take for held what could not be asked for, unless that is allowed', () => {
    const verdicts = judge(CHECK_IDS, {
      ...GOOD,
      trail: { why: 'AccessDenied: no' },
      manifests: { got: null },
    });

    expect(verdicts.filter(({ outcome }) => outcome === 'unknown')).toEqual([
      { check: 'trail-on', outcome: 'unknown', why: 'could not be asked for: AccessDenied: no' },
      { check: 'manifests-verify', outcome: 'unknown', why: 'nothing is sealed yet: a drill seals' },
    ]);
    expect(exitCodeOf(verdicts, false)).toBe(1);
    expect(exitCodeOf(verdicts, true)).toBe(0);
    expect(exitCodeOf([...verdicts, ...judge(['trail-on'], { ...GOOD, trail: bad })], true)).toBe(1);
  });

  it('say how long logs are kept where PCI DSS asks for more', () => {
    const [verdict] = judge(['logs-kept'], { ...GOOD, logGroups: { got: [{ group: 'g', days: 30 }] } });

    expect(verdict).toEqual({ check: 'logs-kept', outcome: 'holds', why: expect.stringContaining('10.5.1') });
  });
});
