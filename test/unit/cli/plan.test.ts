import type { LambdaClient } from '@aws-sdk/client-lambda';
import { ResourceNotFoundException } from '@aws-sdk/client-lambda';
import { findSuspect, planPage } from '../../../cli/plan';
import { denyPolicyArnOf } from '../../../cli/undo';
import { anIncident } from '../../fixtures/incident';
import { aPlan } from '../../fixtures/plan';
import { readYaml } from '../../fixtures/repository';

const OWN = { ownAccountId: '123456789012', ownRegion: 'eu-west-1' };

/** Lambda, in which there is one function. */
const lambda = (asked: string[] = []): LambdaClient =>
  ({
    send: async ({ input }: { input: { FunctionName: string } }) => {
      asked.push(input.FunctionName);
      if (!/(?:^|:)order-worker(?::live)?$/.test(input.FunctionName))
        throw new ResourceNotFoundException({ message: 'not found', $metadata: {} });
      const qualifier = input.FunctionName.endsWith(':live') ? ':live' : '';
      return {
        Configuration: {
          FunctionArn: `arn:aws:lambda:eu-west-1:123456789012:function:order-worker${qualifier}`,
          Role: 'arn:aws:iam::123456789012:role/order-worker',
        },
      };
    },
  }) as unknown as LambdaClient;

describe('the function that is asked for', () => {
  it.each([
    ['order-worker', null],
    ['order-worker:live', 'live'],
    ['arn:aws:lambda:eu-west-1:123456789012:function:order-worker', null],
    ['arn:aws:lambda:eu-west-1:123456789012:function:order-worker:live', 'live'],
  ])('is found as %s', async (asked, qualifier) => {
    expect(await findSuspect(asked, lambda(), OWN)).toMatchObject({
      arn: 'arn:aws:lambda:eu-west-1:123456789012:function:order-worker',
      qualifier,
    });
  });

  it.each([
    ['nobody', /^there is no function nobody in 123456789012, eu-west-1$/],
    ['arn:aws:lambda:eu-west-1:123456789012:function:nobody', /^there is no function/],
    ['arn:aws:lambda:us-east-1:123456789012:function:order-worker', /us-east-1, and this deployment guards/],
    ['../x', /neither the name nor the ARN/],
    ['x\u001b[2J', /^x is neither/],
  ])('is one clear error for %j', async (asked, message) => {
    await expect(findSuspect(asked, lambda(), OWN)).rejects.toMatchObject({
      name: 'NoFunctionError',
      message: expect.stringMatching(message),
    });
  });
});

describe('a plan for people', () => {
  const page = planPage(aPlan(), ['severity 7 and higher: respond (why)', 'severity below 7: observe (why)']);

  it('has every step with what it found, does, and is undone by', () => {
    expect(page).toContain('1. Reserved concurrency');
    expect(page).toContain('found    no reservation');
    expect(page).toContain('does     reserve 0');
    expect(page).toContain('inverse  remove the reservation');
    expect(page).toContain('aws lambda delete-function-concurrency');
    expect(page).toContain('caution  what runs runs on');
    expect(page).toContain('2. Execution role: NOT KNOWN whether it applies');
    expect(page).toContain('3. Event source mappings: nothing to do: the function has none');
  });

  it('tells nothing from not known (invariant 8)', () => {
    expect(page).toContain('Function URLs: 0');
    expect(page).toContain('Callers with permissions of their own: not known (they are on no list)');
    expect(page).toContain('EventBridge rules: 2\n     nightly on the bus default');
  });

  it('says how far a finding would go, by its severity', () => {
    expect(page).toContain('  severity 7 and higher: respond (why)\n  severity below 7: observe (why)');
  });

  it('lets no name bring escape sequences or lines of its own', () => {
    const hostile = 'x\u001b[2J\u009b31m\r\nNothing was found';
    const text = planPage(
      aPlan({
        standing: [hostile],
        losses: [hostile],
        cannotContain: [hostile],
        steps: [
          { control: 'a', title: hostile, stage: 0, applies: false, why: hostile },
          { control: 'b', title: hostile, stage: 0, applies: 'unknown', unknown: hostile },
          {
            control: 'c',
            title: hostile,
            stage: 0,
            applies: true,
            found: hostile,
            does: hostile,
            inverse: hostile,
            cautions: [hostile],
            undo: [hostile],
          },
        ],
        blastRadius: [{ id: 'rules', title: hostile, count: 1, lines: [hostile], notKnown: hostile }],
      }),
      [hostile],
    );

    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
    expect(text).not.toMatch(/[\u001b\u009b\r]/);
    expect(text).not.toMatch(/^Nothing was found/m);
  });

  it('cuts a list that nobody would read, and says so', () => {
    const lines = Array.from({ length: 40 }, (_, index) => `rule-${index}`);
    const text = planPage(
      aPlan({ blastRadius: [{ id: 'rules', title: 'EventBridge rules', count: 40, lines }] }),
      [],
    );

    expect(text).toContain('EventBridge rules: 40');
    expect(text).toContain('and 25 more: --json has all');
  });
});

describe('the deny policy', () => {
  it('is named as the template names it', () => {
    const { names } = (readYaml('serverless.yml') as { custom: { names: Record<string, string> } }).custom;
    const template = (names.denyPolicyArn ?? '')
      .replace(/\$\{self:custom\.names\.denyPolicy\}/, names.denyPolicy ?? '')
      .replaceAll(/\$\{self:custom\.names\.prefix\}/g, 'tourniquet-prod')
      .replaceAll(/\$\{aws:region\}/g, 'eu-west-1')
      .replaceAll(/\$\{aws:accountId\}/g, '123456789012');

    expect(denyPolicyArnOf(anIncident(), 'tourniquet-prod')).toBe(template);
    expect(names.table).toMatch(/^\$\{self:custom\.names\.prefix\}-incidents$/);
  });
});
