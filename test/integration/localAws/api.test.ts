import {
  APIGatewayClient,
  CreateApiKeyCommand,
  GetApiKeyCommand,
  UpdateApiKeyCommand,
} from '@aws-sdk/client-api-gateway';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { assume, makeFunction, makeRole } from './account';
import { until } from './eventually';
import { type Credentials, clientOptions, useLocalAws } from './instance';
import { signedPost } from './signed';

const localAws = useLocalAws();

let base = '';
const showsRequest = 'exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event) });';

beforeAll(async () => {
  const role = await makeRole(localAws(), 'api', [{ Effect: 'Allow', Action: '*', Resource: '*' }]);
  const IntegrationUri = await makeFunction(localAws(), 'decide', role, showsRequest);
  const ApiId = { Ref: 'Api' };
  const Integration = { ApiId, IntegrationType: 'AWS_PROXY', IntegrationUri, PayloadFormatVersion: '2.0' };
  const Target = { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] };
  const Resources = {
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'approval', ProtocolType: 'HTTP' } },
    Stage: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { ApiId, StageName: '$default', AutoDeploy: true },
    },
    Integration: { Type: 'AWS::ApiGatewayV2::Integration', Properties: Integration },
    Iam: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: { ApiId, RouteKey: 'POST /incidents/{id}', AuthorizationType: 'AWS_IAM', Target },
    },
    Open: { Type: 'AWS::ApiGatewayV2::Route', Properties: { ApiId, RouteKey: 'POST /slack', Target } },
  };
  const TemplateBody = JSON.stringify({ Resources, Outputs: { Id: { Value: ApiId } } });
  const cloudFormation = new CloudFormationClient(clientOptions(localAws()));
  await cloudFormation.send(new CreateStackCommand({ StackName: 'api', TemplateBody }));
  base = await until(async () => {
    const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: 'api' }));
    const id = Stacks?.[0]?.StackStatus === 'CREATE_COMPLETE' && Stacks[0].Outputs?.[0]?.OutputValue;
    return id && `${localAws().endpoint}/_aws/execute-api/${id}`;
  });
});

function decide(credentials: Credentials): Promise<Response> {
  const url = new URL(`${base}/incidents/7`);
  return signedPost('execute-api', credentials, url, '{}', { 'content-type': 'application/json' });
}

async function caller(name: string, Action: string): Promise<Credentials> {
  return assume(
    localAws(),
    await makeRole(localAws(), name, [{ Effect: 'Allow', Action, Resource: '*' }]),
    'alice',
  );
}

describe('a route of the HTTP API with AWS_IAM', () => {
  it('tells its function who signed the request', async () => {
    const response = await decide(await caller('approver', 'execute-api:Invoke'));
    const event = await response.json();
    expect(event).toMatchObject({
      pathParameters: { id: '7' },
      requestContext: {
        authorizer: { iam: { userArn: 'arn:aws:sts::000000000000:assumed-role/approver/alice' } },
      },
    });
  });

  it('refuses the unsigned, a wrong secret and a role that may not', async () => {
    const unsigned = await fetch(`${base}/incidents/7`, { method: 'POST' });
    const forged = await decide({
      ...(await caller('forged', 'execute-api:Invoke')),
      secretAccessKey: 'other',
    });
    const stranger = await decide(await caller('stranger', 's3:*'));
    expect([unsigned.status, forged.status, stranger.status]).toEqual([403, 403, 403]);
  });
});

describe('a route of the HTTP API without an authorizer', () => {
  it('hands the body on as it was sent', async () => {
    const response = await fetch(`${base}/slack`, { method: 'POST', body: 'payload=%7B%7D' });
    await expect(response.json()).resolves.toMatchObject({ body: 'payload=%7B%7D', isBase64Encoded: false });
  });
});

describe('an API key', () => {
  it('is disabled and enabled by a patch', async () => {
    const client = new APIGatewayClient(clientOptions(localAws()));
    const { id: apiKey } = await client.send(new CreateApiKeyCommand({ name: 'key', enabled: true }));
    const patched = async (value: string): Promise<boolean | undefined> => {
      const patchOperations = [{ op: 'replace' as const, path: '/enabled', value }];
      await client.send(new UpdateApiKeyCommand({ apiKey, patchOperations }));
      return (await client.send(new GetApiKeyCommand({ apiKey }))).enabled;
    };
    expect([await patched('false'), await patched('true')]).toEqual([false, true]);
  });
});
