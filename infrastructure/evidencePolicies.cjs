'use strict';

/*
 * Who may loosen what keeps the evidence: the role that the parameter breakGlassRole names, and without one nobody, the
 * responder's own roles included. The policies of the bucket and of the keys say so, because they bind whatever IAM
 * allows elsewhere in the account (docs/evidence.md, docs/threat-model.md).
 */

const iamArn = (rest) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:${rest}` });
const everybody = { AWS: '*' };

/** Everybody but the break-glass role; without one, everybody. aws:PrincipalArn of a session is its role's ARN. */
const exceptFor = (breakGlassRole) =>
  breakGlassRole === '' ? {} : { ArnNotEquals: { 'aws:PrincipalArn': breakGlassRole } };

const deny = (Sid, Action, Resource, Condition = {}) => ({
  Sid,
  Effect: 'Deny',
  Principal: everybody,
  Action,
  Resource,
  ...(Object.keys(Condition).length === 0 ? {} : { Condition }),
});

const bucket = { 'Fn::GetAtt': ['EvidenceBucket', 'Arn'] };
const objects = { 'Fn::Sub': '${EvidenceBucket.Arn}/*' };

/** What a stack update needs: CloudFormation that acts with the credentials of whoever deploys. */
const NOT_THROUGH_CLOUDFORMATION = {
  'ForAllValues:StringNotEquals': { 'aws:CalledVia': ['cloudformation.amazonaws.com'] },
};

const bucketPolicy = (breakGlassRole) => ({
  Version: '2012-10-17',
  Statement: [
    deny('TlsOnly', 's3:*', [bucket, objects], { Bool: { 'aws:SecureTransport': 'false' } }),
    // Shortening a retention in governance mode is PutObjectRetention with a bypass, and so is deleting.
    deny(
      'NobodyShortensOrDeletes',
      ['s3:BypassGovernanceRetention', 's3:DeleteObjectVersion'],
      objects,
      exceptFor(breakGlassRole),
    ),
    deny('NobodyEndsALegalHold', 's3:PutObjectLegalHold', objects, {
      ...exceptFor(breakGlassRole),
      StringEquals: { 's3:object-lock-legal-hold': 'OFF' },
    }),
    deny(
      'NobodyLoosensTheBucket',
      [
        's3:PutBucketPolicy',
        's3:DeleteBucketPolicy',
        's3:PutBucketObjectLockConfiguration',
        's3:PutBucketVersioning',
        's3:PutLifecycleConfiguration',
        's3:PutEncryptionConfiguration',
        's3:PutBucketPublicAccessBlock',
        's3:PutBucketOwnershipControls',
      ],
      bucket,
      { ...exceptFor(breakGlassRole), ...NOT_THROUGH_CLOUDFORMATION },
    ),
  ],
});

const administeredThroughIam = {
  Sid: 'AccountAdministersThroughIam',
  Effect: 'Allow',
  Principal: { AWS: iamArn('root') },
  Action: 'kms:*',
  Resource: '*',
};

/*
 * PutKeyPolicy is not among them: KMS refuses a policy that keeps whoever deploys it from changing it again, and the
 * stack must be able to.
 */
const keyStays = (breakGlassRole) =>
  deny('TheKeyStays', ['kms:ScheduleKeyDeletion', 'kms:DisableKey'], '*', exceptFor(breakGlassRole));

const dataKeyPolicy = (breakGlassRole) => ({
  Version: '2012-10-17',
  Statement: [
    administeredThroughIam,
    {
      Sid: 'AlarmsAndEventsReachTopicAndQueues',
      Effect: 'Allow',
      Principal: { Service: ['cloudwatch.amazonaws.com', 'events.amazonaws.com'] },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: '*',
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    },
    keyStays(breakGlassRole),
  ],
});

/** The functions that seal. What any other principal signs would pass for evidence. */
const SIGNERS = ['gatherEvidence', 'investigate', 'search', 'driftWatch', 'postMortem'];

const signingKeyPolicy = (rolePrefix, breakGlassRole) => ({
  Version: '2012-10-17',
  Statement: [
    administeredThroughIam,
    // Whatever IAM allows: the account's administrators included.
    deny('OnlyWhatSealsSigns', 'kms:Sign', '*', {
      ArnNotEquals: { 'aws:PrincipalArn': SIGNERS.map((name) => iamArn(`role/${rolePrefix}-${name}`)) },
    }),
    keyStays(breakGlassRole),
  ],
});

/**
 * Of the key under which the values of environments are sealed. IAM gives those who seal kms:GenerateDataKey; reading is
 * for the roles that the parameter evidenceReaders names, and without one for nobody, administrators included.
 */
const secretsKeyPolicy = (readers, breakGlassRole) => ({
  Version: '2012-10-17',
  Statement: [
    administeredThroughIam,
    deny(
      'OnlyReadersDecrypt',
      ['kms:Decrypt', 'kms:ReEncryptFrom'],
      '*',
      readers.length === 0 ? {} : { ArnNotEquals: { 'aws:PrincipalArn': readers } },
    ),
    keyStays(breakGlassRole),
  ],
});

/** For `${file(infrastructure/evidencePolicies.cjs):bucket}`, `:dataKey`, `:signingKey` and `:secretsKey`. */
module.exports = async ({ resolveVariable }) => {
  const [prefix, region, { breakGlassRole, evidenceReaders }] = await Promise.all([
    resolveVariable('self:custom.names.prefix'),
    resolveVariable('aws:region'),
    resolveVariable('self:custom.config'),
  ]);
  return {
    bucket: bucketPolicy(breakGlassRole),
    dataKey: dataKeyPolicy(breakGlassRole),
    signingKey: signingKeyPolicy(`${prefix}-${region}`, breakGlassRole),
    secretsKey: secretsKeyPolicy(evidenceReaders.split(',').filter(Boolean), breakGlassRole),
  };
};
Object.assign(module.exports, { bucketPolicy, dataKeyPolicy, signingKeyPolicy, secretsKeyPolicy, SIGNERS });
