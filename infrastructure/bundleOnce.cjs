'use strict';

const { build } = require('esbuild');
const { options } = require('./bundle.cjs');

/*
 * Bundles all functions in one build. serverless-esbuild makes a build for each, all at once, and so reads the AWS SDK as
 * often as there are functions: three times the work and the memory (8 GB) for the same bundles, byte for byte. What it
 * finds built it takes; where a version of it looks elsewhere, it builds each by itself, as it always did.
 */
class BundleOnce {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = { 'before:package:createDeploymentArtifacts': () => this.offer() };
  }

  offer() {
    const bundler = this.serverless.pluginManager.plugins.find((plugin) => 'buildCache' in plugin);
    if (bundler === undefined) return;
    const entryPoints = [...new Set(bundler.functionEntries.map(({ entry }) => entry))];
    const { define } = bundler.buildOptions;
    const { exclude: external, ...wanted } = options;
    const all = { ...wanted, external, define, entryPoints, outbase: '.', outdir: bundler.buildDirPath };
    let built;
    const rebuild = () => {
      built ??= build(all);
      return built;
    };
    bundler.buildCache = Object.fromEntries(entryPoints.map((entry) => [entry, { result: { rebuild } }]));
  }
}

module.exports = BundleOnce;
