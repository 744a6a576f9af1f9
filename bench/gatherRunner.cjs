'use strict';
// Runs a bundled gatherEvidence as Lambda would: one process, again while there is more, a quarter of an hour each time.
const QUARTER_OF_AN_HOUR = 900_000;
const [, , bundle, incidentId] = process.argv;

const main = async () => {
  const { handler } = require(bundle);
  const seconds = [];
  for (let more = true; more; ) {
    const began = performance.now();
    const context = { getRemainingTimeInMillis: () => QUARTER_OF_AN_HOUR - (performance.now() - began) };
    ({ more } = await handler({ incidentId }, context));
    seconds.push((performance.now() - began) / 1000);
  }
  process.stdout.write(`${JSON.stringify(seconds)}\n`);
};

main().then(
  // Connections that are kept alive would keep the process.
  () => process.exit(0),
  (error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  },
);
