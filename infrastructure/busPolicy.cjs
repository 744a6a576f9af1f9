'use strict';

/*
 * Who may put findings on the service's own bus: our own roles and the IAM principals among the approvers. Anybody else
 * who could write there could have a function contained, whatever else an account allows them.
 */

const policyOf = (prefix, approvers) => {
  const people = approvers.split(',').filter((entry) => entry.startsWith('arn:'));
  const ours = { 'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/${prefix}-*` };
  return {
    Resources: {
      EventBusPolicy: {
        Type: 'AWS::Events::EventBusPolicy',
        Properties: {
          EventBusName: { Ref: 'EventBus' },
          StatementId: 'OursAndApproversAlone',
          Statement: {
            Effect: 'Deny',
            Principal: '*',
            Action: 'events:PutEvents',
            Resource: { 'Fn::GetAtt': ['EventBus', 'Arn'] },
            Condition: { ArnNotLike: { 'aws:PrincipalArn': [ours, ...people] } },
          },
        },
      },
    },
  };
};

/** For `${file(infrastructure/busPolicy.cjs)}`. */
module.exports = async ({ resolveVariable }) => {
  const [prefix, config] = await Promise.all([
    resolveVariable('self:custom.names.prefix'),
    resolveVariable('self:custom.config'),
  ]);
  return policyOf(prefix, config.approvers);
};
module.exports.policyOf = policyOf;
