import { DisableRuleCommand } from '@aws-sdk/client-eventbridge';
import { down, up } from '../../local/instance';
import { TEST_INSTANCE } from './instance';

/** Deploys the stack as a user would, into a local AWS of the tests' own. */
export default async (): Promise<void> => {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  await down(TEST_INSTANCE);
  const { clients } = await up(TEST_INSTANCE, (text) => process.stderr.write(`${text}\n`));
  // What a test changes on a contained function is its own: drift.test.ts says when the schedule comes.
  await clients.events.send(new DisableRuleCommand({ Name: 'tourniquet-local-drift-schedule' }));
};
