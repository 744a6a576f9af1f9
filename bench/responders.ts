import { PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateFunctionCommand,
  GetFunctionConfigurationCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
} from '@aws-sdk/client-sfn';
import type { LocalClients } from '../local/clients';
import type { Instance } from '../local/instance';
import { findingDetail, putGuardDutyEvent } from '../local/scenarios/guardDutyFinding';
import { until } from '../local/until';
import { bundle, packageOf } from './package';
import { roleNameOf, type Suspect, trustOf } from './suspects';

/** Something that contains a function when an event comes. */
export type Responder = {
  readonly name: string;
  /** Its functions on the way from the event to the throttled function. */
  readonly hot: readonly string[];
  readonly stateMachineArn: string;
  readonly report: (suspect: Suspect) => Promise<void>;
};

export const tourniquet = ({ clients, stack }: Instance): Responder => ({
  name: 'Tourniquet',
  hot: ['assess', 'contain'].map((step) => `tourniquet-local-${step}`),
  stateMachineArn: stack.stateMachineArn,
  report: ({ arn, role }) => putGuardDutyEvent(clients, findingDetail({ functionArn: arn, role })),
});

const BARE = 'bench-bare';
const SOURCE = 'bench.finding';

/** The least that can be called a responder: one rule, one state, one function that makes two calls. */
export const deployBare = async ({ clients, stack }: Instance): Promise<Responder> => {
  const { iam, lambda, events, stepFunctions } = clients;
  const makeRole = async (name: string, service: string, actions: readonly string[]): Promise<string> => {
    const { Role } = await iam.send(
      new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: trustOf(service) }),
    );
    await iam.send(
      new PutRolePolicyCommand({
        RoleName: name,
        PolicyName: 'work',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
        }),
      }),
    );
    return Role?.Arn ?? '';
  };
  const [functionRole, machineRole, ruleRole] = await Promise.all([
    makeRole(`${BARE}-function`, 'lambda.amazonaws.com', [
      'lambda:PutFunctionConcurrency',
      'iam:AttachRolePolicy',
    ]),
    makeRole(`${BARE}-machine`, 'states.amazonaws.com', ['lambda:InvokeFunction']),
    makeRole(`${BARE}-rule`, 'events.amazonaws.com', ['states:StartExecution']),
  ]);
  const { FunctionArn } = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: BARE,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Role: functionRole,
      MemorySize: 1024,
      Timeout: 30,
      Code: { ZipFile: await packageOf((await bundle('bench/bare/handler.ts')).code) },
    }),
  );
  const { stateMachineArn = '' } = await stepFunctions.send(
    new CreateStateMachineCommand({
      name: BARE,
      roleArn: machineRole,
      definition: JSON.stringify({
        QueryLanguage: 'JSONata',
        StartAt: 'Contain',
        States: {
          Contain: {
            Type: 'Task',
            Resource: 'arn:aws:states:::lambda:invoke',
            Arguments: { FunctionName: FunctionArn, Payload: '{% $states.input %}' },
            End: true,
          },
        },
      }),
    }),
  );
  await events.send(
    new PutRuleCommand({ Name: BARE, EventPattern: JSON.stringify({ source: [SOURCE] }), State: 'ENABLED' }),
  );
  await events.send(
    new PutTargetsCommand({
      Rule: BARE,
      Targets: [{ Id: 'bare', Arn: stateMachineArn, RoleArn: ruleRole }],
    }),
  );
  return {
    name: 'bare responder',
    hot: [BARE],
    stateMachineArn,
    report: async ({ name, role }) => {
      const order = {
        functionName: name,
        roleName: roleNameOf(role),
        denyPolicyArn: stack.quarantinePolicyArn,
      };
      const { FailedEntryCount } = await events.send(
        new PutEventsCommand({
          Entries: [{ Source: SOURCE, DetailType: 'Finding', Detail: JSON.stringify(order) }],
        }),
      );
      if (FailedEntryCount) throw new Error('the event for the bare responder was not taken');
    },
  };
};

/** Changes a function's configuration: its next invocation is a cold start, as on AWS. */
export const configure = async (
  { lambda }: LocalClients,
  FunctionName: string,
  change: { readonly Description?: string; readonly Environment?: { Variables: Record<string, string> } },
): Promise<void> => {
  await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, ...change }));
  await until(`${FunctionName} is updated`, 30, async () => {
    const { LastUpdateStatus } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    return LastUpdateStatus !== 'InProgress';
  });
};

/** Whether all that an execution has begun is over but for a step that waits for an approver. */
const onlyWaits = async (
  stepFunctions: LocalClients['stepFunctions'],
  executionArn: string,
): Promise<boolean> => {
  let underWay = 0;
  let waiting = 0;
  let nextToken: string | undefined;
  do {
    const page = await stepFunctions.send(new GetExecutionHistoryCommand({ executionArn, nextToken }));
    for (const { type, taskScheduledEventDetails } of page.events ?? []) {
      if (type === 'TaskScheduled') underWay += 1;
      if (type === 'TaskSucceeded' || type === 'TaskFailed' || type === 'TaskTimedOut') underWay -= 1;
      if (taskScheduledEventDetails?.resource?.endsWith('.waitForTaskToken')) waiting += 1;
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return waiting > 0 && underWay === 1;
};

/** Waits until the newest execution of a responder does nothing but wait, so that the next is measured alone. */
export const untilQuiet = async (
  { stepFunctions }: LocalClients,
  { name, stateMachineArn }: Responder,
): Promise<void> => {
  const { executions = [] } = await stepFunctions.send(
    new ListExecutionsCommand({ stateMachineArn, maxResults: 1 }),
  );
  const executionArn = executions[0]?.executionArn;
  if (executionArn === undefined) return;
  let quiet = 0;
  await until(`the ${name} has done its work`, 120, async () => {
    const { status } = await stepFunctions.send(new DescribeExecutionCommand({ executionArn }));
    if (status !== 'RUNNING') return true;
    // Between two steps nothing else is under way either: it must look so twice.
    quiet = (await onlyWaits(stepFunctions, executionArn)) ? quiet + 1 : 0;
    return quiet === 2;
  });
};
