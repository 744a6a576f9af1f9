'use strict';

const { default: TestRunner } = require('jest-runner');

/** The tests of the deployed stack share it, and its limits: one file at a time, while the others' run side by side. */
module.exports = class OneAtATime extends TestRunner {
  isSerial = true;
};
