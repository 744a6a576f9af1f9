import { momentsOf, timelineSvg } from '../../../../cli/report/timeline';
import { aDecision, anIncident } from '../../../fixtures/incident';

describe('the picture of an incident', () => {
  it('has what happened in its order, and leaves out what was not reached', () => {
    const incident = anIncident({
      containedAt: '2026-11-20T10:05:03.000Z',
      decision: aDecision({ at: '2026-11-20T11:00:00.000Z' }),
    });
    const history = [{ at: '2026-11-20T10:07:00.000Z', kind: 'evidence', text: 'sealed' }];

    expect(momentsOf(incident, history).map(({ what }) => what)).toEqual([
      'First sign',
      'Opened',
      'Contained',
      'Evidence sealed',
      'Decided',
    ]);
  });

  it('says between two points how long it took, and has no text of others in it', () => {
    const svg = timelineSvg([
      { what: 'Opened', at: '2026-11-20T10:05:01.000Z' },
      { what: 'Contained', at: '2026-11-20T10:05:03.500Z' },
    ]);

    expect(svg).toContain('>2.5 s<');
    expect(momentsOf(anIncident({ openedAt: '<script>' }), []).map(({ what }) => what)).toEqual([
      'First sign',
    ]);
  });
});
