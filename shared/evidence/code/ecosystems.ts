import * as z from 'zod';

/** A third party's package, as it names itself. All of it is text of whoever wrote the deployment package. */
export type Dependency = {
  readonly type: 'npm' | 'pypi' | 'maven' | 'nuget' | 'gem';
  readonly namespace?: string;
  readonly name: string;
  readonly version: string;
};

/** One kind of file that names packages. To add one: an entry here. */
type Ecosystem = {
  readonly matches: RegExp;
  /** `null` where the path says it all, and the file is not read. */
  readonly read: ((text: string, path: string) => readonly Dependency[]) | null;
  readonly fromPath?: (path: string) => readonly Dependency[];
};

const word = z.string().check(z.minLength(1), z.maxLength(300));

const npm = (fullName: string, version: string): Dependency => {
  const [, namespace, name = fullName] = /^(@[^/]+)\/(.+)$/.exec(fullName) ?? [];
  return { type: 'npm', ...(namespace === undefined ? {} : { namespace }), name, version };
};

const packageJson = z.object({ name: word, version: word });

const lock = z.object({
  packages: z.optional(
    z.record(z.string(), z.object({ name: z.optional(word), version: z.optional(word) }).catch({})),
  ),
});
/** The end of a path such as `node_modules/a/node_modules/@scope/b`. */
const installedAs = (path: string): string | undefined =>
  /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path)?.[1];

/** Header fields, as in an e-mail: those before the first empty line. */
const field = (text: string, name: string): string | undefined =>
  new RegExp(`^${name}:[ \\t]*([^\\r\\n]{1,300})$`, 'im')
    .exec(text.split(/\r?\n\r?\n/, 1)[0] ?? '')?.[1]
    ?.trim();

const property = (text: string, name: string): string | undefined =>
  new RegExp(`^${name}[ \\t]*=[ \\t]*([^\\r\\n]{1,300})$`, 'm').exec(text)?.[1]?.trim();

const depsJson = z.object({
  libraries: z.record(z.string(), z.object({ type: z.optional(z.string()) }).catch({})),
});

export const ECOSYSTEMS: readonly Ecosystem[] = [
  {
    matches: /(?:^|\/)node_modules\/(?:@[^/]+\/)?[^/@][^/]*\/package\.json$/,
    read: (text) => {
      const { name, version } = packageJson.parse(JSON.parse(text));
      return [npm(name, version)];
    },
  },
  {
    matches: /(?:^|\/)(?:package-lock|\.package-lock|npm-shrinkwrap)\.json$/,
    read: (text) =>
      Object.entries(lock.parse(JSON.parse(text)).packages ?? {}).flatMap(([path, { name, version }]) => {
        const known = name ?? installedAs(path);
        return path === '' || known === undefined || version === undefined ? [] : [npm(known, version)];
      }),
  },
  {
    matches: /(?:^|\/)[^/]+\.(?:dist-info\/METADATA|egg-info\/PKG-INFO)$/,
    read: (text) => {
      const name = field(text, 'Name');
      const version = field(text, 'Version');
      if (name === undefined || version === undefined) throw new Error('it names no package and version');
      // A name in PyPI's normal form, as the package URL has it.
      return [{ type: 'pypi', name: name.toLowerCase().replaceAll(/[-_.]+/g, '-'), version }];
    },
  },
  {
    matches: /(?:^|\/)META-INF\/maven\/[^/]+\/[^/]+\/pom\.properties$/,
    read: (text) => {
      const [namespace, name, version] = ['groupId', 'artifactId', 'version'].map((key) =>
        property(text, key),
      );
      if (namespace === undefined || name === undefined || version === undefined)
        throw new Error('it names no package and version');
      return [{ type: 'maven', namespace, name, version }];
    },
  },
  {
    matches: /(?:^|\/)[^/]+\.deps\.json$/,
    read: (text) =>
      Object.entries(depsJson.parse(JSON.parse(text)).libraries).flatMap(([library, { type }]) => {
        const [, name, version] = /^([^/]{1,300})\/([^/]{1,300})$/.exec(library) ?? [];
        return type !== 'package' || name === undefined || version === undefined
          ? []
          : [{ type: 'nuget' as const, name, version }];
      }),
  },
  {
    matches: /(?:^|\/)specifications\/[^/]+\.gemspec$/,
    read: null,
    fromPath: (path) => {
      const [, name, version] = /\/?([^/]{1,300}?)-(\d[^/]{0,100})\.gemspec$/.exec(path) ?? [];
      return name === undefined || version === undefined ? [] : [{ type: 'gem', name, version }];
    },
  },
];
