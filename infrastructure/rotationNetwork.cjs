'use strict';
const { list } = require('./policySchema.cjs');

/**
 * For `${file(infrastructure/rotationNetwork.cjs)}`: where `rotateDatabase` runs, of all functions that one alone; `false`
 * is in no VPC.
 */
module.exports = async ({ resolveVariable }) => {
  const { rotationSubnets, rotationSecurityGroups } = await resolveVariable('self:custom.config');
  const subnetIds = list(rotationSubnets);
  return subnetIds.length === 0 ? false : { subnetIds, securityGroupIds: list(rotationSecurityGroups) };
};
