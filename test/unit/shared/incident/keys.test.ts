import fc from 'fast-check';
import {
  entryKey,
  historyTableOf,
  holdKey,
  incidentId,
  incidentKey,
  ledgerKey,
  lockKey,
  tokenKey,
} from '../../../../shared/incident/keys';
import { stepInput, tokenInput } from '../../../../shared/incident/stepInput';
import { readYaml } from '../../../fixtures/repository';

const DAY = new Date('2026-11-20T23:59:59.999Z');

describe('incidentId', () => {
  it('is the day in UTC and a digest of what opened it', () => {
    expect(incidentId(DAY, 'execution-1')).toMatch(/^inc-20261120-[0-9a-f]{12}$/);
  });

  it('is the same for a step that runs twice', () => {
    expect(incidentId(DAY, 'execution-1')).toBe(
      incidentId(new Date('2026-11-20T00:00:00.000Z'), 'execution-1'),
    );
  });

  it('is another for another opener, and on another day', () => {
    expect(incidentId(DAY, 'execution-1')).not.toBe(incidentId(DAY, 'execution-2'));
    expect(incidentId(DAY, 'execution-1')).not.toBe(
      incidentId(new Date('2026-11-21T00:00:00.000Z'), 'execution-1'),
    );
  });

  it('is what every step of the playbook takes (property)', () => {
    const days = fc.date({ min: new Date('2020-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });

    fc.assert(
      fc.property(days, fc.string({ unit: 'binary' }), (day, opener) => {
        const id = incidentId(day, opener);
        return stepInput.safeParse({ incidentId: id }).success && incidentId(day, opener) === id;
      }),
    );
  });
});

describe('the input of a step', () => {
  it.each([
    {},
    { incidentId: '' },
    { incidentId: 'inc-2026-x' },
    { incidentId: 'inc-20261120-0123456789ab\n' },
    { incidentId: ' inc-20261120-0123456789ab' },
    { incidentId: 'incident#inc-20261120-0123456789ab' },
    { incidentId: 7 },
  ])('is refused when it is %j', (input) => {
    expect(stepInput.safeParse(input).success).toBe(false);
  });

  it('needs a token where the step waits', () => {
    const incidentId = 'inc-20261120-0123456789ab';

    expect(tokenInput.safeParse({ incidentId, token: 'AAAA' }).success).toBe(true);
    expect(tokenInput.safeParse({ incidentId, token: '' }).success).toBe(false);
    expect(tokenInput.safeParse({ incidentId }).success).toBe(false);
  });
});

describe('the table of the histories', () => {
  it('is named as the template names it', () => {
    const { names } = (readYaml('serverless.yml') as { custom: { names: Record<string, string> } }).custom;

    expect(historyTableOf(names.table ?? '')).toBe(names.historyTable);
  });
});

describe('the keys of the table', () => {
  it('keep the items of an incident together and apart from each other', () => {
    const keys = [incidentKey('i'), tokenKey('i'), entryKey('i', 1), ledgerKey('i', 1, 'role')];

    expect(new Set(keys.map(({ pk }) => pk))).toEqual(new Set(['incident#i']));
    expect(new Set(keys.map(({ sk }) => sk)).size).toBe(keys.length);
  });

  it('keep suspects, holds and incidents apart, whatever they are called', () => {
    expect(new Set([incidentKey('x').pk, lockKey('x').pk, holdKey('x').pk]).size).toBe(3);
  });

  it('sort the history by number, and the ledgers by containment', () => {
    expect(entryKey('i', 9).sk < entryKey('i', 10).sk).toBe(true);
    expect(ledgerKey('i', 2, 'role').sk < ledgerKey('i', 10, 'role').sk).toBe(true);
  });

  it('give each containment a ledger of its own, no prefix of another', () => {
    expect(ledgerKey('i', 10, 'role').sk.startsWith(ledgerKey('i', 1, '').sk)).toBe(false);
  });
});
