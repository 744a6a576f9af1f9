'use strict';

const { approvalOf, DRILLED } = require('./drill.cjs');

/*
 * How a function is bundled: for serverless-esbuild (custom.esbuild in serverless.yml) and for the benchmark, which
 * measures it against the alternatives (docs/benchmarks.md).
 */
const options = {
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

/**
 * For `${file(infrastructure/bundle.cjs)}`. What the policy file allows goes into the bundles: it may be longer than the
 * environment that Lambda takes (4 KB), and must cost no call while a function waits to be contained.
 */
module.exports = async ({ resolveVariable }) => {
  const [{ allowances, watchlist, approvals, approvers, drillSchedule, routes }, rolePrefix, account] =
    await Promise.all([
      resolveVariable('self:custom.config'),
      resolveVariable('self:custom.names.rolePrefix'),
      resolveVariable('aws:accountId'),
    ]);
  // Before all others: nothing that policy asks of releases stands in the way of a drill.
  const { rules, stages, ...rest } = JSON.parse(approvals);
  const drills =
    drillSchedule === '' ? [] : [approvalOf(approvers, `arn:aws:iam::${account}:role/${rolePrefix}-drill`)];
  return {
    ...options,
    define: {
      'process.env.TOURNIQUET_ALLOWANCES': JSON.stringify(allowances),
      'process.env.TOURNIQUET_APPROVALS': JSON.stringify(
        JSON.stringify({
          rules: [...drills, ...rules],
          stages: [{ functions: `${DRILLED}*`, concurrency: [], sources: [] }, ...stages],
          ...rest,
        }),
      ),
      'process.env.TOURNIQUET_ROUTES': JSON.stringify(routes),
      'process.env.TOURNIQUET_WATCHLIST': JSON.stringify(watchlist),
    },
  };
};
module.exports.options = options;
