import { sendDecision } from '../../cli/sendDecision';
import type { Credentials } from '../../local/clients';
import type { World } from './world';

/** Decides as the command line does, signed with the given credentials (the local administrator's when absent). */
export const decideAs = async (
  { instance }: World,
  decision: {
    incidentId: string;
    action: string;
    reason: string;
    force?: readonly string[];
    hours?: number;
    control?: string;
    task?: string;
    check?: string;
  },
  credentials: Credentials = instance.aws,
) =>
  sendDecision(
    {
      region: instance.aws.region,
      decisionsUrl: instance.stack.decisionsUrl,
      sts: `${instance.aws.endpoint}/`,
    },
    decision,
    async () => credentials,
  );
