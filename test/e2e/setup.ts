import { DisableRuleCommand } from '@aws-sdk/client-eventbridge';
import { down, up } from '../../local/instance';
import { TEST_INSTANCE } from './instance';

/** For test/lanes.cjs, which waits for it before the first test of the stack. */
const DEPLOYED = Symbol.for('tourniquet.tests.deployed');

/** Deploys the stack as a user would, into a local AWS of the tests' own. */
const deploy = async (): Promise<void> => {
  try {
    const { clients } = await up(TEST_INSTANCE, (text) => process.stderr.write(`${text}\n`));
    // What a test changes on a contained function is its own: drift.test.ts says when the schedule comes.
    await clients.events.send(new DisableRuleCommand({ Name: 'tourniquet-local-drift-schedule' }));
  } catch (error) {
    await down(TEST_INSTANCE);
    throw error;
  }
};

/** Begins it: the tests that need no stack do not wait for it. */
export default async (): Promise<void> => {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  await down(TEST_INSTANCE);
  const deployed = deploy();
  // Whoever waits for it is told; until somebody does, that is no unhandled rejection.
  deployed.catch(() => undefined);
  Object.assign(globalThis, { [DEPLOYED]: deployed });
};
