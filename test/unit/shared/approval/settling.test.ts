import { decisionDigest } from '../../../../shared/approval/awsIdentity';
import { FORCE_DRIFT } from '../../../../shared/approval/interaction';
import type { LedgerRecord } from '../../../../shared/containment/ledger';
import type { Incident, Stopped } from '../../../../shared/incident/incident';
import { incidentMessage } from '../../../../shared/notification/slackMessage';
import { aDecision, aLedger, anIncident } from '../../../fixtures/incident';

const HOSTILE = `<!channel> *released* by <@U0ONCALL>${'x'.repeat(5000)}\n> ok`;
const drifted: readonly LedgerRecord[] = aLedger().map((record) =>
  record.control === 'concurrency' ? { ...record, state: 'drift', detail: HOSTILE } : record,
);
const stopped: Stopped = {
  at: '2026-11-20T12:00:00.000Z',
  because: 'AccessDeniedException',
  tries: 4,
  decidedAt: aDecision().at,
  next: 'human',
};

const buttonsOf = (incident: Incident, ledger: readonly LedgerRecord[]) =>
  incidentMessage(incident, ledger).blocks.flatMap((block) =>
    block.type === 'actions'
      ? block.elements.flatMap((element) => (element.type === 'button' ? [element] : []))
      : [],
  );
const named = (incident: Incident, ledger: readonly LedgerRecord[] = drifted) =>
  buttonsOf(incident, ledger).map(({ action_id }) => action_id);

describe('what an approver may settle in Slack', () => {
  const decision = aDecision();
  const watching = anIncident({ status: 'watching', decision });

  it('is offered after a release that left something as somebody changed it, and else not', () => {
    expect(named(watching)).toEqual([FORCE_DRIFT]);
    expect(named(watching, aLedger())).toEqual([]);
    expect(named(anIncident({ status: 'closed', decision }))).toEqual([]);
  });

  it('is offered no more while a decision about it is being carried out', () => {
    const settling = aDecision({ at: '2026-11-20T13:00:00.000Z', force: ['concurrency'] });

    expect(named({ ...watching, settling })).toEqual([]);
    expect(named({ ...watching, settling, acknowledged: settling.at })).toEqual([FORCE_DRIFT]);
  });

  it('is how a stopped release goes on, once it waits for a human and until one has decided', () => {
    const releasing = anIncident({ status: 'releasing', decision, stopped });

    expect(named(releasing, aLedger())).toEqual(['release', 'false_positive']);
    expect(named(releasing)).toContain(FORCE_DRIFT);
    expect(named({ ...releasing, stopped: { ...stopped, next: 'later' } })).toEqual([]);
    expect(named({ ...releasing, decision: aDecision({ at: '2026-11-20T13:00:00.000Z' }) })).toEqual([]);
  });

  it('shows what is there as plain text, within what Slack takes', () => {
    const [{ confirm } = {}] = buttonsOf(watching, drifted);

    expect(confirm?.text).toMatchObject({ type: 'plain_text' });
    expect(confirm?.text?.text.length).toBeLessThanOrEqual(300);
    expect(confirm?.text?.text).not.toContain('\n');
  });
});

describe('the signature of a decision', () => {
  const decision = { incidentId: 'inc-20261120-0123456789ab', action: 'release', reason: 'r' };

  it('is good for the controls that are forced, and for no other', () => {
    const digests = [[], ['role'], ['concurrency'], ['role', 'concurrency']].map((force) =>
      decisionDigest({ ...decision, force }),
    );

    expect(new Set(digests).size).toBe(4);
    expect(decisionDigest(decision)).toBe(digests[0]);
  });
});
