'use strict';

/*
 * What the local stage needs and a real account must not see. On any other stage this plugin does nothing.
 */

class LocalPlugin {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = {
      initialize: () => this.leaveOut(),
      'before:aws:deploy:deploy:checkForChanges': () => this.adapt(),
    };
  }

  isLocal() {
    return this.serverless.getProvider('aws').getStage() === 'local';
  }

  leaveOut() {
    if (!this.isLocal()) return;
    for (const name of Object.keys(require('./leftOut.cjs'))) {
      delete this.serverless.service.resources.Resources[name];
    }
  }

  adapt() {
    if (!this.isLocal()) return;
    const { endpointIsLoopback } = require('./loopback.cjs');
    if (!endpointIsLoopback(process.env.AWS_ENDPOINT_URL)) {
      throw new this.serverless.classes.Error(
        'The stage "local" deploys to the local AWS alone: run it through "npm run local:up", which sets AWS_ENDPOINT_URL.',
      );
    }
    const provider = this.serverless.getProvider('aws');
    const request = provider.request.bind(provider);
    provider.request = (service, method, params, ...rest) => {
      // The emulator's ValidateTemplate reads a body, not an address: the template is validated by its deployment.
      if (method === 'validateTemplate') return Promise.resolve({});
      return request(service, method, params, ...rest);
    };
  }
}

module.exports = LocalPlugin;
