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

/** Change nothing of the stack, and are busy on their own. */
const BESIDE = ['template', 'offline'];
const isBeside = ({ path }) => BESIDE.some((name) => path.endsWith(`/test/e2e/${name}.test.ts`));

const isOfTheStack = ({ context }) => context.config.displayName?.name === 'e2e';

const rankOf = ({ path, context }) => {
  const long = LONGEST.findIndex((name) => path.endsWith(`/test/integration/${name}.test.ts`));
  if (long >= 0) return long;
  return LONGEST.length + (context.config.displayName?.name === 'unit' ? 1 : 0);
};

/**
 * The tests of the deployed stack share it, and its limits: one file at a time. All others run beside them, so that
 * neither waits for the other, nor anything but the first for the stack to be deployed; what needs the stack only to be
 * there comes after those.
 */
module.exports = class Lanes extends TestRunner {
  async runTests(tests, watcher, options) {
    const others = tests
      .filter((test) => !isOfTheStack(test))
      .toSorted((one, other) => rankOf(one) - rankOf(other));
    const ofTheStack = tests.filter(isOfTheStack);
    const run = async (some, how, isDeployed) => {
      if (some.length === 0) return;
      if (isDeployed) await globalThis[DEPLOYED];
      await super.runTests(some, watcher, how);
    };
    const oneAtATime = () =>
      run(
        ofTheStack.filter((test) => !isBeside(test) && !isLast(test)),
        { serial: true },
        true,
      );
    const sideBySide = async () => {
      await run(others, options, false);
      // One by one: each keeps a core busy, and the stack needs the other.
      for (const test of ofTheStack.filter(isBeside)) await run([test], options, true);
    };
    if (!options.serial) await Promise.all([oneAtATime(), sideBySide()]);
    else {
      await sideBySide();
      await oneAtATime();
    }
    await run(ofTheStack.filter(isLast), { serial: true }, true);
  }
};
