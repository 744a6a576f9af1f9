import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Undelivered } from '../incident/incident';
import type { About } from './about';

export type Tell = (incidentId: string, about: About, detail: readonly string[]) => Promise<void>;

const handOver = async (lambda: LambdaClient, FunctionName: string, payload: unknown): Promise<void> => {
  await lambda.send(
    new InvokeCommand({ FunctionName, InvocationType: 'Event', Payload: JSON.stringify(payload) }),
  );
};

/** Has the `announce` function tell people, where no playbook does. It is handed over when this returns, not yet told. */
export const askToAnnounce =
  (lambda: LambdaClient, FunctionName: string): Tell =>
  (incidentId, about, detail) =>
    handOver(lambda, FunctionName, { incidentId, about, detail });

/** Has it tell one channel once more what that did not deliver. */
export const askToTellAgain =
  (lambda: LambdaClient, FunctionName: string) =>
  (incidentId: string, channel: string, { about, detail }: Undelivered): Promise<void> =>
    handOver(lambda, FunctionName, { incidentId, about, detail, channels: [channel] });
