import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { complain, red } from '../local/print';
import { stsClient } from '../shared/aws/clients';
import { appendEntry, type Records } from '../shared/incident/store';

/**
 * Reads through our tools are part of the history: who looked at what, and when. Where it cannot be recorded, it is said,
 * and the read goes on.
 */
export const recordRead = async (
  records: Records,
  id: string,
  kind: 'evidence-read' | 'undo-read',
  what: string,
): Promise<void> => {
  try {
    const { Arn = 'somebody' } = await stsClient().send(new GetCallerIdentityCommand({}));
    await appendEntry(records, id, kind, `${what} by ${Arn}`, { by: Arn });
  } catch (error) {
    const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    complain(red(`This read is NOT in the incident's history: ${why}`));
  }
};
