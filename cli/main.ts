import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { Command, InvalidArgumentError, Option } from 'commander';
import { complain, green, red, say, tame } from '../local/print';
import {
  cutClients,
  eventsClient,
  iamClient,
  kinesisClient,
  lambdaClient,
  logsClient,
  metricsClient,
  scalingClient,
  sqsClient,
  ssmClient,
  stsClient,
  tableClient,
} from '../shared/aws/clients';
import { listEnv } from '../shared/aws/environment';
import { readLedgers } from '../shared/containment/ledger';
import { planContainment } from '../shared/containment/plan';
import { controlTools } from '../shared/containment/tools';
import { findOnly } from '../shared/dependants/findOnly';
import { NotOpenedError, openByHand } from '../shared/detection/openByHand';
import { DrillFailedError, drill } from '../shared/drill/drill';
import { IncidentNotFoundError } from '../shared/incident/errors';
import { isAct, isRelease } from '../shared/incident/incident';
import { getEvent, getIncident, listEntries, listIncidents, type Records } from '../shared/incident/store';
import { ADDABLES, type Addable } from '../shared/policy/addable';
import { refusal } from '../shared/policy/guards';
import { modesBySeverity } from '../shared/policy/mode';
import { FORCEABLE } from '../shared/recovery/forceable';
import { WAIVABLE, type Waivable } from '../shared/recovery/gate';
import { trendsOf } from '../shared/report/trends';
import { approveState } from './approve';
import { addAuditCommand } from './audit';
import { addComplianceCommand } from './compliance/command';
import { addDetectCommand } from './detect/command';
import { addDoctorCommand } from './doctor/command';
import { addEstimateCommand } from './estimate/command';
import { NoChainError } from './evidence/chain';
import { addEvidenceCommands } from './evidence/commands';
import { NotThisBundleError } from './evidence/pull';
import { TrustStoreError } from './evidence/trustStore';
import { incidentId } from './incidentId';
import { findSuspect, NoFunctionError, planPage } from './plan';
import { AlreadyProtectedError, protectionPage, protectLogs } from './protectLogs';
import { receiptsOf, receiptsPage } from './receipts';
import { recordRead } from './recordRead';
import { addReportCommand } from './report/command';
import { addSecretsCommands, SecretRefusedError } from './secrets';
import { sendDecision } from './sendDecision';
import { deployedSettings } from './settings';
import { incidentPage, incidentTable, publicView } from './show';
import { findTarget, NoTargetError } from './target';
import { addTightenCommand, NoRoleError } from './tighten/command';
import { trendsPage } from './trends';
import { undoOf } from './undo';

/** Exit codes: 0 done, 1 refused or failed, 2 usage. */
const program = new Command('tourniquet')
  .description(
    'Incidents of compromised Lambda functions: plan, list, look, decide, undo, audit, verify the evidence.',
  )
  .addOption(
    new Option('--stage <stage>', 'the deployment: a stage of a real account, with your AWS credentials'),
  )
  .showHelpAfterError('(see npx tourniquet --help)')
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

const target = () => findTarget(program.opts<{ stage?: string }>().stage);

const records = async (): Promise<Records> => {
  const { table } = await target();
  return { db: tableClient(), table, now: () => new Date() };
};

const wholeDays = (text: string): number => {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > 3650)
    throw new InvalidArgumentError('It must be a whole number of days, 1 to 3650.');
  return days;
};

program
  .command('incidents')
  .description('list incidents, newest first, and what those of the last days have in common')
  .option(
    '--trends',
    'the trends alone: count by week, causes, outcomes, times to detect, contain, decide, recover',
  )
  .option('--days <n>', 'of how many days the trends are', wholeDays, 90)
  .option('--json', 'as a JSON array; with --trends as one object')
  .action(async ({ trends, days, json }: { trends?: boolean; days: number; json?: boolean }) => {
    const incidents = await listIncidents(await records());
    const found = trendsOf(incidents, new Date(), days);
    if (json) say(JSON.stringify(trends ? found : incidents.map(publicView), null, 2));
    else say(trends ? trendsPage(found) : `${incidentTable(incidents)}\n\n${trendsPage(found)}`);
  });

program
  .command('show')
  .argument('<id>', 'the incident', incidentId)
  .description('one incident: what happened, what was done, what is open')
  .option('--json', 'as JSON, with ledger, history and the event as delivered')
  .action(async (id: string, { json }: { json?: boolean }) => {
    const from = await records();
    const incident = await getIncident(from, id);
    const [ledger, history, event] = await Promise.all([
      readLedgers(from, incident),
      listEntries(from, id),
      getEvent(from, id),
    ]);
    say(
      json
        ? JSON.stringify({ ...publicView(incident), ledger, history, event }, null, 2)
        : incidentPage(incident, ledger, history, event),
    );
  });

program
  .command('plan')
  .argument('<function>', 'its name or ARN')
  .description('what containing a function would do, and whom it would reach; changes nothing')
  .option('--json', 'as JSON, with the captured state and the commands that put it back')
  .action(async (asked: string, { json }: { json?: boolean }) => {
    const { table, prefix } = await target();
    const lambda = lambdaClient();
    const settings = await deployedSettings(lambda, prefix);
    const suspect = await findSuspect(asked, lambda, settings);
    const clients = { lambda, iam: iamClient(), sqs: sqsClient(), scaling: scalingClient() };
    const from: Records = { db: tableClient(), table, now: () => new Date() };
    const events = eventsClient();
    const members = listEnv('TOURNIQUET_MEMBER_ACCOUNTS');
    const tools = {
      ...controlTools({ ...clients, records: from }, settings, { id: 'plan', containment: 0 }),
      dependants: findOnly(settings, members, { ...cutClients(), ssm: ssmClient() }),
    };
    const plan = await planContainment(suspect, tools, {
      events,
      metrics: metricsClient(),
      kinesis: kinesisClient(),
      refused: refusal(suspect, settings),
    });
    const modes = modesBySeverity(suspect.functionName, suspect.tags, settings);
    say(json ? JSON.stringify({ ...plan, modes }, null, 2) : planPage(plan, modes));
  });

const severity = (text: string): number => {
  const grade = Number(text);
  if (text.trim() === '' || !(grade >= 0 && grade <= 10))
    throw new InvalidArgumentError('It must be a number from 0 to 10.');
  return grade;
};

program
  .command('open')
  .argument('<function>', 'its name or ARN')
  .description('report a function yourself: the response goes as far as its mode says (plan shows it)')
  .requiredOption('--reason <text>', 'what you saw; told to everybody who is told of the incident')
  .option('--severity <n>', "0 to 10, in GuardDuty's scale", severity, 8)
  .action(async (asked: string, { reason, severity: grade }: { reason: string; severity: number }) => {
    const { prefix } = await target();
    const lambda = lambdaClient();
    const suspect = await findSuspect(asked, lambda, await deployedSettings(lambda, prefix));
    const id = await openByHand(
      suspect,
      { reason: reason.slice(0, 2000), severity: grade },
      prefix,
      eventsClient(),
    );
    say(`Reported ${tame(suspect.arn)} as ${id}: npx tourniquet incidents shows what came of it`);
  });

program
  .command('drill')
  .description(
    'contain and release a throw-away function by the real path, as an approver; exit code 1 where a step fails',
  )
  .action(async () => {
    const known = await target();
    await drill({
      lambda: lambdaClient(),
      iam: iamClient(),
      events: eventsClient(),
      records: await records(),
      bus: known.prefix,
      decide: (decision) => sendDecision(known, decision),
      step: (seconds, what) => say(`${seconds.toFixed(1).padStart(7)} s  ${tame(what)}`),
    });
    say(green('The drill went as it must.'));
  });

program
  .command('approve')
  .argument('<function>', 'its name or ARN')
  .description('the function as it stands is as it should be: the sweep compares with that from now on')
  .requiredOption('--reason <text>', 'why: it is kept with your name')
  .action(async (asked: string, { reason }: { reason: string }) => {
    const { prefix } = await target();
    const lambda = lambdaClient();
    const suspect = await findSuspect(asked, lambda, await deployedSettings(lambda, prefix));
    const lines = await approveState(
      suspect.arn,
      { reason: reason.slice(0, 1000), prefix },
      { lambda, iam: iamClient(), db: tableClient(), sts: stsClient() },
    );
    say(lines.map(tame).join('\n'));
  });

program
  .command('protect-logs')
  .argument('<function>', 'its name or ARN')
  .description(
    "CloudWatch Logs' own data protection for a function's log group: shows it; --apply puts it on",
  )
  .option('--apply', 'put it on, with your AWS credentials')
  .action(async (asked: string, { apply = false }: { apply?: boolean }) => {
    const { prefix } = await target();
    const lambda = lambdaClient();
    const suspect = await findSuspect(asked, lambda, await deployedSettings(lambda, prefix));
    const partition = suspect.arn.split(':')[1] ?? 'aws';
    if (!apply) {
      say(protectionPage(suspect.logGroup, suspect.region, partition));
      return;
    }
    const outcome = await protectLogs(logsClient(), suspect.logGroup, partition);
    say(`${tame(suspect.logGroup)}: ${outcome}`);
  });

program
  .command('receipts')
  .description('what would have been contained, what that would have reached, and for how long')
  .option('--days <n>', 'of the last days', wholeDays, 14)
  .option('--json', 'as JSON')
  .action(async ({ days, json }: { days: number; json?: boolean }) => {
    const receipts = receiptsOf(await listIncidents(await records()), new Date(), days);
    say(json ? JSON.stringify(receipts, null, 2) : receiptsPage(receipts));
  });

program
  .command('undo')
  .argument('<id>', 'the incident', incidentId)
  .description('the AWS CLI commands that put everything back, from the ledger alone; runs nothing')
  .action(async (id: string) => {
    const { table, prefix } = await target();
    const from: Records = { db: tableClient(), table, now: () => new Date() };
    process.stdout.write(await undoOf(from, id, prefix));
    // After it, so that nothing stands between a human and the way back.
    await recordRead(from, id, 'undo-read', 'undo commands printed');
  });

const ACTIONS = {
  release: 'release',
  replay: 'release_with_replay',
  releaseWithReplay: 'release_with_replay',
  falsePositive: 'false_positive',
  keep: 'keep',
  contain: 'contain',
  dismiss: 'dismiss',
  recontain: 'recontain',
  extend: 'extend',
  take: 'take',
  add: 'add',
  done: 'done',
  waive: 'waive',
} as const;
type Chosen = Partial<Record<Exclude<keyof typeof ACTIONS, 'extend' | 'add' | 'done' | 'waive'>, boolean>> & {
  readonly extend?: number;
  readonly add?: Addable;
  readonly done?: string;
  readonly waive?: Waivable;
  readonly reason: string;
  readonly force: readonly string[];
};

const hoursOf = (value: string): number => {
  const hours = Number(value);
  if (value.trim() === '' || !(hours >= 1 && hours <= 72))
    throw new InvalidArgumentError('It must be a number of hours from 1 to 72.');
  return hours;
};

const taskOf = (value: string): string => {
  if (!/^[0-9a-f]{8}$/.test(value))
    throw new InvalidArgumentError('It must be the id of a task: npx tourniquet show <incident>.');
  return value;
};

const oneMoreControl = (control: string, before: readonly string[]): readonly string[] => {
  if (!FORCEABLE.includes(control))
    throw new InvalidArgumentError(`It must be one of ${FORCEABLE.join(', ')}.`);
  return [...before, control];
};

program
  .command('decide')
  .argument('<id>', 'the incident', incidentId)
  .description('decide as an approver, with the identity of your AWS credentials')
  .option('--release', 'verify the fix, then put everything back as it was')
  .option('--replay', 'the same, then send it the events that were held')
  .addOption(new Option('--release-with-replay', 'as --replay').hideHelp())
  .option('--false-positive', 'put everything back without a fix')
  .option('--keep', 'keep it contained')
  .option('--contain', 'contain it (an incident that asks)')
  .option('--dismiss', 'leave it running (an incident that asks)')
  .option('--recontain', 'contain it again (one that was released and is watched)')
  .addOption(new Option('--extend <hours>', 'ask nobody again for so long').argParser(hoursOf))
  .option('--take', 'look after it')
  .addOption(
    new Option('--add <control>', 'put it on beside, where policy leaves it to approvers').choices(ADDABLES),
  )
  .addOption(new Option('--done <task>', 'close a task: --reason says how it was done').argParser(taskOf))
  .addOption(new Option('--waive <check>', 'release it although this check fails').choices(WAIVABLE))
  .addOption(
    new Option(
      '--force <control>',
      'with a release: put it back although somebody changed it meanwhile; may be given again',
    )
      .argParser(oneMoreControl)
      .default([], 'what was changed is left'),
  )
  .requiredOption('--reason <text>', 'why: kept in the post-mortem')
  .action(
    async (
      id: string,
      { reason, force, extend: hours, add: control, done: task, waive: check, ...chosen }: Chosen,
      command: Command,
    ) => {
      const actions = (Object.keys(ACTIONS) as (keyof typeof ACTIONS)[]).filter((name) =>
        name === 'extend' || name === 'add' || name === 'done' || name === 'waive'
          ? { extend: hours, add: control, done: task, waive: check }[name] !== undefined
          : chosen[name] === true,
      );
      const [choice] = actions;
      if (choice === undefined || actions.length > 1) {
        command.error(
          'error: give one of --release, --replay, --false-positive, --keep, --contain, --dismiss, --recontain, --extend, --take, --add, --done, --waive',
          {
            exitCode: 2,
          },
        );
        return;
      }
      const action = ACTIONS[choice];
      if (force.length > 0 && (isAct(action) || !isRelease(action))) {
        command.error('error: --force goes with --release, --replay or --false-positive', {
          exitCode: 2,
        });
        return;
      }
      const { status, body } = await sendDecision(await target(), {
        incidentId: id,
        action,
        reason,
        ...(force.length === 0 ? {} : { force }),
        ...(hours === undefined ? {} : { hours }),
        ...(control === undefined ? {} : { control }),
        ...(task === undefined ? {} : { task }),
        ...(check === undefined ? {} : { check }),
      });
      if (status === 200) {
        say(
          body.note
            ? `Noted for ${id}: ${body.note}`
            : `Taken: ${action} for ${id}. Follow it with: npx tourniquet show ${id}`,
        );
        return;
      }
      complain(red(`Not taken (${status}): ${body.error ?? body.message ?? 'no reason given'}`));
      process.exitCode = 1;
    },
  );

addReportCommand(program, records);
addTightenCommand(program, target, records);
addAuditCommand(program, target);
addComplianceCommand(program, target);
addEvidenceCommands(program, target);
addDetectCommand(program);
addDoctorCommand(program, target);
addEstimateCommand(program);
addSecretsCommands(program, target);

program.parseAsync().catch((error: unknown) => {
  const known =
    error instanceof NoTargetError ||
    error instanceof IncidentNotFoundError ||
    error instanceof NoFunctionError ||
    error instanceof NoRoleError ||
    error instanceof NotOpenedError ||
    error instanceof AlreadyProtectedError ||
    error instanceof NoChainError ||
    error instanceof NotThisBundleError ||
    error instanceof TrustStoreError ||
    error instanceof SecretRefusedError ||
    error instanceof DrillFailedError;
  const what = error instanceof Error ? error.message : String(error);
  complain(red(known || !(error instanceof DynamoDBServiceException) ? what : `DynamoDB: ${what}`));
  if (process.env.DEBUG && error instanceof Error) complain(error.stack ?? '');
  process.exitCode = 1;
});
