import { CONTROLS } from '../../../../shared/containment/controls';
import type { HeldBefore } from '../../../../shared/containment/heldQueue';
import { CHOICES } from '../../../fixtures/choices';
import { aSuspect } from '../../../fixtures/suspect';

const control = CONTROLS.find(({ id }) => id === 'held-events');
const queue = { name: 'p-s-held-inc-1', arn: 'arn:aws:sqs:eu-west-1:123456789012:p-s-held-inc-1' };
const context = { denyPolicyArn: 'arn:aws:iam::123456789012:policy/deny', prefix: 'p-s' };
const captured = (changes: Partial<HeldBefore> = {}): HeldBefore => ({
  queue,
  targets: [{ qualifier: null, settings: null }],
  deadLetters: null,
  ...changes,
});

describe('held events', () => {
  it('are undone by a deletion where there was nothing', () => {
    expect(control?.undo(aSuspect(), captured(), context)).toEqual([
      `aws lambda delete-function-event-invoke-config --function-name ${aSuspect().arn} --region eu-west-1`,
    ]);
  });

  it('are undone by what was set, which no name in it can turn into another command', () => {
    const settings = {
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
      DestinationConfig: { OnFailure: { Destination: "arn:aws:sqs:eu-west-1:123456789012:'; rm -rf /" } },
    };

    expect(
      control?.undo(aSuspect(), captured({ targets: [{ qualifier: 'live', settings }] }), context),
    ).toEqual([
      `aws lambda put-function-event-invoke-config --function-name ${aSuspect().arn} --qualifier live --maximum-retry-attempts 0 --maximum-event-age-in-seconds 60 --destination-config '{"OnFailure":{"Destination":"arn:aws:sqs:eu-west-1:123456789012:'\\''; rm -rf /"}}' --region eu-west-1`,
    ]);
  });

  it('say where events go when the function has a dead-letter queue of its own', () => {
    const deadLetters = 'arn:aws:sqs:eu-west-1:123456789012:dead';
    const told = control?.describe(aSuspect(), captured({ deadLetters }), CHOICES);

    expect(told?.does).toContain(queue.name);
    expect(told?.cautions).toContainEqual(
      expect.stringMatching(`${deadLetters} stays set and gets nothing while the role is denied`),
    );
    expect(control?.describe(aSuspect(), captured(), CHOICES).cautions.join()).not.toContain(
      'dead-letter queue arn',
    );
  });
});
