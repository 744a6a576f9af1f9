import { sessionsLiveUntil } from '../../../../shared/containment/sessionTimes';
import {
  decideSessions,
  type Holder,
  type SessionFacts,
  waitsForSessions,
} from '../../../../shared/recovery/sessions';

const holder = (name: string, changes: Partial<Holder> = {}): Holder => ({
  arn: `arn:aws:lambda:eu-west-1:123456789012:function:${name}`,
  name,
  description: `about ${name}`,
  renewed: false,
  oldAliases: [],
  ...changes,
});
const facts = (changes: Partial<SessionFacts> = {}): SessionFacts => ({
  admitted: true,
  suspect: holder('order-worker'),
  siblings: [],
  choices: { recycleSiblings: false, aliasSessions: 'accept' },
  containedAt: '2026-11-20T10:00:00.000Z',
  now: '2026-11-20T12:34:56.789Z',
  ...changes,
});
const live = { name: 'live', version: '3', same: true };
const recycled = (decision: ReturnType<typeof decideSessions>) =>
  decision.deny ? decision.recycle.map(({ functionArn }) => functionArn.replace(/.*:/, '')) : null;

describe('sessions from before a release', () => {
  it('are denied, with the environments renewed that still have one', () => {
    expect(decideSessions(facts())).toEqual({
      deny: true,
      issuedBefore: '2026-11-20T12:34:56.000Z',
      recycle: [
        {
          functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:order-worker',
          description: 'about order-worker',
          aliases: [],
        },
      ],
    });
  });

  it('are denied without a write where the fix was deployed since: its environments are new', () => {
    expect(recycled(decideSessions(facts({ suspect: holder('order-worker', { renewed: true }) })))).toEqual(
      [],
    );
  });

  it.each([
    ['the deployment lists no such role', { admitted: false }, /inlineRoles/],
    [
      'environments behind an alias still have one',
      { suspect: holder('order-worker', { oldAliases: [live] }) },
      /order-worker:live/,
    ],
    ['siblings would be denied with them', { siblings: [holder('mailer')] }, /mailer share/],
    [
      'siblings are behind an alias, whatever policy says about the suspect',
      {
        siblings: [holder('mailer', { oldAliases: [live] })],
        choices: { recycleSiblings: true, aliasSessions: 'publish' },
      },
      /mailer:live/,
    ],
    [
      'what is behind the alias is not what would be published',
      {
        suspect: holder('order-worker', { oldAliases: [{ ...live, same: false }] }),
        choices: { recycleSiblings: false, aliasSessions: 'publish' },
      },
      /cannot be published again/,
    ],
  ] as const)('are left where %s, and until when they live is said', (_what, changes, because) => {
    const decision = decideSessions(facts(changes));

    expect(decision).toEqual({ deny: false, why: expect.stringMatching(because) });
    expect(decision).toMatchObject({ why: expect.stringContaining('2026-11-20T22:00:00.000Z') });
  });

  it('are said to have expired, and not to be good again, when they have', () => {
    const decision = decideSessions(facts({ admitted: false, now: '2026-11-20T22:00:00.000Z' }));

    expect(decision).toEqual({ deny: false, why: expect.stringMatching(/have expired/) });
  });

  it('of siblings are renewed where policy lets them, and of aliases where it has them published', () => {
    const choices = { recycleSiblings: true, aliasSessions: 'publish' } as const;
    const suspect = holder('order-worker', { renewed: true, oldAliases: [live] });
    const decision = decideSessions(facts({ choices, suspect, siblings: [holder('mailer')] }));

    expect(recycled(decision)).toEqual(['order-worker', 'mailer']);
    expect(decision).toMatchObject({
      recycle: [{ aliases: [{ name: 'live', version: '3' }] }, { aliases: [] }],
    });
  });
});

describe('a release that policy has wait for them', () => {
  const containedAt = '2026-11-20T10:00:00.000Z';
  const until = sessionsLiveUntil({ containedAt });

  it.each([
    ['an alias serves what was there before', [live], '2026-11-20T12:00:00.000Z', true],
    ['they have expired', [live], until, false],
    ['no alias does', [], '2026-11-20T12:00:00.000Z', false],
  ] as const)('when %s', (_what, oldAliases, now, waits) => {
    expect(waitsForSessions({ oldAliases }, { containedAt }, now) !== null).toBe(waits);
  });

  it('counts from the end of the last invocation that was running: it may have been given a session until then', () => {
    const lastInFlightAt = '2026-11-20T10:15:00.000Z';
    const stop = { containedAt, lastInFlightAt };

    expect(sessionsLiveUntil(stop)).toBe('2026-11-20T22:15:00.000Z');
    expect(waitsForSessions({ oldAliases: [live] }, stop, until)).toContain('2026-11-20T22:15:00.000Z');
    expect(waitsForSessions({ oldAliases: [live] }, stop, '2026-11-20T22:15:00.000Z')).toBeNull();
    expect(sessionsLiveUntil({ containedAt, lastInFlightAt: '2026-11-20T09:00:00.000Z' })).toBe(until);
  });
});
