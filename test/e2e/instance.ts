/** The tests' own instance, so that neither a demo nor a running `local:up` is in their way. */
export const TEST_INSTANCE = '.local/test';
