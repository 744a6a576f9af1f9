'use strict';

/** Whether an address is one of this machine's own: what the local stage may talk to. */
const endpointIsLoopback = (address) => {
  try {
    const { protocol, hostname } = new URL(address);
    return (
      /^https?:$/.test(protocol) &&
      (hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname))
    );
  } catch {
    return false;
  }
};

module.exports = { endpointIsLoopback };
