'use strict';

/*
 * What the local AWS does not know and the local stage therefore leaves out, each with its reason. A test tries every
 * entry, so that the list is never longer than it needs to be.
 */
module.exports = {
  EventBusPolicy:
    'its CloudFormation knows no AWS::Events::EventBusPolicy; on the local bus only the account itself speaks',
};
