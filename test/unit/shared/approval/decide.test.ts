import { ADMITTED, NEEDS_REASON } from '../../../../shared/approval/decide';
import {
  DECISIONS,
  type Decision,
  ENDED,
  type Incident,
  isOpen,
  STATUSES,
} from '../../../../shared/incident/incident';
import { incidentMessage } from '../../../../shared/notification/slackMessage';
import { aDecision, aHeldEvents, aLedger, anIncident } from '../../../fixtures/incident';

const buttonsOf = (incident: Incident): readonly string[] =>
  incidentMessage(incident, [...aLedger(), aHeldEvents()]).blocks.flatMap((block) =>
    block.type === 'actions'
      ? block.elements.flatMap((element) => (element.type === 'button' ? [element.action_id ?? ''] : []))
      : [],
  );

const earlier: readonly (Decision | undefined)[] = [
  undefined,
  ...DECISIONS.map((action) => aDecision({ action })),
];
const everyCase = STATUSES.flatMap((status) =>
  earlier.map(
    (decision) => [status, decision?.action ?? 'nothing', anIncident({ status, decision })] as const,
  ),
);

describe('the decisions that an incident admits', () => {
  it.each(everyCase)(
    'include every button that is shown: %s, after %s was decided',
    (status, _earlier, incident) => {
      const admitted: readonly string[] = ADMITTED[status] ?? [];

      expect(buttonsOf(incident).filter((action) => !admitted.includes(action))).toEqual([]);
    },
  );

  it.each(Object.entries(ADMITTED))('are all shown as buttons while it is %s', (status, admitted) => {
    const incident = anIncident({ status: status as Incident['status'] });

    expect(buttonsOf(incident).toSorted()).toEqual([...admitted].toSorted());
  });

  it.each(everyCase.filter(([, earlierAction]) => earlierAction !== 'nothing' && earlierAction !== 'keep'))(
    'are none any more once one was taken, but to take back a release that has not begun: %s, after %s',
    (status, earlier, incident) => {
      const isRelease = ['release', 'release_with_replay', 'false_positive'].includes(earlier);
      expect(buttonsOf(incident)).toEqual(status === 'contained' && isRelease ? ['keep'] : []);
    },
  );

  it('are still a release and a false positive after it was kept contained, which is not the last word', () => {
    expect(buttonsOf(anIncident({ decision: aDecision({ action: 'keep' }) }))).toEqual([
      'release',
      'release_with_replay',
      'false_positive',
    ]);
  });

  it.each(['not-possible', 'failed', 'restored'] as const)(
    'include a replay only where events are held, not where that is %s',
    (state) => {
      const { blocks } = incidentMessage(anIncident(), [...aLedger(), aHeldEvents({ state })]);

      expect(JSON.stringify(blocks)).not.toContain('release_with_replay');
    },
  );

  it.each(ENDED)('are none once the incident is %s', (status) => {
    expect(isOpen(status)).toBe(false);
    expect(ADMITTED[status]).toBeUndefined();
  });

  it('let nobody release what is not contained, and nobody contain what is', () => {
    const statuses = (action: string) =>
      STATUSES.filter((status) => (ADMITTED[status] as readonly string[] | undefined)?.includes(action));

    expect(statuses('release')).toEqual(['contained']);
    expect(statuses('release_with_replay')).toEqual(['contained']);
    expect(statuses('false_positive')).toEqual(['contained']);
    expect(statuses('contain')).toEqual(['asking']);
  });

  it('need a reason where code that was contained is put back as it was', () => {
    expect(NEEDS_REASON).toContain('false_positive');
  });
});
