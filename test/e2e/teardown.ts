import { down } from '../../local/instance';
import { TEST_INSTANCE } from './instance';

export default async (): Promise<void> => {
  await down(TEST_INSTANCE);
};
