import fc from 'fast-check';
import { hasSuspect } from '../../../../shared/findings/finding';
import { parseServiceFinding } from '../../../../shared/findings/serviceFinding';
import { decideDisposition } from '../../../../shared/policy/disposition';
import { MODES, type Mode } from '../../../../shared/policy/mode';
import { CONFIDENCE, type Match } from '../../../../shared/search/match';
import {
  decideOpenings,
  findingOf,
  MOST_OPENED,
  matchId,
  SEARCH_OPENS,
} from '../../../../shared/search/open';
import { saySearch, summaryOf } from '../../../../shared/search/say';
import { SOUGHT_KINDS } from '../../../../shared/search/sought';

const arnOf = (name: string): string => `arn:aws:lambda:eu-west-1:123456789012:function:${name}`;
const match = (functionName: string, kind: Match['kind'] = 'layer', value = 'bad'): Match => ({
  functionName,
  functionArn: arnOf(functionName),
  kind,
  value,
  confidence: CONFIDENCE[kind],
  where: 'its layers',
});
const A = 'inc-20261120-aaaaaaaaaaaa';
const B = 'inc-20261120-bbbbbbbbbbbb';
const decide = (
  matches: readonly Match[],
  asked: ReadonlyMap<string, string> = new Map(),
  opens: (typeof SEARCH_OPENS)[number] = 'ask',
  incidentId = A,
) => decideOpenings(matches, { asked, incidentId, opens });

describe('which incidents a search opens', () => {
  it('opens one for each function, whatever was found in it', () => {
    const found = decide([match('other'), match('other', 'principal', 'mallory'), match('third')]);

    expect(found).toMatchObject([
      { functionName: 'other', outcome: 'opened', isNew: true, matches: [{}, {}] },
      { functionName: 'third', outcome: 'opened', isNew: true },
    ]);
  });

  it('opens none where policy says so, and tells of all', () => {
    expect(decide([match('other')], new Map(), 'none')).toMatchObject([{ outcome: 'told', isNew: false }]);
  });

  it('opens ten at most, and tells the rest; a retry opens no more', () => {
    const matches = Array.from({ length: 15 }, (_, index) => match(`function-${index}`));
    const first = decide(matches);
    const asked = new Map(
      first.filter(({ isNew }) => isNew).flatMap((one) => one.matches.map((m) => [matchId(m), A] as const)),
    );
    const again = decide(matches, asked);

    expect(first.filter(({ isNew }) => isNew)).toHaveLength(MOST_OPENED);
    expect(again.filter(({ isNew }) => isNew)).toEqual([]);
    expect(again.map(({ outcome }) => outcome)).toEqual(first.map(({ outcome }) => outcome));
  });

  it('ends: however incidents search for each other, each function is asked about once for each thing (property)', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ name: fc.constantFrom('a', 'b', 'c', 'd', 'e'), bad: fc.constantFrom('x', 'y') }),
          {
            maxLength: 10,
          },
        ),
        (has) => {
          const asked = new Map<string, string>();
          const put: string[] = [];
          const queue = ['a'];
          // Every function that is found is contained, and searches for all that it has, again and again.
          for (let round = 0; round < 200 && queue.length > 0; round++) {
            const suspect = queue.shift() ?? '';
            const own = has.filter(({ name }) => name === suspect).map(({ bad }) => bad);
            const matches = has
              .filter(({ name, bad }) => name !== suspect && own.includes(bad))
              .map(({ name, bad }) => match(name, 'layer', bad));
            for (const { isNew, functionName, matches: found } of decide(matches, asked, 'respond', suspect))
              if (isNew) {
                put.push(functionName);
                queue.push(functionName);
                for (const one of found) asked.set(matchId(one), suspect);
              }
            for (const bad of own) {
              const id = matchId(match(suspect, 'layer', bad));
              if (!asked.has(id)) asked.set(id, suspect);
            }
          }
          expect(queue).toEqual([]);
          // Two bad things: nobody is asked about more often.
          for (const name of put) expect(put.filter((one) => one === name).length).toBeLessThanOrEqual(2);
          expect(put).not.toContain('a');
        },
      ),
    );
  });

  it('only tells of functions that were changed from an address which a whole office has', () => {
    const office = Array.from({ length: 11 }, (_, index) =>
      match(`function-${index}`, 'address', '198.51.100.7'),
    );
    const found = decide([...office, match('function-3')]);

    expect(found.filter(({ isNew }) => isNew).map(({ functionName }) => functionName)).toEqual([
      'function-3',
    ]);
  });

  it('does not open the incident again that opened it', () => {
    const asked = new Map([[matchId(match('first')), A]]);

    expect(decide([match('first')], asked, 'ask', B)).toMatchObject([{ outcome: 'before', isNew: false }]);
  });
});

describe('the finding about a function that was found', () => {
  const parsed = (
    kind: Match['kind'],
    opens: Exclude<(typeof SEARCH_OPENS)[number], 'none'>,
    value = 'bad',
  ) => {
    const [found] = decide([match('other', kind, value)], new Map(), opens);
    if (found === undefined) throw new Error('nothing was found');
    const read = parseServiceFinding(findingOf(found, A, opens), '2026-11-20T10:00:00.000Z');
    if (read.kind !== 'finding' || !hasSuspect(read.finding)) throw new Error('it is no finding');
    return read.finding;
  };
  const policy = { modes: [], containSamples: false };
  const suspect = { arn: arnOf('other'), functionName: 'other', roleArn: 'a-role', tags: {} };

  it('goes as far as policy lets it, as the mode of its function, and a hint no further than ask (every case)', () => {
    const rank = (mode: Mode) => MODES.indexOf(mode);
    for (const kind of SOUGHT_KINDS)
      for (const opens of SEARCH_OPENS)
        for (const defaultMode of MODES) {
          if (opens === 'none') continue;
          const { disposition } = decideDisposition(parsed(kind, opens), suspect, { ...policy, defaultMode });
          expect(rank(disposition)).toBeLessThanOrEqual(rank(defaultMode));
          expect(rank(disposition)).toBeLessThanOrEqual(rank(opens));
          if (CONFIDENCE[kind] === 'moderate') expect(rank(disposition)).toBeLessThanOrEqual(rank('ask'));
        }
  });

  it('contains nothing by default, not even the same code in a function that responds', () => {
    const { disposition } = decideDisposition(parsed('code-digest', 'ask'), suspect, {
      ...policy,
      defaultMode: 'respond',
    });

    expect(disposition).toBe('ask');
  });

  it('contains what runs the same bytes where policy and mode both say so', () => {
    const { disposition } = decideDisposition(parsed('layer', 'respond'), suspect, {
      ...policy,
      defaultMode: 'respond',
    });

    expect(disposition).toBe('respond');
  });

  it('can be read whatever an attacker called things, and repeats none of it as markup (property)', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 400 }),
        fc.constantFrom(...SOUGHT_KINDS),
        (value, kind) => {
          const { description, id } = parsed(kind, 'ask', value);
          expect(description).toMatch(/^[\w+=,.@:/$ ;?()-]+$/);
          expect(id.length).toBeLessThanOrEqual(256);
        },
      ),
    );
  });
});

describe('what is told of a search', () => {
  it('names functions, what was found in them and what became of it, and what was not searched', () => {
    const lines = saySearch(
      summaryOf(
        '2026-11-20T10:00:00.000Z',
        [{ kind: 'address', value: '198.51.100.7', because: 'used', artifact: 'a' }],
        decide([match('other', 'address', '198.51.100.7')]),
        ["other functions' packages"],
        42,
      ),
    );

    expect(lines).toEqual([
      '42 functions of the Region were searched for address 198[.]51[.]100[.]7',
      'other: address 198[.]51[.]100[.]7 in its layers (moderate; an incident of its own was asked for)',
      "Not searched: other functions' packages",
    ]);
  });

  it('is bounded, however many were found', () => {
    const found = decide(Array.from({ length: 200 }, (_, index) => match(`function-${index}`)));
    const summary = summaryOf('2026-11-20T10:00:00.000Z', [], found, [], 500);

    expect(summary.found).toHaveLength(30);
    expect(summary.more).toBe(170);
    expect(saySearch(summary).at(-1)).toBe('and 185 more functions: search.json of the evidence');
  });
});
