import { isBlind } from '../../../../cli/doctor/check';
import { checksOf, type Facts, READS_TOO, type Trail } from '../../../../cli/doctor/checks';
import { type Told, toldChecksOf } from '../../../../cli/doctor/told';

const TRAIL: Trail = {
  name: 'all',
  region: 'eu-central-1',
  logging: true,
  everyRegion: true,
  management: 'all',
  data: ['AWS::S3::Object', 'AWS::DynamoDB::Table'],
};
const NEEDED = { 'AWS::S3::Object': ['ransom-note-written'], 'AWS::DynamoDB::Table': ['tables-scanned'] };
const LEARNS = { name: 'tourniquet-prod-learn-trail', state: 'ENABLED', targets: 1 };
const RULE = { name: 'tourniquet-prod-detect-read-by-functions1', state: READS_TOO, targets: 1 };
const HEALTHY: Facts = {
  prefix: 'tourniquet-prod',
  region: 'eu-central-1',
  trails: [TRAIL],
  rules: [{ name: 'tourniquet-prod-guardduty', state: 'ENABLED', targets: 1 }, RULE, LEARNS],
  forwarders: [{ name: 'tourniquet-forward', state: READS_TOO, targets: 1 }],
  knownDeployers: ['pipeline'],
  defaultMode: 'observe',
  dataEvents: ['AWS::S3::Object'],
};
const badOf = (changes: Partial<Facts>): readonly string[] =>
  checksOf({ ...HEALTHY, ...changes }, NEEDED).flatMap(({ outcome, what, because }) =>
    outcome === 'bad' ? [`${what}: ${because}`] : [],
  );

const TOLD: Told = {
  channels: [
    { channel: 'slack', outcome: 'good', what: 'Slack knows the token' },
    { channel: 'pagerduty', outcome: 'good', what: 'PagerDuty takes events' },
    { channel: 'alert-topic', outcome: 'none', what: 'not configured' },
  ],
  subscriptions: { confirmed: 1, pending: 0 },
  alarms: [{ name: 'tourniquet-prod-failed', state: 'OK', tells: true }],
};

describe('the doctor, of who would be told', () => {
  it('finds nothing wrong where every channel delivers and somebody is subscribed', () => {
    expect(toldChecksOf(TOLD).every(({ outcome }) => outcome === 'good')).toBe(true);
  });

  it.each<[string, Partial<Told>, RegExp]>([
    [
      'a token that Slack does not know',
      {
        channels: [
          { channel: 'slack', outcome: 'bad', what: 'invalid_auth' },
          { channel: 'pagerduty', outcome: 'good', what: 'x' },
        ],
      },
      /^slack does not deliver: invalid_auth/,
    ],
    ['channels that may not be tried', { channels: null }, /InvokeFunction/],
    ['nobody subscribed', { subscriptions: { confirmed: 0, pending: 0 } }, /alertEmail/],
    ['somebody who has not confirmed', { subscriptions: { confirmed: 0, pending: 1 } }, /not confirmed/],
    ['subscriptions that may not be asked for', { subscriptions: null }, /ListSubscriptionsByTopic/],
    [
      'an alarm that is on',
      { alarms: [{ name: 'tourniquet-prod-failed', state: 'ALARM', tells: true }] },
      /failed is on/,
    ],
    [
      'an alarm that tells nobody',
      { alarms: [{ name: 'tourniquet-prod-failed', state: 'OK', tells: false }] },
      /tells nobody/,
    ],
    ['no alarms', { alarms: [] }, /deploy again/],
    ['alarms that may not be asked for', { alarms: null }, /DescribeAlarms/],
  ])('fails with %s', (_, changes, said) => {
    const checks = toldChecksOf({ ...TOLD, ...changes });

    expect(
      checks.flatMap(({ outcome, what, because }) => (outcome === 'bad' ? [`${what}: ${because}`] : [])),
    ).toEqual([expect.stringMatching(said)]);
    expect(isBlind(checks)).toBe(true);
  });

  it('fails where no channel delivers at all', () => {
    const channels = [{ channel: 'slack', outcome: 'none' as const, what: 'not configured' }];

    expect(isBlind(toldChecksOf({ ...TOLD, channels }))).toBe(true);
  });
});

describe('the doctor', () => {
  it('finds nothing wrong with what sees everything', () => {
    expect(isBlind(checksOf(HEALTHY, NEEDED))).toBe(false);
    expect(checksOf(HEALTHY, NEEDED).every(({ outcome }) => outcome === 'good')).toBe(true);
  });

  it.each<[string, Partial<Facts>, RegExp]>([
    ['no trail', { trails: [] }, /no trail records.*every rule about recorded calls.*Create a trail/],
    ['a trail that was stopped', { trails: [{ ...TRAIL, logging: false }] }, /Start all/],
    [
      'a trail of another Region alone',
      { trails: [{ ...TRAIL, region: 'us-west-2', everyRegion: false }] },
      /no trail/,
    ],
    ['a trail of writes alone', { trails: [{ ...TRAIL, management: 'write' }] }, /none that read.*secrets/],
    ['a trail of data events alone', { trails: [{ ...TRAIL, management: 'none' }] }, /no trail/],
    ['no forwarder', { forwarders: [] }, /us-east-1 here.*creates users.*forwarder\.yml/],
    [
      'a forwarder of writes alone',
      { forwarders: [{ ...RULE, state: 'ENABLED' }] },
      /no calls that only read/,
    ],
    ['a rule that was disabled', { rules: [{ ...RULE, state: 'DISABLED' }, LEARNS] }, /is disabled/],
    ['a rule without a target', { rules: [{ ...RULE, targets: 0 }, LEARNS] }, /has no target/],
    ['no rules', { rules: [] }, /deploy again/],
    ['rules that get no reads', { rules: [{ ...RULE, state: 'ENABLED' }, LEARNS] }, /readEvents/],
    [
      'data events that the trail should record and does not',
      { trails: [{ ...TRAIL, data: ['AWS::DynamoDB::Table'] }] },
      /AWS::S3::Object: blind: ransom-note-written.*event selectors/,
    ],
    ['what may not be asked for', { trails: null }, /DescribeTrails/],
    ['rules that may not be asked for', { rules: null }, /ListRules/],
    ['a forwarder that may not be asked for', { forwarders: null }, /ListRules/],
  ])('says what is blind with %s, and fails', (_, changes, said) => {
    expect(badOf(changes)).toEqual([expect.stringMatching(said)]);
    expect(isBlind(checksOf({ ...HEALTHY, ...changes }, NEEDED))).toBe(true);
  });

  it('asks for no forwarder in us-east-1 itself', () => {
    expect(
      badOf({ region: 'us-east-1', forwarders: [], trails: [{ ...TRAIL, region: 'us-east-1' }] }),
    ).toEqual([]);
  });

  it('notes which rules look at nothing without a trail to read, or without data events that nobody chose', () => {
    const noted = (changes: Partial<Facts>): readonly string[] =>
      checksOf({ ...HEALTHY, ...changes }, NEEDED).flatMap(({ outcome, because }) =>
        outcome === 'good' ? [] : [`${outcome}: ${because}`],
      );

    expect(noted({ rules: [RULE] })).toEqual([
      expect.stringMatching(/^note: .*ransom-note-written, tables-scanned.*parameter trail/),
    ]);
    expect(noted({ trails: [{ ...TRAIL, data: ['AWS::S3::Object'] }] })).toEqual([
      expect.stringMatching(/^note: blind: tables-scanned.*dataEvents/),
    ]);
  });

  it('notes that no known deployers are listed, without failing', () => {
    const checks = checksOf({ ...HEALTHY, knownDeployers: [], defaultMode: 'respond' }, NEEDED);

    expect(isBlind(checks)).toBe(false);
    expect(checks.filter(({ outcome }) => outcome === 'note')).toMatchObject([
      { because: expect.stringContaining('though the default mode is respond') },
    ]);
  });
});
