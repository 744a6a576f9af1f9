'use strict';

/*
 * What wakes the detector: calls that a rule could raise an alert for, and no others. The lists come from the rules
 * themselves (detectedCalls.json); what a pattern cannot tell the function does.
 */

const { deadLetters, target } = require('./deadLetters.cjs');
const calls = require('./detectedCalls.json');

/** EventBridge quotas: characters of an event pattern. */
const LONGEST = 2048;

const DETAIL_TYPE = 'AWS API Call via CloudTrail';

/** A function's credentials: as newer records say, or as its SDK's agent does (CloudTrail, "userIdentity element"). */
const BY_FUNCTION = [
  { userIdentity: { inScopeOf: { issuerType: ['AWS::Lambda::Function'] } } },
  { userAgent: [{ wildcard: '*exec-env/AWS_Lambda_*' }] },
];

/** Lambda's operations carry the version of the API. */
const nameOf = (service, name) => {
  if (name.endsWith('*')) return { prefix: name.slice(0, -1) };
  return service === 'lambda' ? { prefix: name } : name;
};

const isPrefixed = (name, names) =>
  names.some(
    (other) => other.prefix !== undefined && name !== other && (name.prefix ?? name).startsWith(other.prefix),
  );

/** A name once, and not at all where a prefix says it. */
const namesOf = (list) => {
  const names = [...new Map(list.map((name) => [JSON.stringify(name), name])).values()];
  return names.filter((name) => !isPrefixed(name, names));
};

const patternOf = (entries, rest) => ({
  source: [{ prefix: 'aws.' }],
  'detail-type': [DETAIL_TYPE],
  detail: {
    eventSource: [...new Set(entries.map(({ service }) => `${service}.amazonaws.com`))],
    eventName: namesOf(entries.map(({ service, name }) => nameOf(service, name))),
    ...rest,
  },
});

/**
 * A list as few patterns as fit. A pattern takes each name of each of its services: that one service has a call of
 * another's name is rare, and no rule looks at it.
 */
const patternsOf = (list, rest) => {
  const patterns = [];
  let entries = [];
  for (const entry of list) {
    const [service, name] = entry.split(':');
    const longer = [...entries, { service, name }];
    if (JSON.stringify(patternOf(longer, rest)).length > LONGEST) {
      patterns.push(patternOf(entries, rest));
      entries = [{ service, name }];
    } else entries = longer;
  }
  return entries.length === 0 ? patterns : [...patterns, patternOf(entries, rest)];
};

const SUCCEEDED = { errorCode: [{ exists: false }] };

/** What the rules that look at every call need: each as narrow as a pattern can say. */
const OF_EVERY_CALL = {
  // CloudTrail's codes for want of permission, of a function.
  denied: {
    source: [{ prefix: 'aws.' }],
    'detail-type': [DETAIL_TYPE],
    detail: { errorCode: [{ wildcard: '*AccessDenied*' }, { wildcard: '*Unauthorized*' }], $or: BY_FUNCTION },
  },
  // Credentials that Lambda gave out, used by a client that does not say it is in Lambda.
  outside: {
    source: [{ prefix: 'aws.' }],
    'detail-type': [DETAIL_TYPE],
    detail: {
      userIdentity: { inScopeOf: { issuerType: ['AWS::Lambda::Function'] }, invokedBy: [{ exists: false }] },
      userAgent: [
        { 'anything-but': { wildcard: ['*exec-env/AWS_Lambda_*', '*amazonaws.com', 'AWS Internal'] } },
      ],
      eventSource: [{ 'anything-but': ['logs.amazonaws.com', 'xray.amazonaws.com', 'kms.amazonaws.com'] }],
    },
  },
};

/** Every pattern, by the name of its rule; `reads`: whether it needs EventBridge to deliver what only reads. */
const detectionPatterns = () => {
  const named = (name, patterns, reads) =>
    patterns.map((pattern, index) => ({ name: `${name}${index + 1}`, pattern, reads }));
  return [
    ...named('ToFunctions', patternsOf(calls.toFunctions, SUCCEEDED), false),
    ...named('ByFunctions', patternsOf(calls.byFunctions, { ...SUCCEEDED, $or: BY_FUNCTION }), false),
    ...named('ReadByFunctions', patternsOf(calls.readByFunctions, { $or: BY_FUNCTION }), true),
    { name: 'Denied', pattern: OF_EVERY_CALL.denied, reads: true },
    { name: 'Outside', pattern: OF_EVERY_CALL.outside, reads: true },
  ];
};

const arnOf = (resource) => ({ 'Fn::GetAtt': [resource, 'Arn'] });

const resourcesOf = (prefix, readState) => {
  const Resources = {
    CountTable: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: `${prefix}-counts`,
        BillingMode: 'PAY_PER_REQUEST',
        SSESpecification: { SSEEnabled: true },
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
      },
    },
  };
  const rules = detectionPatterns().map(({ name, pattern, reads }) => {
    const id = `Detect${name}Rule`;
    Resources[id] = {
      Type: 'AWS::Events::Rule',
      Properties: {
        Name: `${prefix}-detect-${name.replaceAll(/([a-z])([A-Z0-9])/g, '$1-$2').toLowerCase()}`,
        Description: 'Recorded calls that a rule may raise an alert for',
        EventPattern: pattern,
        State: reads ? readState : 'ENABLED',
        Targets: [target('detect', 'DetectLambdaFunction', 'DetectDeadLetters')],
      },
    };
    Resources[`Detect${name}Permission`] = {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: arnOf('DetectLambdaFunction'),
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        SourceArn: arnOf(id),
      },
    };
    return id;
  });
  Object.assign(Resources, deadLetters(prefix, 'DetectDeadLetters', 'detect', rules));
  return { Resources };
};

/** For `${file(infrastructure/detection.cjs)}`. */
module.exports = async ({ resolveVariable }) => {
  const [prefix, config] = await Promise.all([
    resolveVariable('self:custom.names.prefix'),
    resolveVariable('self:custom.config'),
  ]);
  return resourcesOf(
    prefix,
    config.readEvents === 'true' ? 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS' : 'ENABLED',
  );
};
module.exports.detectionPatterns = detectionPatterns;
module.exports.LONGEST = LONGEST;
