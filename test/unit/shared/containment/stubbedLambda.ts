import { LambdaClient } from '@aws-sdk/client-lambda';
import type { ControlTools } from '../../../../shared/containment/control';
import { CHOICES } from '../../../fixtures/choices';

export type Call = { readonly name: string; readonly input: Readonly<Record<string, unknown>> };

/** A Lambda that gives what `answer` gives for a call, and the calls that it was asked. */
export const stubbedLambda = (answer: (call: Call) => object | Promise<object>) => {
  const calls: Call[] = [];
  // Paginators take nothing but a real client.
  const lambda = new LambdaClient({ region: 'eu-west-1' });
  lambda.send = async (command: { readonly input: object }) => {
    const call = { name: command.constructor.name, input: { ...command.input } };
    calls.push(call);
    return answer(call);
  };
  const pauses: number[] = [];
  const tools = {
    lambda,
    choices: CHOICES,
    pause: async (milliseconds: number) => {
      pauses.push(milliseconds);
    },
  } as unknown as ControlTools;
  return { calls, pauses, tools };
};
