'use strict';

const common = {
  rootDir: __dirname,
  // Packages that are ES modules alone.
  transformIgnorePatterns: ['/node_modules/(?!@secretlint/)'],
  transform: {
    '\\.tsx?$|/@secretlint/.*\\.js$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  testEnvironment: 'node',
  modulePathIgnorePatterns: ['<rootDir>/.serverless', '<rootDir>/.esbuild', '<rootDir>/.local'],
};

/** unit: pure. integration: against a local AWS without the stack. e2e: against the deployed stack. */
module.exports = {
  // Much of a test's time is waiting for a local AWS of its own.
  maxWorkers: '100%',
  projects: ['unit', 'integration', 'e2e'].map((name) => ({
    ...common,
    displayName: name,
    testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
    runner: '<rootDir>/test/lanes.cjs',
    // No test judges how fast the machine is: what is waited for is said and bounded in the tests themselves.
    setupFilesAfterEnv: ['<rootDir>/test/patience.ts'],
    ...(name === 'e2e'
      ? {
          globalSetup: '<rootDir>/test/e2e/setup.ts',
          globalTeardown: '<rootDir>/test/e2e/teardown.ts',
        }
      : {}),
  })),
};
