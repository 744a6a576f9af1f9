import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  DeleteFunctionConcurrencyCommand,
  LambdaClient,
  PutFunctionConcurrencyCommand,
} from '@aws-sdk/client-lambda';
import {
  ListExecutionsCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { assume, makeFunction, makeRole } from './account';
import { until } from './eventually';
import { clientOptions, useLocalAws } from './instance';
import { endOf, makeStateMachine, run, startExecution, task, waitingTask } from './playbook';

const localAws = useLocalAws();

let role = '';
let echo = '';
let thrower = '';
const done = { Type: 'Pass', End: true };
const caught = (name: string, Next = 'Caught') => ({
  Catch: [{ ErrorEquals: [name], Output: '{% $states.errorOutput.Error %}', Next }],
  End: true,
});

beforeAll(async () => {
  role = await makeRole(localAws(), 'playbook', [{ Effect: 'Allow', Action: '*', Resource: '*' }]);
  echo = await makeFunction(
    localAws(),
    'echo',
    role,
    'exports.handler = async (e) => { console.log(e.token); return { e }; };',
  );
  const source = `
    class SuspectGone extends Error { name = 'SuspectGone'; }
    exports.handler = async () => { throw new SuspectGone('it was deleted'); };`;
  thrower = await makeFunction(localAws(), 'thrower', role, source);
});

/** The token a waiting state gave to `echo`, which prints it. */
function tokenGiven(): Promise<string> {
  const logs = new CloudWatchLogsClient(clientOptions(localAws()));
  return until(async () => {
    const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName: '/aws/lambda/echo' }));
    return events
      .map((event) => event.message?.trim() ?? '')
      .findLast((line) => /^[0-9a-f-]{36}$/.test(line));
  });
}

describe('a task', () => {
  it('assigns from its result what a later state reads', async () => {
    const states = {
      Assess: {
        ...task(echo),
        End: undefined,
        Assign: { seen: '{% $states.result.Payload.e.n + 1 %}' },
        Next: 'Done',
      },
      Done: { Type: 'Pass', Output: '{% $seen %}', End: true },
    };
    await expect(run(localAws(), role, states, { n: 1 })).resolves.toBe(2);
  });

  it('is caught by the name of the error its function threw', async () => {
    const states = { Contain: task(thrower, caught('SuspectGone')), Caught: done };
    await expect(run(localAws(), role, states)).resolves.toBe('SuspectGone');
  });

  it('is retried on States.ALL, then ends with the last error', async () => {
    const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 1, BackoffRate: 1 }];
    await expect(run(localAws(), role, { Contain: task(thrower, { Retry, End: true }) })).resolves.toBe(
      'SuspectGone',
    );
  });

  it('waits no longer for a retry than MaxDelaySeconds', async () => {
    const hour = { IntervalSeconds: 3600, MaxDelaySeconds: 1, MaxAttempts: 2 };
    const Retry = [{ ErrorEquals: ['SuspectGone'], ...hour }];
    await expect(run(localAws(), role, { Contain: task(thrower, { Retry, End: true }) })).resolves.toBe(
      'SuspectGone',
    );
  });

  it('fails as Lambda.TooManyRequestsException when its function is throttled', async () => {
    const lambda = new LambdaClient(clientOptions(localAws()));
    const throttled = { FunctionName: 'echo', ReservedConcurrentExecutions: 0 };
    await lambda.send(new PutFunctionConcurrencyCommand(throttled));
    const ended = await run(localAws(), role, { Contain: task(echo) });
    await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName: 'echo' }));
    expect(ended).toBe('Lambda.TooManyRequestsException');
  });
});

describe('a state that waits for a token', () => {
  it('goes on with what the token is answered with', async () => {
    const machine = await makeStateMachine(localAws(), role, { Await: waitingTask(echo) });
    const execution = await startExecution(localAws(), machine, {});
    const answer = { taskToken: await tokenGiven(), output: '{"decision":"release"}' };
    await new SFNClient(clientOptions(localAws())).send(new SendTaskSuccessCommand(answer));
    expect((await endOf(localAws(), execution)).output).toBe('{"decision": "release"}');
  });

  it('times out after the seconds that an expression gives', async () => {
    const waits = { TimeoutSeconds: '{% $states.input.seconds %}', ...caught('States.Timeout') };
    const states = { Await: waitingTask(echo, waits), Caught: done };
    await expect(run(localAws(), role, states, { seconds: 1 })).resolves.toBe('States.Timeout');
  });

  it('fails at once when its function throws', async () => {
    const states = {
      Await: waitingTask(thrower, { TimeoutSeconds: 60, ...caught('SuspectGone') }),
      Caught: done,
    };
    await expect(run(localAws(), role, states)).resolves.toBe('SuspectGone');
  });
});

describe('Choice and Parallel', () => {
  it('chooses by a condition', async () => {
    const states = {
      Assess: {
        Type: 'Choice',
        Choices: [{ Condition: '{% $states.input.severity >= 7 %}', Next: 'Respond' }],
        Default: 'Ignore',
      },
      Respond: { Type: 'Pass', Output: 'respond', End: true },
      Ignore: { Type: 'Fail', Error: 'Ignored' },
    };
    await expect(run(localAws(), role, states, { severity: 8 })).resolves.toBe('respond');
    await expect(run(localAws(), role, states, { severity: 2 })).resolves.toBe('Ignored');
  });

  it('gives its branches Arguments, and takes Output and Assign from their results', async () => {
    const branch = (n: number) => ({
      StartAt: 'Add',
      States: { Add: { Type: 'Pass', Output: `{% $states.input.base + ${n} %}`, End: true } },
    });
    const states = {
      Both: {
        Type: 'Parallel',
        Arguments: { base: 10 },
        Branches: [branch(1), branch(2)],
        Output: '{% $sum($states.result) %}',
        Assign: { all: '{% $states.result %}' },
        Next: 'Done',
      },
      Done: { Type: 'Pass', Output: { sum: '{% $states.input %}', all: '{% $all %}' }, End: true },
    };
    await expect(run(localAws(), role, states)).resolves.toEqual({ sum: 23, all: [11, 12] });
  });

  it('is caught when one branch fails, though another waits for a decision', async () => {
    const Branches = [
      { StartAt: 'Gather', States: { Gather: task(thrower) } },
      { StartAt: 'Await', States: { Await: waitingTask(echo, { TimeoutSeconds: 600, End: true }) } },
    ];
    const states = { Both: { Type: 'Parallel', Branches, ...caught('SuspectGone') }, Caught: done };
    await expect(run(localAws(), role, states)).resolves.toBe('SuspectGone');
  });
});

describe('EventBridge', () => {
  const finding = { Source: 'aws.guardduty', DetailType: 'GuardDuty Finding', Detail: '{"severity":8}' };

  it('starts an execution for an event of AWS, and tells of its abort', async () => {
    const options = clientOptions(localAws());
    const [events, sfn, sqs] = [
      new EventBridgeClient(options),
      new SFNClient(options),
      new SQSClient(options),
    ];
    const machine = await makeStateMachine(localAws(), role, { Await: waitingTask(echo) });
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'statuses' }));
    const rule = async (Name: string, pattern: unknown, Arn: string) => {
      await events.send(new PutRuleCommand({ Name, EventPattern: JSON.stringify(pattern) }));
      await events.send(
        new PutTargetsCommand({ Rule: Name, Targets: [{ Id: 'target', Arn, RoleArn: role }] }),
      );
    };
    await rule(
      'findings',
      { source: ['aws.guardduty'], detail: { severity: [{ numeric: ['>=', 7] }] } },
      machine,
    );
    const ends = { source: ['aws.states'], detail: { status: ['ABORTED', 'FAILED', 'TIMED_OUT'] } };
    await rule('ends', ends, 'arn:aws:sqs:us-east-1:000000000000:statuses');

    await events.send(new PutEventsCommand({ Entries: [finding] }));
    const executionArn = await until(async () => {
      const { executions } = await sfn.send(new ListExecutionsCommand({ stateMachineArn: machine }));
      return executions?.[0]?.executionArn;
    });
    await sfn.send(new StopExecutionCommand({ executionArn }));

    const told = await until(
      async () => (await sqs.send(new ReceiveMessageCommand({ QueueUrl }))).Messages?.[0]?.Body,
    );
    expect(JSON.parse(told)).toMatchObject({
      'detail-type': 'Step Functions Execution Status Change',
      detail: { executionArn, status: 'ABORTED' },
    });
  });

  it('takes an event of AWS from nobody but AWS, for which root stands here', async () => {
    const own = new EventBridgeClient(clientOptions(localAws(), await assume(localAws(), role, 'forger')));
    const { Entries } = await own.send(new PutEventsCommand({ Entries: [finding] }));
    expect(Entries?.[0]?.ErrorCode).toBe('NotAuthorizedForSourceException');
  });
});
