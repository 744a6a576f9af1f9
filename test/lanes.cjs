'use strict';

const { default: TestRunner } = require('jest-runner');

/*
 * What takes long begins first, so that no core is idle at the end while one file runs on. Jest knows how long a file
 * took where it ran before, and goes by its size where it did not: on a new machine the first of these would be last.
 */
const LONGEST = ['containment/crash', 'approval/quorum', 'containment/property', 'localAws/install'];

/** What test/e2e/setup.ts begins: a promise that is kept once the stack is deployed. */
const DEPLOYED = Symbol.for('tourniquet.tests.deployed');

/** Searches what all other tests of the stack have left behind. */
const isLast = ({ path }) => path.endsWith('/test/e2e/canaries.test.ts');

const isOfTheStack = ({ context }) => context.config.displayName?.name === 'e2e';

const rankOf = ({ path, context }) => {
  const long = LONGEST.findIndex((name) => path.endsWith(`/test/integration/${name}.test.ts`));
  if (long >= 0) return long;
  return LONGEST.length + (context.config.displayName?.name === 'unit' ? 1 : 0);
};

/**
 * The tests of the deployed stack share it, and its limits: one file at a time. All others run beside them, so that
 * neither waits for the other, nor anything but the first for the stack to be deployed.
 */
module.exports = class Lanes extends TestRunner {
  async runTests(tests, watcher, options) {
    const others = tests
      .filter((test) => !isOfTheStack(test))
      .toSorted((one, other) => rankOf(one) - rankOf(other));
    const inOrder = tests
      .filter(isOfTheStack)
      .toSorted((one, other) => Number(isLast(one)) - Number(isLast(other)));
    const oneAtATime = async () => {
      if (inOrder.length === 0) return;
      await globalThis[DEPLOYED];
      await super.runTests(inOrder, watcher, { serial: true });
    };
    const sideBySide = async () => {
      if (others.length > 0) await super.runTests(others, watcher, options);
    };
    if (!options.serial) await Promise.all([oneAtATime(), sideBySide()]);
    else {
      await sideBySide();
      await oneAtATime();
    }
  }
};
