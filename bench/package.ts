import { join } from 'node:path';
import { type BuildOptions, build, type Metafile } from 'esbuild';
import { ZipFile } from 'yazl';
import { root } from '../local/aws/state';

const {
  options: { exclude: _exclude, ...SHIPPED },
} = require('../infrastructure/bundle.cjs') as {
  options: BuildOptions & { exclude: readonly string[] };
};

export type Bundle = { readonly code: Uint8Array; readonly metafile: Metafile };

/** A source file bundled as the functions are that are shipped, or in a way that differs from it. */
export const bundle = async (source: string, differently: BuildOptions = {}): Promise<Bundle> => {
  const { outputFiles, metafile } = await build({
    ...SHIPPED,
    ...differently,
    absWorkingDir: root,
    entryPoints: [join(root, source)],
    outfile: join(root, '.local', 'bench', 'unused.js'),
    write: false,
    metafile: true,
    logLevel: 'error',
  });
  return { code: outputFiles?.[0]?.contents ?? new Uint8Array(), metafile };
};

/** A deployment package of one file. */
export const packageOf = async (code: Uint8Array | string): Promise<Buffer> => {
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from(code as string), 'index.js');
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};
