import fc from 'fast-check';
import type { ParsedEvent } from '../../../../shared/findings/finding';
import { parseEvent } from '../../../../shared/findings/parseEvent';
import { detailOf, eventOf, FUNCTION_ARN, pascal, RECEIVED } from '../../../fixtures/guardDuty';
import { eachIn } from '../../../fixtures/parsed';

const NOW = new Date('2026-11-20T10:06:00.000Z');
const ONE_LINE = /^[^\r\n\u2028\u2029]+$/;

const isWellFormed = (parsed: ParsedEvent): boolean =>
  eachIn(parsed).every(
    (one) => one.kind === 'finding' || (ONE_LINE.test(one.reason) && one.reason.trim() !== ''),
  );

describe('parseEvent', () => {
  it('reads a GuardDuty event', () => {
    expect(parseEvent(eventOf(detailOf()), NOW)).toMatchObject({
      kind: 'finding',
      finding: { source: 'guardduty', suspect: { arn: FUNCTION_ARN } },
    });
  });

  it('reads a finding of our own', () => {
    const event = {
      source: 'tourniquet',
      'detail-type': 'Tourniquet Finding',
      detail: { id: 'x', rule: 'manual', title: 'By hand', severity: 5, functionArn: FUNCTION_ARN },
    };

    expect(parseEvent(event, NOW)).toMatchObject({
      finding: { source: 'tourniquet', firstSeen: NOW.toISOString() },
    });
  });

  it('takes the time of the envelope where the finding gives none, and the clock where neither does', () => {
    const { service: _s, createdAt: _c, updatedAt: _u, ...bare } = detailOf();
    const event = eventOf(bare);

    expect(parseEvent(event, NOW)).toMatchObject({ finding: { firstSeen: RECEIVED } });
    expect(parseEvent({ ...event, time: 'soon' }, NOW)).toMatchObject({
      finding: { firstSeen: NOW.toISOString() },
    });
    expect(parseEvent({ ...event, time: undefined }, NOW)).toMatchObject({
      finding: { firstSeen: NOW.toISOString() },
    });
  });

  it.each([
    ['tourniquet', 'GuardDuty Finding'],
    ['aws.guardduty', 'Tourniquet Finding'],
    ['my.guardduty', 'GuardDuty Finding'],
    ['aws.guardduty ', 'GuardDuty Finding'],
    ['AWS.GUARDDUTY', 'GuardDuty Finding'],
    ['constructor', ''],
    ['__proto__', ''],
    ['a\nb', 'c'],
  ])('reads nothing from %j with %j: a finding is known by both', (source, detailType) => {
    expect(parseEvent({ ...eventOf(detailOf()), source, 'detail-type': detailType }, NOW)).toEqual({
      kind: 'unparseable',
      reason: `no parser reads events with source ${JSON.stringify(source)} and detail-type ${JSON.stringify(detailType)}`,
    });
  });

  it.each([
    [null, 'event'],
    [undefined, 'event'],
    ['text', 'event'],
    [42, 'event'],
    [[], 'event'],
    [{}, 'event.source'],
    [{ source: 'aws.guardduty' }, 'event.detail-type'],
    [{ source: 1, 'detail-type': 'GuardDuty Finding' }, 'event.source'],
    [eventOf(null), 'detail'],
    [eventOf('text'), 'detail'],
    [eventOf([]), 'detail'],
    [eventOf(undefined), 'detail'],
  ])('says in one sentence why %j is none, naming the field', (event, field) => {
    const parsed = parseEvent(event, NOW);

    expect(parsed).toMatchObject({ kind: 'unparseable', reason: expect.stringContaining(field) });
    expect(isWellFormed(parsed)).toBe(true);
  });

  it('does not throw over an event nested a hundred thousand deep', () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`) as unknown;

    expect(isWellFormed(parseEvent(eventOf({ ...detailOf(), extra: deep }), NOW))).toBe(true);
    expect(isWellFormed(parseEvent(eventOf(deep), NOW))).toBe(true);
  });

  it('gains nothing by keys that mean something to JavaScript', () => {
    const detail = JSON.parse(
      `{"__proto__":{"id":"x","severity":1},"constructor":{"prototype":{"polluted":true}}}`,
    ) as unknown;

    expect(parseEvent(eventOf(detail), NOW).kind).toBe('unparseable');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('never throws, and gives one sentence for what it cannot read (property: any JSON)', () => {
    fc.assert(fc.property(fc.jsonValue({ maxDepth: 5 }), (event) => isWellFormed(parseEvent(event, NOW))));
  });

  it('never throws, and gives one sentence for what it cannot read (property: any value at all)', () => {
    fc.assert(fc.property(fc.anything(), (event) => isWellFormed(parseEvent(event, NOW))));
  });

  it('never throws, and gives one sentence for what it cannot read (property: any detail)', () => {
    const anyDetail = fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          id: fc.jsonValue(),
          type: fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue()),
          severity: fc.oneof(fc.double(), fc.jsonValue()),
          title: fc.jsonValue(),
          createdAt: fc.oneof(fc.string(), fc.jsonValue()),
          resource: fc.oneof(
            fc.jsonValue(),
            fc.record({ resourceType: fc.string({ unit: 'binary' }), lambdaDetails: fc.jsonValue() }),
          ),
          service: fc.jsonValue(),
        },
        { requiredKeys: [] },
      ),
    );

    fc.assert(
      fc.property(anyDetail, fc.boolean(), (detail, upper) =>
        isWellFormed(parseEvent(eventOf(upper ? pascal(detail) : detail), NOW)),
      ),
    );
  });

  it('reads a finding whatever else it carries (property)', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 12 }), fc.jsonValue()), (extra) => {
        const parsed = parseEvent(eventOf({ ...extra, ...detailOf() }), NOW);
        return parsed.kind === 'finding' && parsed.finding.suspect?.arn === FUNCTION_ARN;
      }),
    );
  });
});
