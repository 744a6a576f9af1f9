import { cannotContain } from '../../../../shared/containment/cannotContain';
import type { LedgerRecord } from '../../../../shared/containment/ledger';
import type { FunctionFacts, LiveFacts } from '../../../../shared/containment/liveFacts';
import { standingLines } from '../../../../shared/containment/standing';
import type { Incident } from '../../../../shared/incident/incident';
import { CHOICES } from '../../../fixtures/choices';
import { aLedger, anIncident } from '../../../fixtures/incident';
import { aSuspect } from '../../../fixtures/suspect';

const live: FunctionFacts = {
  state: 'Active',
  stateReason: '',
  updateStatus: 'Successful',
  updateReason: '',
  reserved: null,
  securityGroups: [],
};
const facts = (changes: Partial<LiveFacts> = {}, of: Partial<FunctionFacts> = {}): LiveFacts => ({
  function: { value: { ...live, ...of } },
  role: { value: { principals: ['Service lambda.amazonaws.com'], denied: false } },
  aliases: { value: [] },
  versions: { value: [] },
  ...changes,
});
const lines = (
  of: LiveFacts,
  incident: Incident | null = null,
  ledger: readonly LedgerRecord[] = [],
  refused: string | null = null,
) => standingLines(of, { value: { incident, ledger } }, refused);

describe('how a function stands', () => {
  it('has nothing to say about one that is as it should be', () => {
    expect(lines(facts())).toEqual([]);
  });

  it('says that it is contained already, and how it is undone', () => {
    const id = 'inc-20261120-0123456789ab';

    expect(lines(facts(), anIncident(), aLedger())).toEqual([
      `Contained already by ${id}: to put it back by hand, npx tourniquet undo ${id}`,
    ]);
  });

  it.each(['captured', 'failed'] as const)('does not call contained what is not: a control %s', (state) => {
    const ledger = aLedger().map((record, index) => (index === 0 ? { ...record, state } : record));

    expect(lines(facts(), anIncident(), ledger).join()).toMatch(/^Partly contained .* 1 not in place/);
  });

  it.each([
    ['asking', /asks whether to contain it/],
    ['releasing', /being released/],
    ['watching', /released and is being watched/],
    ['containing', /^Partly contained/],
  ] as const)('says what an incident that is %s means', (status, said) => {
    expect(lines(facts(), anIncident({ status })).join()).toMatch(said);
  });

  it('says what looks like a containment that no incident tells of', () => {
    const denied = facts({ role: { value: { principals: [], denied: true } } }, { reserved: 0 });

    expect(lines(denied).join('\n')).toMatch(
      /Reserved concurrency is 0 already[\s\S]*deny policy is on the role/,
    );
    // With an incident both are its own doing.
    expect(lines(denied, anIncident(), aLedger())).toHaveLength(1);
  });

  it.each([
    [{ updateStatus: 'InProgress' }, /being updated/],
    [{ updateStatus: 'Failed', updateReason: 'no access' }, /last update of the function failed: no access/],
    [{ state: 'Pending' }, /is Pending$/],
    [{ state: 'Failed', stateReason: 'the subnet is gone' }, /is Failed: the subnet is gone/],
    [{ state: 'Inactive' }, /the next invocation makes it active again/],
  ])('says %j', (of, said) => {
    expect(lines(facts({}, of)).join()).toMatch(said);
  });

  it('says that the role or the function is gone', () => {
    expect(lines(facts({ role: { value: null } })).join()).toMatch(/^The role is gone/);
    expect(lines(facts({ function: { value: null } })).join()).toMatch(/does not exist any more/);
  });

  it('names what could not be read (invariant 8), and what a guard refuses', () => {
    const blind = standingLines(
      facts({ function: { notKnown: 'A' }, role: { notKnown: 'B' } }),
      { notKnown: 'C' },
      'it is on the list',
    );

    expect(blind).toEqual([
      'A guard refuses to contain it: it is on the list',
      'Whether it has an open incident is not known: C',
      'The state of the function is not known: A',
      'The role is not known: B',
    ]);
  });
});

describe('what cannot be contained', () => {
  const NOW = new Date('2026-11-20T10:00:00.000Z');
  const siblings = (count: number | null) => [{ id: 'siblings', title: 'Siblings', count, lines: [] }];
  const open = (of: LiveFacts, count: number | null = 0, choices = CHOICES) =>
    cannotContain(aSuspect(), of, siblings(count), choices, NOW).join('\n');

  it('is what runs already, until a time, and what only its memory holds', () => {
    expect(open(facts())).toContain('for up to 60 s (if contained now, until 2026-11-20T10:01:00.000Z)');
    expect(open(facts())).toContain('Memory and /tmp');
  });

  it('is only what applies to it', () => {
    expect(open(facts())).not.toMatch(/Edge|published version|Connections/);
    expect(open(facts({}, { securityGroups: ['sg-1', 'sg-2'] }))).toContain('a rule of sg-1, sg-2');
    expect(open(facts({ versions: { value: ['2', '1'] } }))).toContain('2 published version(s)');
    expect(
      open(facts({ role: { value: { principals: ['Service edgelambda.amazonaws.com'], denied: false } } })),
    ).toContain('Lambda@Edge');
    expect(open(facts({ role: { value: null } }))).not.toMatch(/Credentials|Sessions/);
  });

  it('is what a scoped deny leaves open, where the role is shared or that is not known', () => {
    const scoped = { ...CHOICES, sharedRole: 'scoped' as const };

    expect(open(facts(), 2, scoped)).toMatch(/good for up to 12 h/);
    expect(open(facts(), null, scoped)).toMatch(/good for up to 12 h/);
    expect(open(facts(), 0, scoped)).not.toMatch(/12 h/);
    expect(open(facts(), 2)).not.toMatch(/12 h/);
  });

  it('is what is not known', () => {
    expect(open(facts({ role: { notKnown: 'denied' }, versions: { notKnown: 'slow' } }))).toMatch(
      /\(Lambda@Edge\) is not known: denied[\s\S]*published versions is not known: slow/,
    );
  });
});
