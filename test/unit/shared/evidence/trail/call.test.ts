import fc from 'fast-check';
import { jsonLine } from '../../../../../shared/evidence/jsonLine';
import { readRecord } from '../../../../../shared/evidence/trail/call';

const SALT = 'inc-1';
const textOf = (record: unknown): string => JSON.stringify(readRecord(JSON.stringify(record), SALT).record);

describe("CloudTrail's record of a call", () => {
  it('has fingerprints where somebody wrote the values of an environment into it', () => {
    const variables = { PAYMENT_KEY: 'hunter2' };
    const text = textOf({
      eventName: 'UpdateFunctionConfiguration20150331v2',
      requestParameters: { functionName: 'victim', environment: { variables } },
      responseElements: {
        Environment: { Variables: { ...variables, deep: ['hunter2'] } },
        handler: 'index.handler',
      },
    });

    expect(text).not.toContain('hunter2');
    expect(text).toMatch(/"PAYMENT_KEY":"sha256:[0-9a-f]{16}"/);
    expect(text).toContain('"handler":"index.handler"');
    expect(text).toContain('"functionName":"victim"');
  });

  it('keeps what hides under a name that objects have', () => {
    const text = '{"requestParameters":{"__proto__":{"role":"admin"},"constructor":"x"}}';
    expect(JSON.stringify(readRecord(text, SALT).record)).toBe(text);
  });

  it('is kept as it is where it has no environment (property)', () => {
    fc.assert(
      fc.property(
        fc.jsonValue().filter((value) => !/environment/i.test(JSON.stringify(value))),
        (value) => {
          // As JSON has it: minus zero is zero there.
          expect(readRecord(JSON.stringify(value), SALT).record).toEqual(JSON.parse(JSON.stringify(value)));
        },
      ),
    );
  });

  it.each([
    '',
    'no JSON',
    '[]',
    'null',
    '7',
    '{"userIdentity":7,"requestParameters":"HIDDEN_DUE_TO_SECURITY_REASONS"}',
  ])('says nothing that it does not say: %s', (text) => {
    expect(readRecord(text, SALT).call).toMatchObject({ eventName: '', eventTime: '' });
  });
});

describe('a line', () => {
  it('is one line, whatever somebody wrote, and the same when it is read', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const line = jsonLine({ text: `${text}\u2028\n\r\u001b[2J` });
        for (const end of ['\n', '\r', '\u2028', '\u2029', '\u001b'])
          expect(line.slice(0, -1)).not.toContain(end);
        expect(line.endsWith('}\n')).toBe(true);
        expect(JSON.parse(line)).toEqual({ text: `${text}\u2028\n\r\u001b[2J` });
      }),
    );
  });
});
