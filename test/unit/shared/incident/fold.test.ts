import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import type { Finding } from '../../../../shared/findings/finding';
import { parseEvent } from '../../../../shared/findings/parseEvent';
import { witnessOf } from '../../../../shared/incident/create';
import { changesFor } from '../../../../shared/incident/fold';
import type { Incident, Witness } from '../../../../shared/incident/incident';
import { addWitness } from '../../../../shared/incident/store';
import { decideDisposition, dispositionWhileOpen } from '../../../../shared/policy/disposition';
import { MODES } from '../../../../shared/policy/mode';
import { detailOf } from '../../../fixtures/guardDuty';
import { anIncident } from '../../../fixtures/incident';
import {
  alarm,
  alarmEvent,
  asff,
  contributor,
  contributorEvent,
  guardDutyAsAsff,
  guardDutyAsOcsf,
  guardDutyEvent,
  hubEvent,
  hubV2Event,
  ocsf,
} from '../../../fixtures/managedFindings';
import { findingIn } from '../../../fixtures/parsed';
import { aSuspect } from '../../../fixtures/suspect';

const NOW = new Date('2026-11-20T10:06:00.000Z');
const read = (event: unknown): Finding => findingIn(parseEvent(event, NOW));
const DIRECT = read(guardDutyEvent(detailOf()));
const HUB = read(hubEvent(guardDutyAsAsff()));
const HUB_V2 = read(hubV2Event(guardDutyAsOcsf()));

/** Posture, vulnerabilities and metrics: what is no act of the function, and what its callers can cause. */
const CALLERS_SIGNS: readonly Finding[] = [
  read(alarmEvent(alarm())),
  read(contributorEvent(contributor())),
  read(hubEvent(asff())),
  read(hubV2Event(ocsf())),
];

/** The folded finding's changes, as Assess decides them for a function that is contained without being asked. */
const foldOf = (incident: Incident, finding: Finding) => {
  const decided = decideDisposition(finding, aSuspect(), {
    defaultMode: 'respond',
    modes: [],
    containSamples: true,
  });
  const disposition = dispositionWhileOpen(decided, incident);
  return changesFor(incident, finding, { disposition, most: decided.most, because: decided.because });
};

describe("signs that a caller can cause, and others that are no act of the function's own", () => {
  it('never contain it, in any number and order, whatever its incident had come to before (property, invariant 11)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...CALLERS_SIGNS), { minLength: 1, maxLength: 30 }),
        fc.constantFrom('asking' as const, 'watching' as const, 'releasing' as const),
        fc.constantFrom(...MODES),
        (findings, status, before) => {
          // An incident that asks has not been contained; one that is released was contained for the act of its own.
          let incident: Incident = anIncident({
            status,
            disposition: status === 'asking' ? 'ask' : before,
            releasedAt: status === 'asking' ? undefined : '2026-11-20T09:00:00.000Z',
            tagged: 'respond',
            witnesses: {},
          });
          for (const finding of findings) incident = { ...incident, ...foldOf(incident, finding) };
          return status === 'asking' || incident.relapse !== undefined
            ? incident.disposition === 'ask'
            : true;
        },
      ),
    );
  });

  it('ask a human whether a released function is contained again', () => {
    const released = anIncident({ status: 'watching', disposition: 'respond', witnesses: {} });

    for (const finding of CALLERS_SIGNS)
      expect(foldOf(released, finding)).toMatchObject({ relapse: expect.any(String), disposition: 'ask' });
  });

  it("leave standing what the function's own act has made of it", () => {
    const relapsed = anIncident({ status: 'watching', disposition: 'respond', relapse: 'x', witnesses: {} });

    for (const finding of CALLERS_SIGNS) expect(foldOf(relapsed, finding).disposition).toBe('respond');
  });

  it("are no bound on what the function's own act makes of it", () => {
    const released = anIncident({ status: 'watching', disposition: 'ask', witnesses: {} });

    expect(foldOf(released, DIRECT)).toMatchObject({ disposition: 'respond' });
  });
});

/** A table that keeps one incident's witnesses, and refuses as DynamoDB does. */
const keeping = (witnesses: Record<string, Witness>, moved = false) => {
  const db = {
    send: async ({ input }: UpdateCommand) => {
      if (moved) throw new ConditionalCheckFailedException({ message: 'moved', $metadata: {} });
      const witness = input.ExpressionAttributeValues?.[':witness'] as Witness;
      witnesses[witness.id] = witness;
      return {};
    },
  } as unknown as DynamoDBDocumentClient;
  return { db, table: 'incidents', now: () => NOW };
};

describe('one fact that comes by three routes', () => {
  const add = (witnesses: Record<string, Witness>, finding: Finding, moved = false) =>
    addWitness(
      keeping(witnesses, moved),
      anIncident({ witnesses: { ...witnesses } }),
      witnessOf(finding),
      {},
    );

  it.each([[[DIRECT, HUB, HUB_V2]], [[HUB_V2, DIRECT, HUB]], [[HUB, HUB_V2, DIRECT]]])(
    'is one witness with three routes, and news once (%#)',
    async (findings) => {
      const witnesses: Record<string, Witness> = {};
      const said = [];
      for (const finding of findings) said.push(await add(witnesses, finding));

      expect(said).toEqual(['news', 'repeat', 'repeat']);
      expect(Object.keys(witnesses)).toEqual([DIRECT.id]);
      expect(witnesses[DIRECT.id]?.routes?.toSorted()).toEqual([
        'guardduty',
        'security-hub',
        'security-hub-v2',
      ]);
    },
  );

  it('keeps its routes when it is seen again', async () => {
    const witnesses: Record<string, Witness> = {};
    await add(witnesses, DIRECT);
    await add(witnesses, HUB);

    expect(await add(witnesses, { ...DIRECT, lastSeen: '2026-11-20T11:00:00.000Z' })).toBe('news');
    expect(witnesses[DIRECT.id]).toMatchObject({
      lastSeen: '2026-11-20T11:00:00.000Z',
      routes: ['guardduty', 'security-hub'],
    });
  });

  it('is no news when an older state of it comes late', async () => {
    const witnesses: Record<string, Witness> = {};
    await add(witnesses, DIRECT);

    expect(await add(witnesses, { ...DIRECT, lastSeen: '2026-11-19T00:00:00.000Z', count: 1 })).toBe(
      'repeat',
    );
    expect(witnesses[DIRECT.id]?.count).toBe(3);
  });

  it('is read again where the incident has moved on meanwhile', async () => {
    const witnesses = { [DIRECT.id]: witnessOf(DIRECT) };

    expect(await add(witnesses, HUB, true)).toBe('moved');
  });

  it('is known in incidents from before routes were kept', async () => {
    const { routes: _, ...old } = witnessOf(DIRECT);
    const witnesses: Record<string, Witness> = { [DIRECT.id]: old };

    expect(await add(witnesses, HUB)).toBe('repeat');
    expect(witnesses[DIRECT.id]?.routes).toEqual(['security-hub']);
  });
});
