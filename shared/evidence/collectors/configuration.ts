import {
  GetFunctionConfigurationCommand,
  GetFunctionUrlConfigCommand,
  GetPolicyCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import { type Artifact, type Collector, json } from '../collector';
import { fingerprint } from '../fingerprint';

const unlessMissing = async <T>(call: Promise<T>): Promise<T | null> => {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return null;
    throw error;
  }
};

/** The function's configuration, function URL and resource policy. Environment values are secrets: only fingerprints. */
export const configuration: Collector = {
  id: 'configuration',
  title: 'Configuration',
  permissions: ['lambda:GetFunctionConfiguration', 'lambda:GetFunctionUrlConfig', 'lambda:GetPolicy'],
  async *collect({ incident, suspect }, { lambda }): AsyncIterable<Artifact> {
    const name = { FunctionName: suspect.arn };
    const {
      $metadata: _,
      Environment,
      ...rest
    } = await lambda.send(new GetFunctionConfigurationCommand(name));
    const environment = Object.fromEntries(
      Object.entries(Environment?.Variables ?? {}).map(([key, value]) => [
        key,
        fingerprint(incident.id, value),
      ]),
    );
    yield {
      name: 'configuration/function.json',
      contentType: 'application/json',
      source: 'lambda:GetFunctionConfiguration',
      body: json({ ...rest, Environment: { Fingerprints: environment }, Tags: suspect.tags }),
      completeness: () => 'environment values as fingerprints only',
    };
    const url = await unlessMissing(lambda.send(new GetFunctionUrlConfigCommand(name)));
    const policy = await unlessMissing(lambda.send(new GetPolicyCommand(name)));
    yield {
      name: 'configuration/access.json',
      contentType: 'application/json',
      source: 'lambda:GetFunctionUrlConfig, lambda:GetPolicy',
      body: json({
        functionUrl:
          url === null
            ? null
            : { FunctionUrl: url.FunctionUrl, AuthType: url.AuthType, Cors: url.Cors ?? null },
        resourcePolicy: policy?.Policy === undefined ? null : JSON.parse(policy.Policy),
      }),
    };
  },
};
