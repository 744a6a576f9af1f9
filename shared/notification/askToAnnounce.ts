import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { About } from './about';

export type Tell = (incidentId: string, about: About, detail: readonly string[]) => Promise<void>;

/** Has the `announce` function tell people, where no playbook does. It is handed over when this returns, not yet told. */
export const askToAnnounce =
  (lambda: LambdaClient, FunctionName: string): Tell =>
  async (incidentId, about, detail) => {
    await lambda.send(
      new InvokeCommand({
        FunctionName,
        InvocationType: 'Event',
        Payload: JSON.stringify({ incidentId, about, detail }),
      }),
    );
  };
