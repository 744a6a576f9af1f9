import type { Check } from '../../../../cli/doctor/check';
import { isBlind } from '../../../../cli/doctor/check';
import { type Standing, standingChecksOf } from '../../../../cli/doctor/standing';

const GOOD: Standing = {
  guardDuty: { enabled: true, lambda: true },
  securityHub: true,
  roles: [{ role: 'tourniquet-prod-us-east-1-contain', missing: [], refused: [] }],
  keys: [{ alias: 'alias/tourniquet-prod', state: 'Enabled' }],
  locking: true,
  secrets: ['slack-bot-token', 'slack-signing-secret'],
};
const bad = (changes: Partial<Standing>): readonly Check[] =>
  standingChecksOf({ ...GOOD, ...changes }).filter(({ outcome }) => outcome === 'bad');

describe('what a deployment stands on', () => {
  it('is good where findings come, roles may act, and evidence is kept', () => {
    expect(isBlind(standingChecksOf(GOOD))).toBe(false);
  });

  it.each<[string, Partial<Standing>, RegExp]>([
    ['GuardDuty is off', { guardDuty: { enabled: false, lambda: false } }, /GuardDuty is not enabled/],
    [
      'it does not look at functions',
      { guardDuty: { enabled: true, lambda: false } },
      /no Lambda Protection/,
    ],
    [
      'a role has lost a permission',
      { roles: [{ role: 'r', missing: ['sns:Publish'], refused: [] }] },
      /the role r lacks sns:Publish/,
    ],
    [
      'a role is gone',
      { roles: [{ role: 'r', missing: null, refused: [] }] },
      /the role r or its policy is gone/,
    ],
    [
      'a service control policy stands in the way',
      { roles: [{ role: 'r', missing: [], refused: ['lambda:PutFunctionConcurrency'] }] },
      /IAM refuses lambda:PutFunctionConcurrency to the role r/,
    ],
    [
      'a key is about to be deleted',
      { keys: [{ alias: 'alias/k', state: 'PendingDeletion' }] },
      /the key alias\/k is PendingDeletion/,
    ],
    ['a key is gone', { keys: [{ alias: 'alias/k', state: null }] }, /not there/],
    ['evidence is not locked', { locking: false }, /locks nothing/],
    ['buttons would be refused', { secrets: ['slack-bot-token'] }, /its buttons are refused/],
    ['GuardDuty could not be asked', { guardDuty: null }, /GuardDuty/],
    ['IAM could not be asked', { roles: null }, /what the functions may do/],
    ['the keys could not be asked for', { keys: null }, /the keys/],
    ['the bucket could not be asked for', { locking: null }, /the lock of the evidence bucket/],
    ['the secrets could not be asked for', { secrets: null }, /the secrets/],
  ])('is not good where %s', (_why, changes, what) => {
    expect(bad(changes).map((check) => check.what)).toEqual([expect.stringMatching(what)]);
  });

  it('does without Security Hub, which is said', () => {
    for (const securityHub of [false, null]) {
      expect(bad({ securityHub })).toEqual([]);
      expect(standingChecksOf({ ...GOOD, securityHub })).toContainEqual(
        expect.objectContaining({ outcome: 'note' }),
      );
    }
  });
});
