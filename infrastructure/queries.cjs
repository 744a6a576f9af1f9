'use strict';

/*
 * What an analyst asks of logs, saved under CloudWatch Logs Insights > Queries. Log groups are chosen when a query is
 * run; those about calls want the log group of a trail. docs/fleet.md says when to use which.
 */

const LAMBDA = {
  'Errors by message': `filter @message like /(?i)error|exception|task timed out/
| fields replace(replace(@message, @requestId, ""), @timestamp, "") as said
| stats count(*) as times, min(@timestamp) as first, max(@timestamp) as last by substr(said, 0, 160) as message
| sort times desc
| limit 50`,
  'Slow executions in 5-minute bins': `filter @type = "REPORT"
| stats count(*) as invocations, pct(@duration, 50) as p50_ms, pct(@duration, 95) as p95_ms, max(@duration) as longest_ms, sum(@duration > 3000) as over_3_s by bin(5m)
| sort @timestamp desc`,
  'Memory near its limit': `filter @type = "REPORT"
| stats max(@maxMemoryUsed / @memorySize) * 100 as used_percent, count(*) as invocations by @logStream
| filter used_percent >= 90
| sort used_percent desc`,
  'Cold starts': `filter @type = "REPORT"
| stats count(*) as invocations, sum(ispresent(@initDuration)) as cold, max(@initDuration) as longest_init_ms by bin(5m)`,
  'Environments and their lifetimes': `filter @type = "REPORT"
| stats min(@timestamp) as first, max(@timestamp) as last, count(*) as invocations by @logStream
| sort first desc`,
  'Signs of injection and of a shell': `filter @message like /(?i)(\\/dev\\/tcp\\/|\\/etc\\/passwd|union\\s+select|\\$\\{jndi:|stratum\\+tcp|169\\.254\\.|<!entity|nc -e|bash -i)/
| fields @timestamp, @logStream, @requestId, substr(@message, 0, 400) as line
| sort @timestamp asc
| limit 500`,
  'Outbound connections that failed': `filter @message like /ECONNREFUSED|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH|Connection refused|Name or service not known|getaddrinfo/
| parse @message /(?<target>([0-9]{1,3}\\.){3}[0-9]{1,3}(:[0-9]{1,5})?|[a-z0-9.-]+\\.[a-z]{2,})/
| stats count(*) as times, max(@timestamp) as last by target
| sort times desc`,
  'One invocation from its first line to its last': `# Put the id of the request between the quotes
filter @requestId = ""
| sort @timestamp asc`,
};

const TRAIL = {
  'API calls per user above a threshold': `stats count(*) as calls, count_distinct(eventName) as kinds by userIdentity.arn
| filter calls > 500
| sort calls desc`,
  'Calls that were denied, by principal': `filter errorCode like /AccessDenied|Unauthorized/
| stats count(*) as denied, count_distinct(eventName) as kinds, min(eventTime) as first, max(eventTime) as last by userIdentity.arn, sourceIPAddress
| sort kinds desc`,
  'What functions called, rarest first': `filter userIdentity.inScopeOf.issuerType = "AWS::Lambda::Function"
| stats count(*) as calls, max(eventTime) as last by userIdentity.inScopeOf.credentialsIssuedTo, eventSource, eventName
| sort calls asc`,
  'Credentials of functions used outside Lambda': `filter userIdentity.inScopeOf.issuerType = "AWS::Lambda::Function" and userAgent not like /AWS_Lambda_/
| stats count(*) as calls, count_distinct(eventName) as kinds by userIdentity.inScopeOf.credentialsIssuedTo, sourceIPAddress, userAgent
| sort calls desc`,
  'Secrets and parameters read, by principal': `filter eventName in ["GetSecretValue", "BatchGetSecretValue", "GetParameter", "GetParameters", "GetParametersByPath", "Decrypt"]
| stats count(*) as reads, count_distinct(requestParameters.secretId) as secrets, count_distinct(requestParameters.name) as parameters by userIdentity.arn
| sort reads desc`,
  'Who changed functions': `filter eventSource = "lambda.amazonaws.com" and readOnly != 1
| fields eventTime, eventName, requestParameters.functionName, userIdentity.arn, sourceIPAddress, errorCode
| sort eventTime desc
| limit 500`,
  'Identities created or given more': `filter eventSource = "iam.amazonaws.com" and eventName like /^(Create|Put|Attach|Add|Update)/ and isblank(errorCode)
| fields eventTime, eventName, userIdentity.arn, requestParameters.userName, requestParameters.roleName, requestParameters.policyArn
| sort eventTime desc
| limit 500`,
};

/** Of our own functions: their groups are known. */
const OWN = {
  'What Tourniquet did and why it failed': `filter level in ["ERROR", "WARN"] or ispresent(incidentId)
| fields @timestamp, level, function_name, incidentId, message, error.name
| sort @timestamp desc
| limit 500`,
  'Signs that the policy suppressed, by rule': `filter message like /the policy suppresses it/
| stats count(*) as dropped, max(@timestamp) as last by rule
| sort dropped desc`,
};

const resourcesOf = (prefix, functions) => {
  const Resources = {};
  const add = (folder, queries, groups) => {
    for (const [name, QueryString] of Object.entries(queries))
      Resources[
        `${name.replaceAll(/[^A-Za-z0-9]+/g, ' ').replaceAll(/ (.)/g, (_, letter) => letter.toUpperCase())}Query`
      ] = {
        Type: 'AWS::Logs::QueryDefinition',
        Properties: {
          // A slash makes a folder in the console.
          Name: `${prefix}/${folder}/${name}`,
          QueryString,
          ...(groups === undefined ? {} : { LogGroupNames: groups }),
        },
      };
  };
  add('functions', LAMBDA);
  add('trail', TRAIL);
  add(
    'responder',
    OWN,
    functions.map((name) => `/aws/lambda/${prefix}-${name}`),
  );
  return { Resources };
};

/** For `${file(infrastructure/queries.cjs)}`. */
module.exports = async ({ resolveVariable }) => {
  const [prefix, functions] = await Promise.all([
    resolveVariable('self:custom.names.prefix'),
    resolveVariable('self:functions'),
  ]);
  return resourcesOf(prefix, Object.keys(functions));
};
module.exports.queries = { ...LAMBDA, ...TRAIL, ...OWN };
module.exports.resourceNames = Object.keys(resourcesOf('', []).Resources);
