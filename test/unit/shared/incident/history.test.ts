import fc from 'fast-check';
import { faultsInHistory, linkEntry } from '../../../../shared/incident/history';
import type { Entry, LinkedEntry } from '../../../../shared/incident/incident';

const ID = 'inc-20261120-0123456789ab';

const chain = (entries: readonly Entry[]): readonly LinkedEntry[] => {
  let before: LinkedEntry | null = null;
  return entries.map((entry) => {
    before = linkEntry(ID, before, entry);
    return before;
  });
};

const anEntry = fc.record(
  {
    at: fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
      .map((date) => date.toISOString()),
    kind: fc.string({ unit: 'binary' }),
    text: fc.string({ unit: 'binary' }),
    by: fc.string({ unit: 'binary', minLength: 1 }),
  },
  { requiredKeys: ['at', 'kind', 'text'] },
);
const someEntries = fc.array(anEntry, { minLength: 2, maxLength: 8 });

describe('the history of an incident', () => {
  it('is whole as it was written, whatever anybody wrote into it, and however it is read', () => {
    fc.assert(
      fc.property(someEntries, (entries) => {
        const written = chain(entries);
        // DynamoDB keeps UTF-8.
        const read = JSON.parse(Buffer.from(JSON.stringify(written.toReversed()), 'utf8').toString('utf8'));
        expect(faultsInHistory(ID, read)).toEqual([]);
      }),
    );
  });

  it('keeps half a character as what a database makes of it', () => {
    const [entry] = chain([{ at: '2026-11-20T10:00:00.000Z', kind: 'x', text: 'half \ud83d' }]);

    expect(entry?.text).toBe('half \ufffd');
  });

  it('shows a change of any field of any entry', () => {
    fc.assert(
      fc.property(
        someEntries,
        fc.nat(),
        fc.constantFrom('at', 'kind', 'text', 'by'),
        (entries, which, field) => {
          const written = chain(entries);
          const place = which % written.length;
          const changed = written.map((entry, index) =>
            index === place ? { ...entry, [field]: `${entry[field as 'at'] ?? ''}!` } : entry,
          );
          expect(faultsInHistory(ID, changed)).toEqual([
            `entry ${place + 1} was changed: its digest does not fit`,
          ]);
        },
      ),
    );
  });

  it('shows an entry that was written anew with a digest that fits, unless it is the last', () => {
    fc.assert(
      fc.property(someEntries, fc.nat(), (entries, which) => {
        const written = chain(entries);
        const place = which % (written.length - 1);
        const forged = written.map((entry, index) =>
          index === place
            ? linkEntry(ID, written[place - 1] ?? null, { ...entry, text: `${entry.text}!` })
            : entry,
        );
        expect(faultsInHistory(ID, forged)).toEqual([
          `entry ${place + 2} does not follow the one before it: one of the two was written anew`,
        ]);
      }),
    );
  });

  it('shows what was taken out, by number, and all of it', () => {
    const written = chain(
      ['a', 'b', 'c', 'd'].map((text) => ({ at: '2026-11-20T10:00:00.000Z', kind: 'x', text })),
    );

    expect(faultsInHistory(ID, written.slice(1))).toEqual(['entry 1 is missing']);
    expect(faultsInHistory(ID, [written[0], written[3]] as LinkedEntry[])).toEqual([
      'entries 2 to 3 are missing',
    ]);
    expect(faultsInHistory(ID, [...written, written[1]] as LinkedEntry[])).toContain(
      'entry 2 is there twice',
    );
    expect(faultsInHistory(ID, [])).toEqual(['there is no entry at all: every incident begins with one']);
  });

  it('is of one incident: that of another does not fit', () => {
    expect(
      faultsInHistory('inc-20261120-ba9876543210', chain([{ at: 'now', kind: 'x', text: 'y' }])),
    ).toEqual(['entry 1 was changed: its digest does not fit']);
  });

  it('takes nothing from one field for another', () => {
    const one = linkEntry(ID, null, { at: 'now', kind: 'a', by: 'b', text: 'c' });
    const other = linkEntry(ID, null, { at: 'now', kind: 'a', by: '', text: 'bc' });

    expect(one.sha256).not.toBe(other.sha256);
  });
});
