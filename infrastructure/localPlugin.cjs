'use strict';

/*
 * What the local stage needs and a real account must not see. On any other stage this plugin does nothing.
 */

class LocalPlugin {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = { 'before:aws:deploy:deploy:checkForChanges': () => this.adapt() };
  }

  adapt() {
    const provider = this.serverless.getProvider('aws');
    if (provider.getStage() !== 'local') return;
    const { endpointIsLoopback } = require('./loopback.cjs');
    if (!endpointIsLoopback(process.env.AWS_ENDPOINT_URL)) {
      throw new this.serverless.classes.Error(
        'The stage "local" deploys to the local AWS alone: run it through "npm run local:up", which sets AWS_ENDPOINT_URL.',
      );
    }
    const request = provider.request.bind(provider);
    provider.request = (service, method, params, ...rest) => {
      // The emulator's ValidateTemplate reads a body, not an address: the template is validated by its deployment.
      if (method === 'validateTemplate') return Promise.resolve({});
      return request(service, method, params, ...rest);
    };
  }
}

module.exports = LocalPlugin;
