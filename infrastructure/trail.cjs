'use strict';

/*
 * The trail whose log files the baselines are learned from (parameter `trail`): none, one that this stack makes, or the
 * bucket of one that there is, whose owner lets S3 tell EventBridge of new objects.
 */

const arnOf = (resource) => ({ 'Fn::GetAtt': [resource, 'Arn'] });

/** What a trail can record beside management events, by the names that the parameter `dataEvents` has. */
const DATA_EVENTS = {
  s3: 'AWS::S3::Object',
  dynamodb: 'AWS::DynamoDB::Table',
  lambda: 'AWS::Lambda::Function',
  sns: 'AWS::SNS::Topic',
  sqs: 'AWS::SQS::Queue',
};

/** For how long its files stay. */
const KEPT_DAYS = 365;

/** Where the log files are: null where there is no trail. `bucket[/prefix]` as the parameter names one that there is. */
const placeOf = (trail, prefix) => {
  if (trail === '') return null;
  if (trail === 'create')
    return {
      bucket: { 'Fn::Sub': `${prefix}-trail-\${AWS::AccountId}-\${AWS::Region}` },
      keys: prefix,
      created: true,
    };
  const [bucket, ...rest] = trail.split('/');
  return { bucket, keys: rest.join('/').replace(/\/$/, ''), created: false };
};

/** The keys of log files, and of no digests: `AWSLogs/<account>/CloudTrail/…`, in an organisation with its id before. */
const logFiles = (keys) => `${keys === '' ? '' : `${keys}/`}AWSLogs/*/CloudTrail/*.json.gz`;

const selector = (Name, fields) => ({
  Name,
  FieldSelectors: Object.entries(fields).map(([Field, test]) => ({ Field, ...test })),
});

const selectorsOf = (dataEvents, bucket) => [
  selector('Management events', { eventCategory: { Equals: ['Management'] } }),
  ...dataEvents.map((name) =>
    selector(`Data events of ${name}`, {
      eventCategory: { Equals: ['Data'] },
      'resources.type': { Equals: [DATA_EVENTS[name]] },
      // Its own files: each write of one would be in the next.
      ...(name === 's3'
        ? {
            'resources.ARN': {
              NotStartsWith: [
                { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::', bucket, '/']] },
              ],
            },
          }
        : {}),
    }),
  ),
];

const created = (prefix, { bucket, keys }, dataEvents) => {
  const trailArn = {
    'Fn::Sub': `arn:\${AWS::Partition}:cloudtrail:\${AWS::Region}:\${AWS::AccountId}:trail/${prefix}`,
  };
  const fromTrail = { StringEquals: { 'aws:SourceArn': trailArn } };
  return {
    TrailBucket: {
      Type: 'AWS::S3::Bucket',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BucketName: bucket,
        NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
        VersioningConfiguration: { Status: 'Enabled' },
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        LifecycleConfiguration: {
          Rules: [
            {
              Id: 'LogFilesEnd',
              Status: 'Enabled',
              ExpirationInDays: KEPT_DAYS,
              NoncurrentVersionExpiration: { NoncurrentDays: 30 },
            },
          ],
        },
      },
    },
    // As the CloudTrail user guide writes it ("Amazon S3 bucket policy for CloudTrail").
    TrailBucketPolicy: {
      Type: 'AWS::S3::BucketPolicy',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        Bucket: { Ref: 'TrailBucket' },
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'TheTrailLooksForTheBucket',
              Effect: 'Allow',
              Principal: { Service: 'cloudtrail.amazonaws.com' },
              Action: 's3:GetBucketAcl',
              Resource: arnOf('TrailBucket'),
              Condition: fromTrail,
            },
            {
              Sid: 'TheTrailWrites',
              Effect: 'Allow',
              Principal: { Service: 'cloudtrail.amazonaws.com' },
              Action: 's3:PutObject',
              Resource: { 'Fn::Sub': `\${TrailBucket.Arn}/${keys}/AWSLogs/\${AWS::AccountId}/*` },
              Condition: {
                StringEquals: { ...fromTrail.StringEquals, 's3:x-amz-acl': 'bucket-owner-full-control' },
              },
            },
            {
              Sid: 'NobodyWithoutTLS',
              Effect: 'Deny',
              Principal: '*',
              Action: 's3:*',
              Resource: [arnOf('TrailBucket'), { 'Fn::Sub': '${TrailBucket.Arn}/*' }],
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            },
          ],
        },
      },
    },
    Trail: {
      Type: 'AWS::CloudTrail::Trail',
      DependsOn: ['TrailBucketPolicy'],
      Properties: {
        TrailName: prefix,
        S3BucketName: { Ref: 'TrailBucket' },
        S3KeyPrefix: keys,
        IsLogging: true,
        IsMultiRegionTrail: true,
        IncludeGlobalServiceEvents: true,
        EnableLogFileValidation: true,
        AdvancedEventSelectors: selectorsOf(dataEvents, bucket),
      },
    },
  };
};

/** What the roles need to read of it. */
const logFileArn = ({ bucket, keys }) => ({
  'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::', bucket, `/${logFiles(keys)}`]],
});

module.exports = { DATA_EVENTS, arnOf, created, logFileArn, logFiles, placeOf };
