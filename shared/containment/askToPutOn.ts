import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';

/** What the drift watch is told where an approver has added a control. */
export const CONTROL_ADDED = 'tourniquet.control-added';

/** Has the drift watch look at one containment now. It is handed over when this returns, not yet done. */
export const askToPutOn =
  (lambda: LambdaClient, FunctionName: string) =>
  async (incidentId: string): Promise<void> => {
    await lambda.send(
      new InvokeCommand({
        FunctionName,
        InvocationType: 'Event',
        Payload: JSON.stringify({ source: CONTROL_ADDED, incidentId }),
      }),
    );
  };
