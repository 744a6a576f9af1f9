'use strict';

/*
 * What the local AWS does not know and the local stage therefore leaves out, each with its reason. A test tries every
 * entry, so that the list is never longer than it needs to be.
 */
const { resourceNames } = require('./queries.cjs');

const ofEach = (names, reason) => Object.fromEntries(names.map((name) => [name, reason]));

module.exports = {
  Trail:
    'its CloudFormation knows no AWS::CloudTrail::Trail, and its CloudTrail writes no log files; tests write them into the bucket',
  EventBusPolicy:
    'its CloudFormation knows no AWS::Events::EventBusPolicy; on the local bus only the account itself speaks',
  ...ofEach(
    resourceNames,
    'its CloudFormation knows no AWS::Logs::QueryDefinition, and its Insights ignores stats; a test checks the text of the queries',
  ),
};
