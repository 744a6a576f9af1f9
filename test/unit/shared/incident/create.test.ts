import type { FunctionFinding } from '../../../../shared/findings/finding';
import { incidentFor, notActedOn, unreadable, witnessOf } from '../../../../shared/incident/create';
import { isOpen } from '../../../../shared/incident/incident';
import type { Mode } from '../../../../shared/policy/mode';
import { aSuspect } from '../../../fixtures/suspect';

const NOW = new Date('2026-11-20T10:05:01.000Z');
const EXECUTION = 'arn:aws:states:eu-west-1:123456789012:execution:m:e1';
const finding: FunctionFinding = {
  id: 'f-1',
  source: 'guardduty',
  rule: 'Trojan:Lambda/DropPoint',
  title: 'title',
  description: 'description',
  severity: 8,
  suspect: {
    arn: aSuspect().arn,
    partition: 'aws',
    region: 'eu-west-1',
    accountId: '123456789012',
    functionName: 'order-worker',
    qualifier: 'live',
  },
  firstSeen: '2026-11-20T09:58:00.000Z',
  lastSeen: '2026-11-20T10:01:00.000Z',
  count: 3,
  sample: false,
  archived: false,
};
const opened = (disposition: Mode, execution = EXECUTION, now = NOW) =>
  incidentFor(
    finding,
    aSuspect(),
    { disposition, mode: disposition, tagged: 'respond', most: 'respond', because: ['why'] },
    now,
    execution,
  );

describe('the incident of a finding', () => {
  it.each<[Mode, string, boolean]>([
    ['ignore', 'ignored', false],
    ['observe', 'observed', false],
    ['ask', 'asking', true],
    ['respond', 'containing', true],
  ])('disposed of as %s begins as %s', (disposition, status, open) => {
    const incident = opened(disposition);

    expect(incident.status).toBe(status);
    expect(isOpen(incident.status)).toBe(open);
  });

  it('keeps the suspect as it stood, its role and the qualifier that the finding names', () => {
    expect(opened('respond')).toMatchObject({
      functionArn: aSuspect().arn,
      functionName: 'order-worker',
      qualifier: 'live',
      roleArn: aSuspect().roleArn,
      logGroup: '/aws/lambda/order-worker',
      timeoutSeconds: 60,
      containment: 1,
      round: 1,
      because: ['why'],
      tagged: 'respond',
      witnesses: { 'f-1': witnessOf(finding) },
    });
  });

  it('is one for a step that runs twice, and another for another execution', () => {
    expect(opened('respond').id).toBe(opened('respond').id);
    expect(opened('respond').id).not.toBe(opened('respond', `${EXECUTION}2`).id);
  });

  it.each<Mode>(['ignore', 'observe'])(
    'disposed of as %s is one per finding and day, however often it is delivered',
    (disposition) => {
      expect(opened(disposition).id).toBe(opened(disposition, `${EXECUTION}2`).id);
      expect(opened(disposition).id).not.toBe(
        opened(disposition, EXECUTION, new Date('2026-11-21T00:00:00Z')).id,
      );
    },
  );
});

describe('what is not acted on', () => {
  it.each(['suspect-gone', 'refused'] as const)('is kept with its reason and its finding: %s', (status) => {
    const incident = notActedOn(status, 'the reason', finding, NOW, EXECUTION);

    expect(incident).toMatchObject({
      status,
      because: ['the reason'],
      functionArn: aSuspect().arn,
      roleArn: null,
      disposition: null,
      witnesses: { 'f-1': { rule: 'Trojan:Lambda/DropPoint' } },
    });
    expect(isOpen(incident.status)).toBe(false);
  });

  it('is kept even where it names no function', () => {
    expect(unreadable('the reason', 'event-1', NOW, EXECUTION)).toMatchObject({
      status: 'unparseable',
      functionArn: null,
      because: ['the reason'],
      witnesses: {},
    });
  });

  it('is one for one event that is delivered twice', () => {
    const id = (opener: string) => unreadable('r', opener, NOW, EXECUTION).id;

    expect(id('event-1')).toBe(id('event-1'));
    expect(id('event-1')).not.toBe(id('event-2'));
  });

  it('is not the incident that is observed, ignored or open for the same finding', () => {
    const ids = [
      notActedOn('refused', 'r', finding, NOW, EXECUTION).id,
      notActedOn('suspect-gone', 'r', finding, NOW, EXECUTION).id,
      opened('ignore').id,
      opened('observe').id,
      opened('respond').id,
    ];

    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('a witness', () => {
  it('is what the finding said, without what the incident knows already', () => {
    const { suspect: _suspect, archived: _archived, ...said } = finding;

    expect(witnessOf(finding)).toEqual({ ...said, routes: ['guardduty'] });
    expect(witnessOf({ ...finding, route: 'security-hub-v2' }).routes).toEqual(['security-hub-v2']);
  });
});
