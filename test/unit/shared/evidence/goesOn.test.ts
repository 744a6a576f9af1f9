import { beginGathering } from '../../../../shared/evidence/gather';
import { afterGathering, GatheringDiesError, withoutGathering } from '../../../../shared/evidence/goesOn';
import type { EvidenceSummary, Incident } from '../../../../shared/incident/incident';
import { aDecision, anIncident } from '../../../fixtures/incident';

const NOW = '2026-11-20T11:00:00.000Z';
const EVIDENCE: EvidenceSummary = {
  bucket: 'evidence',
  manifestKey: 'incidents/inc-20261120-0123456789ab/1/manifest.json',
  manifestVersionId: '1',
  manifestSha256: 'a'.repeat(64),
  manifests: [],
  containment: 1,
  signedBy: 'sha256:b',
  artifacts: 20,
  missing: [],
  lockedUntil: '2027-11-20T10:00:00.000Z',
};
const FALSE_POSITIVE = { decision: aDecision({ action: 'false_positive' }) };
const unfinished = (incident: Incident): Partial<Incident> => ({
  evidence: EVIDENCE,
  gathering: beginGathering(incident, false, new Date(NOW)),
});
const watched = (changes: Partial<Incident> = {}): Incident =>
  anIncident({ status: 'watching', containedAt: '2026-11-20T10:05:03.000Z', ...changes });
const answer = (incident: Incident, told = true) => withoutGathering(incident, 'watched', told, NOW);

describe('what is left of the evidence, while it is watched', () => {
  it('is nothing where all was gathered, and nobody called it a false positive', () => {
    expect(answer(watched({ evidence: EVIDENCE, decision: aDecision() }), false)).toBe('Done');
  });

  it('is gathered where there is none, or where it is not whole', () => {
    expect(answer(watched())).toBeNull();
    expect(answer(watched(unfinished(anIncident())))).toBeNull();
  });

  it('is gathered of the present containment, and of one that is only asked about not at all', () => {
    expect(answer(watched({ evidence: EVIDENCE, containment: 2 }))).toBeNull();
    expect(answer(watched({ evidence: EVIDENCE, containment: 2, status: 'asking' }))).toBe('Done');
    // As older versions wrote it.
    const { containment: _, ...older } = EVIDENCE;
    expect(answer(watched({ evidence: older, containment: 2 }))).toBe('Done');
  });

  it('is looked at, and told, where a false positive has ended the states that do', () => {
    const whole = { evidence: EVIDENCE, ...FALSE_POSITIVE };
    expect(answer(watched(whole))).toBe('Investigate');
    expect(answer(watched({ ...whole, investigatedAt: NOW }), false)).toBe('Tell');
    expect(answer(watched({ ...whole, investigatedAt: NOW }), true)).toBe('Done');
    const gathered = (incident: Incident) =>
      afterGathering(incident, 'watched', { more: false, onlyNews: false });
    expect(gathered(watched(FALSE_POSITIVE))).toBe('Investigate');
    // What it shows may be the fix: no cause is looked for in that.
    expect(gathered(watched({ decision: aDecision() }))).toBe('Tell');
    const candidate = { number: 1 } as unknown as NonNullable<Incident['candidate']>;
    expect(gathered(watched({ ...FALSE_POSITIVE, candidate }))).toBe('Tell');
  });

  it('waits for a function that an ended step has left running, and for none that has died', () => {
    const until = (gatheringUntil: string, gatheringDeaths = 1) =>
      answer(watched({ gatheringUntil, gatheringDeaths }));
    expect(until('2026-11-20T11:05:00.000Z')).toBe('Busy');
    expect(until('2026-11-20T10:55:00.000Z')).toBeNull();
    expect(() => until('2026-11-20T10:55:00.000Z', 3)).toThrow(GatheringDiesError);
  });

  it.each(['watched', 'closing'] as const)(
    'does not hold up a finding or a decision that nobody else may hear of (%s)',
    (when) => {
      const settling = aDecision({ at: NOW });
      const heard = (changes: Partial<Incident>) =>
        withoutGathering(watched({ ...unfinished(anIncident()), ...changes }), when, true, NOW);
      expect(heard({ relapse: 'a finding', settling })).toBe('Relapsed');
      expect(heard({ settling })).toBe('Settled');
      expect(heard({ settling, acknowledged: NOW })).toBeNull();
    },
  );
});

describe('what is gathered before an incident is closed', () => {
  it('is nothing of one that was never contained', () => {
    expect(withoutGathering(anIncident({ status: 'asking' }), 'closing', true, NOW)).toBe('Done');
    expect(withoutGathering(watched(), 'closing', true, NOW)).toBeNull();
  });

  it('is what was left, and then what came since', () => {
    const next = (more: boolean, onlyNews: boolean) =>
      afterGathering(watched(), 'closing', { more, onlyNews });
    expect([next(true, false), next(false, false), next(true, true), next(false, true)]).toEqual([
      'More',
      'More',
      'More',
      'Done',
    ]);
  });
});
