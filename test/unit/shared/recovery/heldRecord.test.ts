import fc from 'fast-check';
import { parseHeldRecord, rawMember, refusalOf } from '../../../../shared/recovery/heldRecord';
import { FUNCTION_ARN } from '../../../fixtures/incident';

/** A record as Lambda writes it at reserved concurrency 0, with the event as text. */
const recordText = (payload: string | null, functionArn = `${FUNCTION_ARN}:live`): string =>
  `{"version":"1.0","timestamp":"2026-11-20T10:06:00.000Z","requestContext":{"requestId":"r-1","functionArn":${JSON.stringify(functionArn)},"condition":"ZeroReservedConcurrency","approximateInvokeCount":0}${payload === null ? '' : `,"requestPayload":${payload}`}}`;

describe('a held record', () => {
  it('is read with the qualifier that was called', () => {
    expect(parseHeldRecord(recordText('{"order": 1}'))).toEqual({
      requestId: 'r-1',
      target: expect.objectContaining({ arn: FUNCTION_ARN, qualifier: 'live' }),
      payload: '{"order": 1}',
    });
  });

  it.each(['$LATEST', null])('is of the function itself when it says %s', (qualifier) => {
    const arn = qualifier === null ? FUNCTION_ARN : `${FUNCTION_ARN}:${qualifier}`;

    expect(parseHeldRecord(recordText('1', arn))?.target.qualifier).toBeNull();
  });

  it.each(['12345678901234567890', '{"a":1.0,"b":1e400}', '"\\ud800"', 'null', '{"2":1,"1":2}'])(
    'keeps the event %s to the letter',
    (payload) => {
      expect(parseHeldRecord(recordText(payload))?.payload).toBe(payload);
    },
  );

  it('keeps any event to the letter, however it is written', () => {
    const written = fc
      .tuple(fc.json(), fc.constantFrom('', ' ', '\n\t'))
      .map(([json, space]) => ({ json: json.trim(), space }));
    fc.assert(
      fc.property(written, fc.json(), ({ json, space }, other) => {
        const text = `{${space}"before"${space}:${other},"requestPayload"${space}:${space}${json}${space},"after":${other}${space}}`;

        expect(rawMember(text, 'requestPayload')).toBe(json);
        expect(JSON.parse(rawMember(text, 'after') ?? '')).toEqual(JSON.parse(other));
      }),
    );
  });

  it('takes the last of two members of a name, as whoever parses it does', () => {
    expect(rawMember('{"a":1,"\\u0061":{"a":3},"b":{"a":4}}', 'a')).toBe('{"a":3}');
  });

  it.each(['{}', '{"b":1}', '[]', '1'])('has no event in %s', (text) => {
    expect(rawMember(text, 'requestPayload')).toBeNull();
  });

  it('is nothing that anybody might write instead, and never an error', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
        expect(parseHeldRecord(text)).toBeNull();
      }),
    );
  });
});

describe('what is replayed', () => {
  const judge = (text: string, held: readonly (string | null)[] = [null, 'live']) =>
    refusalOf(parseHeldRecord(text), FUNCTION_ARN, held);

  it('is an event of the suspect whose qualifier was held', () => {
    expect(judge(recordText('{}'))).toBeNull();
    expect(judge(recordText('{}', FUNCTION_ARN))).toBeNull();
  });

  it.each([
    ['no record', 'nonsense', 'no invocation record'],
    ['another function', recordText('{}', `${FUNCTION_ARN}-2:live`), 'another function'],
    [
      'another account',
      recordText('{}', FUNCTION_ARN.replace('123456789012', '999999999999')),
      'another function',
    ],
    ['a version that nobody verified', recordText('{}', `${FUNCTION_ARN}:3`), 'not held'],
    ['an event that Lambda left out', recordText(null), 'too large'],
  ])('is not %s', (_what, text, why) => {
    expect(judge(text)).toContain(why);
  });
});
