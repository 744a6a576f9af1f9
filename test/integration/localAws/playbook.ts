import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { LocalAws } from '../../../local/aws/state';
import { until } from './eventually';
import { clientOptions } from './instance';

export type States = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

let count = 0;

export async function makeStateMachine(aws: LocalAws, roleArn: string, states: States): Promise<string> {
  count += 1;
  const definition = JSON.stringify({
    QueryLanguage: 'JSONata',
    StartAt: Object.keys(states)[0],
    States: states,
  });
  const made = await new SFNClient(clientOptions(aws)).send(
    new CreateStateMachineCommand({ name: `playbook-${count}`, definition, roleArn }),
  );
  return made.stateMachineArn ?? '';
}

export async function startExecution(
  aws: LocalAws,
  stateMachineArn: string,
  input: unknown,
): Promise<string> {
  const sfn = new SFNClient(clientOptions(aws));
  const started = await sfn.send(
    new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }),
  );
  return started.executionArn ?? '';
}

export async function endOf(aws: LocalAws, executionArn: string): Promise<DescribeExecutionCommandOutput> {
  const sfn = new SFNClient(clientOptions(aws));
  return until(async () => {
    const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    return execution.status !== 'RUNNING' && execution;
  });
}

/** What an execution of these states ends with: its output, or the name of its error. */
export async function run(
  aws: LocalAws,
  role: string,
  states: States,
  input: unknown = {},
): Promise<unknown> {
  const execution = await endOf(
    aws,
    await startExecution(aws, await makeStateMachine(aws, role, states), input),
  );
  return execution.status === 'SUCCEEDED' ? JSON.parse(execution.output ?? 'null') : execution.error;
}

export function task(functionArn: string, extra: Readonly<Record<string, unknown>> = { End: true }) {
  const Arguments = { FunctionName: functionArn, Payload: '{% $states.input %}' };
  return { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments, ...extra };
}

export function waitingTask(functionArn: string, extra: Readonly<Record<string, unknown>> = { End: true }) {
  const Payload = { token: '{% $states.context.Task.Token %}' };
  const Arguments = { FunctionName: functionArn, Payload };
  return { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken', Arguments, ...extra };
}
