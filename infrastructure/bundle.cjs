'use strict';

/*
 * How a function is bundled: for serverless-esbuild (custom.esbuild in serverless.yml) and for the benchmark, which
 * measures it against the alternatives (docs/benchmarks.md).
 */
module.exports = {
  bundle: true,
  minify: true,
  keepNames: true, // Step Functions matches errors by name
  platform: 'node',
  target: 'node22',
  // ES modules first: of CommonJS, esbuild's default for Node, nothing that is not used can be left out.
  mainFields: ['module', 'main'],
  // The SDK too: Lambda's own is read file by file, and that takes longer than a bundle of what is used.
  exclude: [],
};
