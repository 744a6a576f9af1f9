import {
  BatchUpdateFindingsCommand,
  BatchUpdateFindingsV2Command,
  type SecurityHubClient,
} from '@aws-sdk/client-securityhub';
import type { HubFinding } from '../findings/finding';
import type { Incident } from '../incident/incident';
import type { About } from './about';
import type { Channel } from './channel';

/** How far a finding is dealt with, in Security Hub's words of both versions. */
export type HubState = 'in-progress' | 'resolved' | 'suppressed';

/** `Workflow.Status` of the first version (API reference, `WorkflowUpdate`), `status_id` of the second (OCSF, `finding`). */
const STATES = {
  'in-progress': { workflow: 'NOTIFIED', statusId: 2 },
  suppressed: { workflow: 'SUPPRESSED', statusId: 3 },
  resolved: { workflow: 'RESOLVED', statusId: 4 },
} as const satisfies Readonly<Record<HubState, { workflow: string; statusId: number }>>;

/**
 * Announcements that change what Security Hub should show. Never of an incident that was only observed: what is told
 * there with the state left new comes back as another event about a new finding, and would be told for ever.
 */
const TOLD: readonly About[] = [
  'question',
  'contained',
  'not-released',
  'release-stopped',
  'released',
  'relapse',
  'failure',
  'closed',
];

/** Null where Security Hub is told nothing. */
export const hubStateOf = (about: About, { status, decision }: Incident): HubState | null => {
  if (!TOLD.includes(about)) return null;
  if (status !== 'closed') return 'in-progress';
  return decision?.action === 'false_positive' ? 'suppressed' : 'resolved';
};

/** In our own words alone: at most 512 characters (API reference, `NoteUpdate` and `Comment`). */
export const hubNote = (incident: Incident): string => {
  const { id, status, containedAt, releasedAt, decision } = incident;
  return [
    `Tourniquet ${id}: ${status}`,
    ...(containedAt === undefined ? [] : [`contained at ${containedAt}`]),
    ...(decision === undefined ? [] : [`${decision.action.replaceAll('_', ' ')} decided at ${decision.at}`]),
    ...(releasedAt === undefined ? [] : [`released at ${releasedAt}`]),
    `npx tourniquet show ${id}`,
  ]
    .join('; ')
    .slice(0, 512);
};

const findingsOf = ({ witnesses }: Incident): readonly HubFinding[] =>
  Object.values(witnesses).flatMap(({ hub }) => (hub === undefined ? [] : [hub]));

/** Security Hub took some of it, or nothing. */
export class HubRefusedError extends Error {
  override readonly name = 'HubRefusedError';
}

/** One request takes a hundred (API reference). */
const AT_ONCE = 100;

const inHundreds = <T>(all: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / AT_ONCE) }, (_, index) =>
    all.slice(index * AT_ONCE, (index + 1) * AT_ONCE),
  );

/** The account has no Security Hub, which is nobody's fault. Both versions say so with these. */
const isNoHub = (error: unknown): boolean =>
  error instanceof Error &&
  (error.name === 'InvalidAccessException' ||
    (error.name === 'AccessDeniedException' && /not (?:subscribed|enabled)/i.test(error.message)));

type Refusal = { readonly ErrorCode?: string };

/** GuardDuty's own may not have reached Security Hub yet: it is told again with the next announcement. */
const refusalsIn = (refused: readonly Refusal[] = []): readonly string[] =>
  refused
    .map(({ ErrorCode = 'refused' }) => ErrorCode)
    .filter((code) => code !== 'FindingNotFound' && code !== 'ResourceNotFoundException');

/** Tells Security Hub how far its findings are dealt with: their workflow state, and a note. */
export const securityHubChannel = (client: SecurityHubClient, isOn: boolean, updatedBy: string): Channel => ({
  id: 'security-hub',
  recordsOnly: true,
  deliver: async ({ about, incident }) => {
    const state = hubStateOf(about, incident);
    const findings = findingsOf(incident);
    if (!isOn) return { outcome: 'not-configured' };
    if (state === null || findings.length === 0) return { outcome: 'not-meant' };
    const { workflow, statusId } = STATES[state];
    const text = hubNote(incident);
    const refused: string[] = [];
    try {
      for (const some of inHundreds(findings.filter((finding) => finding.version === 1))) {
        const { UnprocessedFindings } = await client.send(
          new BatchUpdateFindingsCommand({
            FindingIdentifiers: some.map(({ id, productArn }) => ({ Id: id, ProductArn: productArn })),
            Workflow: { Status: workflow },
            Note: { Text: text, UpdatedBy: updatedBy },
          }),
        );
        refused.push(...refusalsIn(UnprocessedFindings));
      }
      for (const some of inHundreds(findings.filter((finding) => finding.version === 2))) {
        const { UnprocessedFindings } = await client.send(
          new BatchUpdateFindingsV2Command({
            FindingIdentifiers: some.map(({ accountId, id, product }) => ({
              CloudAccountUid: accountId,
              FindingInfoUid: id,
              MetadataProductUid: product,
            })),
            StatusId: statusId,
            Comment: text,
          }),
        );
        refused.push(...refusalsIn(UnprocessedFindings));
      }
    } catch (error) {
      if (isNoHub(error)) return { outcome: 'not-meant' };
      throw error;
    }
    if (refused.length > 0)
      throw new HubRefusedError(`Security Hub did not take ${refused.length}: ${refused[0]}`);
    return { outcome: 'delivered' };
  },
  // Nothing can be asked of it that the function may: it is seen with the first finding.
  check: async () => (isOn ? 'Security Hub is told of its findings, where the account has it' : null),
});
