'use strict';

/*
 * The policy of the table of the histories. It binds everybody in the account, whatever IAM allows elsewhere: an entry can
 * be read, and a new one can be inserted, and that is all. PartiQL's INSERT fails where the key is taken (PutItem would
 * overwrite), so dynamodb:PartiQLInsert is the one way to write that is left.
 */

/** Everything else by which an item is written, changed or deleted. A transaction asks for these, item by item. */
const REWRITES = [
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
  'dynamodb:BatchWriteItem',
  'dynamodb:PartiQLUpdate',
  'dynamodb:PartiQLDelete',
];

/** By which a whole table goes, or its items by themselves. */
const ENDS = ['dynamodb:DeleteTable', 'dynamodb:UpdateTimeToLive'];

const historyPolicy = (tableName) => {
  // A table's policy cannot refer to the table.
  const Resource = {
    'Fn::Sub': `arn:\${AWS::Partition}:dynamodb:\${AWS::Region}:\${AWS::AccountId}:table/${tableName}`,
  };
  return {
    Version: '2012-10-17',
    Statement: [
      { Sid: 'NobodyChangesAnEntry', Effect: 'Deny', Principal: { AWS: '*' }, Action: REWRITES, Resource },
      { Sid: 'NobodyEndsTheTable', Effect: 'Deny', Principal: { AWS: '*' }, Action: ENDS, Resource },
    ],
  };
};

/** For `${file(infrastructure/historyPolicy.cjs)}`. */
module.exports = async ({ resolveVariable }) =>
  historyPolicy(await resolveVariable('self:custom.names.historyTable'));
module.exports.historyPolicy = historyPolicy;
