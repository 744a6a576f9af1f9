import { existsSync } from 'node:fs';
import { assertLoopback, cleanEnvironment } from '../../../local/aws/guard';

describe('assertLoopback', () => {
  it.each([
    'http://127.0.0.1:4566',
    'http://127.9.9.9',
    'https://localhost:4566',
    'http://LOCALHOST',
    'http://[::1]:4566',
    // All of these are read as 127.0.0.1 by whoever will connect.
    'http://2130706433',
    'http://0x7f.1',
    'http://127.1:4566/path',
  ])('lets %s pass', (endpoint) => {
    expect(() => assertLoopback(endpoint)).not.toThrow();
  });

  it.each([
    'https://lambda.us-east-1.amazonaws.com',
    'http://127.0.0.1.evil.com',
    'http://localhost.evil.com',
    'http://localhost@evil.com',
    'http://evil.com#@127.0.0.1',
    'http://evil.com/127.0.0.1',
    'http://user:password@127.0.0.1',
    'http://0.0.0.0:4566',
    'http://10.0.0.1',
    'http://169.254.169.254',
    'http://2130706434.evil.com',
    'http://3232235777',
    'http://[::ffff:10.0.0.1]',
    'http://[::]',
    'http://128.0.0.1',
    'ftp://127.0.0.1',
    'file:///127.0.0.1',
    '127.0.0.1:4566',
    'localhost:4566',
    'localhost',
    '',
  ])('refuses %s', (endpoint) => {
    expect(() => assertLoopback(endpoint)).toThrow(expect.objectContaining({ name: 'NotLoopback' }));
  });

  it('does not repeat a password in its message', () => {
    const message = 'The endpoint "http://…@evil.com" is not on this machine';
    expect(() => assertLoopback('http://user:hunter2@evil.com')).toThrow(message);
  });
});

describe('cleanEnvironment', () => {
  const aws = {
    endpoint: 'http://127.0.0.1:4566',
    region: 'us-east-1',
    accountId: '000000000000',
    accessKeyId: 'LOCAL1',
    secretAccessKey: 'secret',
    pid: 1,
  };
  const users = {
    AWS_PROFILE: 'production',
    AWS_SESSION_TOKEN: 'token',
    AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/x',
    AWS_WEB_IDENTITY_TOKEN_FILE: '/token',
    AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/credentials',
    AWS_ENDPOINT_URL_LAMBDA: 'https://lambda.us-east-1.amazonaws.com',
    HTTPS_PROXY: 'http://proxy',
    NODE_OPTIONS: '--require /other',
  };
  const before = { ...process.env };

  beforeAll(() => Object.assign(process.env, users));
  afterAll(() => {
    process.env = before;
  });

  it('holds the local account and nothing of the user’s', () => {
    const environment = cleanEnvironment(aws);
    for (const name of Object.keys(users)) expect(environment).not.toHaveProperty(name);
    expect(environment).toMatchObject({
      AWS_ENDPOINT_URL: aws.endpoint,
      AWS_ACCESS_KEY_ID: aws.accessKeyId,
      AWS_SECRET_ACCESS_KEY: aws.secretAccessKey,
      AWS_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
    });
  });

  it('names a home without AWS settings, and settings files that do not exist', () => {
    const environment = cleanEnvironment(aws);
    expect(environment.HOME).not.toBe(process.env.HOME);
    expect(existsSync(`${environment.HOME}/.aws`)).toBe(false);
    expect(existsSync(environment.AWS_CONFIG_FILE ?? '')).toBe(false);
    expect(existsSync(environment.AWS_SHARED_CREDENTIALS_FILE ?? '')).toBe(false);
  });

  it('is not made for an endpoint elsewhere', () => {
    const elsewhere = { ...aws, endpoint: 'https://sts.amazonaws.com' };
    expect(() => cleanEnvironment(elsewhere)).toThrow(expect.objectContaining({ name: 'NotLoopback' }));
  });
});
