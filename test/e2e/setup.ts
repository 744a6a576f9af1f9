import { down, up } from '../../local/instance';
import { TEST_INSTANCE } from './instance';

/** Deploys the stack as a user would, into a local AWS of the tests' own. */
export default async (): Promise<void> => {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  await down(TEST_INSTANCE);
  await up(TEST_INSTANCE, (text) => process.stderr.write(`${text}\n`));
};
