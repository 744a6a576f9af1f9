import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { isFromPagerDuty, readPagerDutyEvent } from '../../../../shared/approval/pagerDutyEvent';

const SECRET = 'the secret of a subscription';
const ID = 'inc-20261120-0123456789ab';
const event = (changes: object = {}, data: object = { incident_key: ID }): string =>
  JSON.stringify({
    event: {
      id: '01DRF6BV78DEFGHIJK56789',
      event_type: 'incident.acknowledged',
      resource_type: 'incident',
      occurred_at: '2026-11-20T10:31:30Z',
      agent: { id: 'P123ABC', type: 'user_reference', summary: 'Alice Example' },
      data: { id: 'Q2KURS8RXYZ123', type: 'incident', status: 'acknowledged', ...data },
      ...changes,
    },
  });
const sign = (body: string, secret = SECRET): string =>
  `v1=${createHmac('sha256', secret).update(body).digest('hex')}`;

describe('a request of PagerDuty', () => {
  const body = Buffer.from(event());

  it('is its own with any of the signatures that it has while a secret is rotated', () => {
    expect(isFromPagerDuty(body, sign(event()), SECRET)).toBe(true);
    expect(isFromPagerDuty(body, `${sign(event(), 'another')}, ${sign(event())}`, SECRET)).toBe(true);
  });

  it.each([undefined, '', 'v1=', sign(event()).slice(0, -1), sign(event(), 'another'), sign(`${event()} `)])(
    'is not with the signature %j',
    (signature) => {
      expect(isFromPagerDuty(body, signature, SECRET)).toBe(false);
    },
  );

  it('is not where it is larger than any of PagerDuty', () => {
    const large = 'a'.repeat(256 * 1024 + 1);

    expect(isFromPagerDuty(Buffer.from(large), sign(large), SECRET)).toBe(false);
  });
});

describe('an event of PagerDuty', () => {
  it('says what was done, by whom, about which incident of ours', () => {
    expect(readPagerDutyEvent(event())).toEqual({
      id: '01DRF6BV78DEFGHIJK56789',
      what: 'acknowledged',
      incidentId: ID,
      by: 'Alice Example',
    });
    expect(readPagerDutyEvent(event({ event_type: 'incident.resolved', agent: null }))).toMatchObject({
      what: 'resolved',
      by: null,
    });
  });

  it.each([
    event({ event_type: 'incident.triggered' }),
    event({ event_type: 'pagey.ping' }),
    event({}, { incident_key: 'of another integration' }),
    event({}, { incident_key: null }),
    event({ id: '' }),
    '{}',
    'not JSON',
  ])('is none of ours: %s', (text) => {
    expect(readPagerDutyEvent(text)).toBeNull();
  });

  it('never makes the reader throw (property)', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void readPagerDutyEvent(text)));
  });
});
