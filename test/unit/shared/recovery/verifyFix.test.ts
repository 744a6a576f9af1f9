import fc from 'fast-check';
import { DECISIONS, isRelease } from '../../../../shared/incident/incident';
import { verifyFix } from '../../../../shared/recovery/verifyFix';

const release = { action: 'release', reason: '' } as const;
const live = (codeSha256: string, updateStatus = 'Successful') => ({ codeSha256, updateStatus });

describe('verifyFix', () => {
  it.each(['release', 'release_with_replay'] as const)(
    'lets a %s through when the code is another than was contained',
    (action) => {
      expect(verifyFix({ action, reason: '' }, 'aaa', live('bbb'))).toEqual({
        verified: true,
        because: 'the code changed: aaa was contained, bbb is deployed',
      });
    },
  );

  it.each([
    ['the code is what was contained', 'aaa', live('aaa'), 'still the code that was contained'],
    ['the function is being updated', 'aaa', live('bbb', 'InProgress'), 'being updated'],
    ['its last update failed', 'aaa', live('bbb', 'Failed'), 'failed'],
    ['it is not known what was contained', '', live('bbb'), 'not known'],
    ['it is not known what is deployed', 'aaa', live(''), 'not known'],
    ['neither is known', '', live(''), 'not known'],
  ])('keeps the function contained when %s', (_why, contained, now, because) => {
    expect(verifyFix(release, contained, now)).toEqual({
      verified: false,
      because: expect.stringContaining(because),
    });
  });

  it('lets a false positive through without new code, for a reason that is kept', () => {
    expect(verifyFix({ action: 'false_positive', reason: 'a load test' }, 'aaa', live('aaa'))).toEqual({
      verified: true,
      because: 'called a false positive: a load test',
    });
  });

  it.each(['', ' ', '\n\t'])(
    'keeps the function contained when a false positive has the reason %j',
    (reason) => {
      expect(verifyFix({ action: 'false_positive', reason }, 'aaa', live('bbb')).verified).toBe(false);
    },
  );

  it.each(DECISIONS.filter((action) => !isRelease(action)))(
    'releases nothing on the decision %s',
    (action) => {
      expect(verifyFix({ action, reason: 'because' }, 'aaa', live('bbb')).verified).toBe(false);
    },
  );

  it('never releases the code that was contained, and always says why (property)', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (digest, status) => {
        const { verified, because } = verifyFix(release, digest, live(digest, status));
        return !verified && because !== '';
      }),
    );
  });
});
