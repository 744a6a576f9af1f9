import { setTimeout as pause } from 'node:timers/promises';
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Settings } from '../aws/settings';
import { containmentOf, type Incident } from '../incident/incident';
import { choicesWith } from '../policy/choices';
import type { ControlTools } from './control';

export type ControlClients = Pick<ControlTools, 'lambda' | 'iam' | 'sqs' | 'scaling' | 'records'>;

/** One of our functions, asked to do what only it may do, did not do it. */
export class DelegateFailedError extends Error {
  override readonly name = 'DelegateFailedError';
  constructor(functionName: string, answer: string) {
    super(`${functionName} failed: ${answer.slice(0, 1000)}`);
  }
}

/** Asks one of our functions and waits for its answer. */
const delegate =
  <Request, Answer>(lambda: LambdaClient, FunctionName: string) =>
  async (request: Request): Promise<Answer> => {
    const { FunctionError, Payload } = await lambda.send(
      new InvokeCommand({ FunctionName, Payload: JSON.stringify(request) }),
    );
    const answer = Buffer.from(Payload ?? []).toString();
    if (FunctionError !== undefined) throw new DelegateFailedError(FunctionName, answer);
    return JSON.parse(answer) as Answer;
  };

/** What controls work with in this deployment, for the incident's present containment. */
export const controlTools = (
  clients: ControlClients,
  settings: Settings,
  incident: Pick<Incident, 'id' | 'containment' | 'added' | 'reach' | 'reads'>,
): ControlTools => {
  const prefix = `${settings.service}-${settings.stage}`;
  return {
    ...clients,
    denyPolicyArn: settings.denyPolicyArn,
    prefix,
    choices: choicesWith(settings.choices, incident.added),
    holder: containmentOf(incident),
    reach: incident.reach ?? null,
    reads: incident.reads ?? [],
    dependants: delegate(clients.lambda, `${prefix}-dependants`),
    inlineDeny: delegate(clients.lambda, `${prefix}-inlineDeny`),
    recycle: delegate(clients.lambda, `${prefix}-recycle`),
    pause: (milliseconds) => pause(milliseconds),
  };
};
