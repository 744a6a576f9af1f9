import { builtinModules } from 'node:module';
import { dirname, join, normalize } from 'node:path';
import { filesUnder, read } from '../fixtures/repository';

/** What a file imports: packages as they are, files of the repository from its root. */
const importsOf = (path: string): readonly string[] =>
  [...read(path).matchAll(/(?:\bfrom|\bimport|\brequire\(|\bimport\()\s*['"]([^'"]+)['"]/g)]
    .map(([, target = '']) => target)
    .map((target) => (target.startsWith('.') ? normalize(join(dirname(path), target)) : target));

// What stands in the rules about lines of logs is what attackers write, not what runs.
const shared = filesUnder('shared', '.ts').filter((path) => !path.startsWith('shared/detection/signs/'));
const functions = filesUnder('functions', '.ts');
const local = filesUnder('local', '.ts');
const cli = filesUnder('cli', '.ts');
const product = [...shared, ...functions];

const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
const packageOf = (target: string): string =>
  target
    .split('/')
    .slice(0, target.startsWith('@') ? 2 : 1)
    .join('/');
const isOurs = (target: string): boolean =>
  /^(?:shared|functions|cli|local|infrastructure|test)\//.test(target);

/** Types alone, for which nothing is bundled. */
const TYPES_ONLY = ['aws-lambda'];

/** `a imports b` for every import that is not as it should be. */
const wrong = (
  paths: readonly string[],
  isWrong: (target: string, path: string) => boolean,
): readonly string[] =>
  paths.flatMap((path) =>
    importsOf(path)
      .filter((target) => isWrong(target, path))
      .map((target) => `${path} imports ${target}`),
  );

const areaOf = (path: string): string => path.split('/')[1] ?? '';

describe('dependencies point one way', () => {
  it('finds the imports that it is about', () => {
    expect(product.length).toBeGreaterThan(50);
    expect(importsOf('functions/assess.ts')).toEqual(
      expect.arrayContaining(['zod/mini', 'shared/aws/clients']),
    );
  });

  it('shared knows nothing of what stands on it', () => {
    expect(wrong(shared, (target) => isOurs(target) && !target.startsWith('shared/'))).toEqual([]);
  });

  it('functions know shared, and no other function', () => {
    expect(wrong(functions, (target) => isOurs(target) && !target.startsWith('shared/'))).toEqual([]);
  });

  it('what runs on a laptop imports no function: it talks to the deployed ones', () => {
    expect(wrong([...cli, ...local], (target) => target.startsWith('functions/'))).toEqual([]);
  });

  it('clients are made at the edges alone, and passed on as values', () => {
    expect(wrong(shared, (target) => target === 'shared/aws/clients')).toEqual([]);
    const made = shared.filter(
      (path) => path !== 'shared/aws/clients.ts' && /new \w+Client\(/.test(read(path)),
    );
    expect(made).toEqual([]);
  });

  it('shared/aws knows no area but the words it is configured with', () => {
    const paths = shared.filter((path) => areaOf(path) === 'aws');

    expect(
      wrong(
        paths,
        (target) =>
          isOurs(target) &&
          !target.startsWith('shared/aws/') &&
          ![
            'shared/policy/allowances',
            'shared/policy/approvals',
            'shared/policy/caps',
            'shared/policy/choices',
            'shared/policy/dependants',
            'shared/policy/mode',
            'shared/policy/routes',
            'shared/policy/watchlist',
          ].includes(target),
      ),
    ).toEqual([]);
  });

  it('the areas that decide know nothing of AWS', () => {
    const pure = shared.filter((path) => ['policy', 'findings', 'report'].includes(areaOf(path)));

    expect(
      wrong(pure, (target) => target.startsWith('@aws-sdk/') || target.startsWith('shared/aws/')),
    ).toEqual([]);
  });

  it.each([
    ['shared/containment/controls', 'shared/containment/controls.ts'],
    ['shared/dependants/cuts', 'shared/dependants/cuts.ts'],
    ['shared/evidence/collectors', 'shared/evidence/collectors.ts'],
  ])('a plug-in in %s is named by its catalogue alone, and by no other plug-in', (folder, catalogue) => {
    const others = product.filter((path) => path !== catalogue);

    expect(wrong(others, (target) => target.startsWith(`${folder}/`))).toEqual([]);
    expect(importsOf(catalogue).filter((target) => target.startsWith(`${folder}/`)).length).toBe(
      filesUnder(folder, '.ts').length,
    );
  });
});

describe('what is bundled', () => {
  it('comes from the platform or from the declared dependencies', () => {
    const known = new Set([...Object.keys(dependencies), ...TYPES_ONLY]);

    expect(
      wrong(
        product,
        (target) => !isOurs(target) && !target.startsWith('node:') && !known.has(packageOf(target)),
      ),
    ).toEqual([]);
  });

  it('names modules of the platform as such', () => {
    expect(wrong(product, (target) => builtinModules.includes(target))).toEqual([]);
  });
});

describe('what a function depends on can be found in one place', () => {
  it('reads the process environment in shared/aws/environment.ts alone', () => {
    expect(product.filter((path) => /process\s*\.\s*env|process\[/.test(read(path)))).toEqual([
      'shared/aws/environment.ts',
    ]);
  });

  it('asks for no variable that the template does not set', () => {
    const template = read('serverless.yml');
    const asked = product.flatMap((path) =>
      [...read(path).matchAll(/'(TOURNIQUET_\w+)'/g)].map(([, name = '']) => name),
    );

    expect(asked.length).toBeGreaterThan(10);
    expect([...new Set(asked)].filter((name) => !template.includes(`${name}:`))).toEqual([]);
  });
});
