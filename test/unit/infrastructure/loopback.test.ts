const { endpointIsLoopback } = require('../../../infrastructure/loopback.cjs') as {
  endpointIsLoopback: (address: string | undefined) => boolean;
};

describe('what the local stage may talk to', () => {
  it.each([
    'http://127.0.0.1:4566',
    'http://127.0.0.1',
    'https://127.255.0.9:443/',
    'http://localhost:8080/path',
    'http://[::1]:4566',
    'http://127.1:4566', // what the platform reads as 127.0.0.1
  ])('takes %s as this machine', (address) => {
    expect(endpointIsLoopback(address)).toBe(true);
  });

  it.each([
    undefined,
    '',
    'not an address',
    '127.0.0.1:4566',
    'https://lambda.eu-west-1.amazonaws.com',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://localhost@example.com',
    'http://example.com/#127.0.0.1',
    'http://example.com/?http://localhost',
    'http://0.0.0.0:4566',
    'http://169.254.169.254',
    'http://10.0.0.1',
    'http://[::2]',
    'ftp://127.0.0.1',
    'file:///127.0.0.1',
    'javascript://127.0.0.1/%0aalert(1)',
  ])('refuses %s', (address) => {
    expect(endpointIsLoopback(address)).toBe(false);
  });
});
