import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { forgery, slackSignature } from '../../../../shared/approval/slackSignature';

// Made up for these tests; a real one has the same form.
const SECRET = '0123456789abcdef0123456789abcdef';
const NOW = new Date('2026-11-20T10:00:00.000Z');
const STAMP = String(NOW.getTime() / 1000);
const BODY = 'payload=%7B%22type%22%3A%22block_actions%22%7D';

const signed = (changes: { rawBody?: string | Uint8Array; timestamp?: string; signature?: string } = {}) => ({
  rawBody: BODY,
  timestamp: STAMP,
  signature: slackSignature(SECRET, STAMP, BODY),
  ...changes,
});
const at = (seconds: number) => {
  const timestamp = String(Number(STAMP) + seconds);
  return signed({ timestamp, signature: slackSignature(SECRET, timestamp, BODY) });
};

describe('slackSignature', () => {
  it('signs as Slack documents it: v0, HMAC-SHA256 over version, stamp and raw body', () => {
    const expected = createHmac('sha256', SECRET).update(`v0:${STAMP}:${BODY}`).digest('hex');

    expect(slackSignature(SECRET, STAMP, BODY)).toBe(`v0=${expected}`);
  });
});

describe('forgery', () => {
  it('lets through what Slack signed', () => {
    expect(forgery(signed(), [SECRET], NOW)).toBeNull();
  });

  it.each([0, 299, 300, -299, -300])('lets through a stamp %d seconds off', (seconds) => {
    expect(forgery(at(seconds), [SECRET], NOW)).toBeNull();
  });

  it.each([301, 3600, 86_400 * 365, -301, -3600])(
    'refuses a stamp %d seconds off, past or future',
    (seconds) => {
      expect(forgery(at(seconds), [SECRET], NOW)).toBe('the timestamp is more than five minutes off');
    },
  );

  it.each([
    [undefined, STAMP],
    [slackSignature(SECRET, STAMP, BODY), undefined],
    [undefined, undefined],
  ])('refuses what is not signed', (signature, timestamp) => {
    expect(forgery({ rawBody: BODY, signature, timestamp }, [SECRET], NOW)).toBe('the request is not signed');
  });

  it.each(['', 'now', '1e9', ' 1763632800', '1763632800\n', '-1', '0x10', '1763632800.5', '9'.repeat(13)])(
    'refuses the stamp %j, even signed',
    (timestamp) => {
      const signature = slackSignature(SECRET, timestamp, BODY);

      expect(forgery(signed({ timestamp, signature }), [SECRET], NOW)).not.toBeNull();
    },
  );

  it.each([
    '',
    'v0=',
    'v0',
    slackSignature(SECRET, STAMP, BODY).slice(0, -1),
    `${slackSignature(SECRET, STAMP, BODY)}0`,
    slackSignature(SECRET, STAMP, BODY).toUpperCase(),
    slackSignature(SECRET, STAMP, BODY).slice(3),
    slackSignature(SECRET, STAMP, BODY).replace('v0=', 'v1='),
    slackSignature('another secret', STAMP, BODY),
    slackSignature(SECRET, String(Number(STAMP) - 1), BODY),
    `${'é'.repeat(33)}a`,
  ])('refuses the signature %j without throwing', (signature) => {
    expect(forgery(signed({ signature }), [SECRET], NOW)).toBe('the signature does not match');
  });

  it('refuses any change of one byte of the body (property)', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (rawBody, position, change) => {
          const bytes = Buffer.from(rawBody, 'latin1');
          const index = position % bytes.length;
          bytes[index] = (bytes[index] ?? 0) ^ change;
          const request = signed({ rawBody, signature: slackSignature(SECRET, STAMP, rawBody) });

          expect(forgery(request, [SECRET], NOW)).toBeNull();
          expect(forgery({ ...request, rawBody: bytes.toString('latin1') }, [SECRET], NOW)).toBe(
            'the signature does not match',
          );
        },
      ),
    );
  });

  it('looks at the bytes as they came: text that is no UTF-8 stays what it is', () => {
    const rawBody = Buffer.from([0x70, 0xff, 0xfe, 0x3d, 0xc3]);
    const request = signed({ rawBody, signature: slackSignature(SECRET, STAMP, rawBody) });

    expect(forgery(request, [SECRET], NOW)).toBeNull();
    expect(forgery({ ...request, rawBody: rawBody.toString('utf8') }, [SECRET], NOW)).not.toBeNull();
  });

  it('takes the old secret beside the new one while it is rotated, and no other', () => {
    const request = signed();

    expect(forgery(request, ['the new secret', SECRET], NOW)).toBeNull();
    expect(forgery(request, ['the new secret', 'another'], NOW)).toBe('the signature does not match');
    expect(forgery(request, [], NOW)).toBe('the signature does not match');
  });

  it('refuses a body that is larger than any of Slack, even signed', () => {
    const rawBody = Buffer.alloc(256 * 1024 + 1, 'a');
    const request = signed({ rawBody, signature: slackSignature(SECRET, STAMP, rawBody) });

    expect(forgery(request, [SECRET], NOW)).toBe('the body is larger than any of Slack');
  });

  it('never throws and lets nothing through that was not signed with the secret (property)', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.option(fc.string({ unit: 'binary' }), { nil: undefined }),
        (rawBody, signature) => {
          expect(forgery({ rawBody, signature, timestamp: STAMP }, [SECRET], NOW)).not.toBeNull();
        },
      ),
    );
  });
});
