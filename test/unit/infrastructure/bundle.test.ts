import { readApprovals } from '../../../shared/aws/approvals';
import { readTelling } from '../../../shared/aws/routes';
import { stageRuleOf } from '../../../shared/recovery/stages';
import { readYaml } from '../../fixtures/repository';

type Parameters = Readonly<Record<string, unknown>>;
const { checkConfig } = require('../../../infrastructure/config.cjs') as {
  checkConfig: (parameters: Parameters) => Parameters;
};
const bundling = require('../../../infrastructure/bundle.cjs') as (serverless: {
  resolveVariable: (name: string) => Promise<unknown>;
}) => Promise<{ define: Readonly<Record<string, string>> }>;
const { DRILLED } = require('../../../infrastructure/drill.cjs') as { DRILLED: string };

const { params } = readYaml('serverless.yml') as { params: Record<string, Parameters> };

/** What a function with these parameters has in its bundle. */
const bundledWith = async (more: Parameters) => {
  const answers: Readonly<Record<string, unknown>> = {
    'self:custom.config': checkConfig({
      ...params.default,
      approvers: 'U0ONCALL',
      slackChannel: 'C0123456789',
      ...more,
    }),
    'self:custom.names.rolePrefix': 'tourniquet-prod',
    'aws:accountId': '123456789012',
  };
  return (await bundling({ resolveVariable: async (name) => answers[name] })).define;
};

describe('what the policy asks of releases, in a bundle', () => {
  afterEach(() => {
    delete process.env.TOURNIQUET_APPROVALS;
  });

  it.each<[string, Parameters]>([
    ['by default', {}],
    [
      'with what the local stage asks',
      {
        approvals: params.local?.approvals,
        releaseStages: params.local?.releaseStages,
        releaseFrom: params.local?.releaseFrom,
      },
    ],
    ['without drills', { drillSchedule: '' }],
  ])('is read there as it was written %s', async (_when, more) => {
    const define = await bundledWith(more);
    process.env.TOURNIQUET_APPROVALS = JSON.parse(define['process.env.TOURNIQUET_APPROVALS'] ?? '""');

    const { stages = [], from } = readApprovals();
    expect(from?.stagedIn).toEqual(
      (more.releaseFrom as { readonly stagedIn: unknown } | undefined)?.stagedIn ?? [],
    );
    expect(stageRuleOf(`${DRILLED}1`, stages)?.concurrency).toEqual([]);
    expect(stages.every(({ sources }) => Array.isArray(sources))).toBe(true);
  });
});

describe('what the policy says of telling, in a bundle', () => {
  afterEach(() => {
    delete process.env.TOURNIQUET_ROUTES;
  });

  it.each([24, 0])('is read there as it was written: reminders of tasks each %d hours', async (hours) => {
    const define = await bundledWith({ taskReminderHours: hours });
    process.env.TOURNIQUET_ROUTES = JSON.parse(define['process.env.TOURNIQUET_ROUTES'] ?? '""');

    expect(readTelling()).toMatchObject({ mostReminders: 72, taskReminderHours: hours });
  });
});
