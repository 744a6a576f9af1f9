'use strict';
// Loaded before a command that is measured: leaves its peak resident memory, in bytes, in the file that it is told.
const { writeFileSync } = require('node:fs');

process.on('exit', () => {
  // getrusage gives kilobytes; Node.js converts macOS's bytes to them.
  writeFileSync(process.env.TOURNIQUET_BENCH_RSS, String(process.resourceUsage().maxRSS * 1024));
});
