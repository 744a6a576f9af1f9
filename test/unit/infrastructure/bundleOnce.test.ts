import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

type Bundler = {
  readonly functionEntries: readonly { readonly entry: string }[];
  readonly buildOptions: { readonly define: Readonly<Record<string, string>> };
  readonly buildDirPath: string;
  buildCache: Record<string, { readonly result: { readonly rebuild: () => Promise<unknown> } }>;
};
const BundleOnce = require('../../../infrastructure/bundleOnce.cjs') as {
  new (serverless: {
    readonly pluginManager: { readonly plugins: readonly object[] };
  }): {
    readonly hooks: Readonly<Record<string, () => void>>;
  };
};
const { options } = require('../../../infrastructure/bundle.cjs') as {
  readonly options: Readonly<Record<string, unknown>>;
};

/** Stand for functions: they import, and something that both import. */
const ENTRIES = ['shared/notification/about.ts', 'shared/approval/decide.ts', 'shared/policy/approvals.ts'];
const define = { 'process.env.TOURNIQUET_ALLOWANCES': '"[]"' };

describe('the bundles of a deployment', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bundles-'));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  const offer = (plugin: object): void => {
    const { hooks } = new BundleOnce({ pluginManager: { plugins: [{}, plugin] } });
    hooks['before:package:createDeploymentArtifacts']?.();
  };

  it('are built together, and are byte for byte what each would be by itself', async () => {
    const bundler: Bundler = {
      // Two functions may be of one file.
      functionEntries: [...ENTRIES, ...ENTRIES.slice(0, 1)].map((entry) => ({ entry })),
      buildOptions: { define },
      buildDirPath: join(directory, 'together'),
      buildCache: {},
    };
    offer(bundler);
    expect(Object.keys(bundler.buildCache)).toEqual(ENTRIES);
    const builds = Object.values(bundler.buildCache).map(({ result }) => result.rebuild());
    expect(new Set(await Promise.all(builds)).size).toBe(1);

    const { exclude: _none, ...rest } = options;
    for (const entry of ENTRIES) {
      const outfile = join(directory, 'alone', entry.replace(/ts$/, 'js'));
      await build({ ...rest, define, entryPoints: [entry], outfile });
      const together = await readFile(join(bundler.buildDirPath, entry.replace(/ts$/, 'js')));
      expect([entry, together.equals(await readFile(outfile))]).toEqual([entry, true]);
    }
  });

  it('are left to the bundler where it looks for them elsewhere', () => {
    const other = { functionEntries: [] };
    offer(other);
    expect(other).toEqual({ functionEntries: [] });
  });

  it('are offered before the bundler begins', async () => {
    const service = await readFile('serverless.yml', 'utf8');
    const plugins = [...service.matchAll(/^ {2}- (\S+)$/gm)].map(([, name]) => name);
    expect(plugins.indexOf('./infrastructure/bundleOnce.cjs')).toBeGreaterThanOrEqual(0);
    expect(plugins.indexOf('./infrastructure/bundleOnce.cjs')).toBeLessThan(
      plugins.indexOf('serverless-esbuild'),
    );
  });
});
